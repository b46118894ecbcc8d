# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the log shows of a cause, in short sentences: about whom, since when, by which signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from contracts.findings import GROWS_FROM, Bottleneck
from reporting.words.names import isolated
from reporting.words.speech import Speech, forms, sentence

Figures = dict[str, float]

HEAVY = 0.25
"""With this share of all waiting in it, the longest hundredth is worth a remark."""

_NAMED = 3  # how many values of a group fit in a line


def told(found: Bottleneck) -> Figures:
    """The figures that may be shown, by name."""
    return {each.what: each.value for each in found.evidence if each.value is not None}


def group(found: Bottleneck, speech: Speech, most: int | None = None) -> str:
    """The group that a finding is about, with at most ``most`` of its values; or nothing."""
    if found.segment is None:
        return ""
    values = [isolated(value) for value in found.segment.values]
    return f"{isolated(found.segment.attribute.replace('_', ' '))}: {speech.some(values, most)}"


def period(found: Bottleneck, as_of: dt.datetime, speech: Speech) -> str:
    """The period that a finding is about; without an end if it still lasts."""
    if found.window is None:
        return ""
    start, end = found.window.start, found.window.end
    if end >= as_of:
        return speech.say("since %(start)s", start=speech.day(start))
    last = end - dt.timedelta(days=1)
    return speech.say("from %(start)s to %(end)s", start=speech.day(start), end=speech.day(last))


def brief(found: Bottleneck, as_of: dt.datetime, speech: Speech) -> str:
    """Group and period in a few words."""
    parts = (group(found, speech, _NAMED), period(found, as_of, speech))
    return "; ".join(part for part in parts if part)


def signs(found: Bottleneck, speech: Speech) -> list[str]:
    """What was seen, in a sentence each."""
    return [text for say in _SIGNS for text in say(found, told(found), speech)]


def _rounds(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if "rounds" not in seen:
        return
    yield speech.plural(
        forms("This extra round was made %(n)s time.", "This extra round was made %(n)s times."),
        round(seen["rounds"]),
    )
    yield speech.say(
        "One round took %(time)s of waiting on average.", time=speech.days(seen["days_a_round"])
    )


def _how_often(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if "share_of_group" not in seen:
        return
    share = speech.share(seen["share_of_group"])
    if "share_of_rest" not in seen:
        yield speech.say(
            "Of this group %(share)s make such an extra round, of the other cases few.",
            share=share,
        )
        return
    yield speech.say(
        "Of this group %(share)s make such an extra round, of the other cases %(rest)s.",
        share=share,
        rest=speech.share(seen["share_of_rest"]),
    )


def _means(found: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if "mean_days_of_group" not in seen:
        return
    text = _GROUP_WAITED if found.segment else _OTHERS_WAITED
    yield speech.say(
        text,
        time=speech.days(seen["mean_days_of_group"]),
        rest=speech.days(seen["mean_days_of_rest"]),
    )
    if found.segment:
        yield speech.say(
            "This group is %(share)s of those who wait for this step.",
            share=speech.share(seen["share_of_cases_in_group"]),
        )
    yield speech.say("This difference is almost certainly not chance.")


_GROUP_WAITED = sentence(
    "This group waited %(time)s on average, other cases of the same weeks %(rest)s."
)
_OTHERS_WAITED = sentence(
    "Cases that a certain organisation took up waited %(time)s on average, other cases of the same"
    " weeks %(rest)s."
)


def _queue(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if grows := seen.get("wait_grows_with_queue"):
        words = _LONGER if grows >= GROWS_FROM else _SOMEWHAT_LONGER
        yield speech.say(words, grows=speech.number(grows))


_LONGER = sentence(
    "When more cases wait, a case waits longer (correlation %(grows)s; 1 is the highest)."
)
_SOMEWHAT_LONGER = sentence(
    "When more cases wait, a case waits somewhat longer (correlation %(grows)s; 1 is the highest)."
)


def _hands(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if "hands" in seen:
        yield speech.say(
            "In this period fewer people did this step: %(share)s of the usual number.",
            share=speech.share(seen["hands"]),
        )
    if "times_the_ordinary_wait" in seen:
        yield speech.say(
            "In this period the wait was %(times)s times as long as in ordinary weeks.",
            times=speech.number(seen["times_the_ordinary_wait"]),
        )
    if "periods" in seen:
        yield speech.say(
            "The log has %(n)s periods with longer waits; this is about the one with the most extra"
            " waiting. The extra waiting is that of all of them.",
            n=speech.number(round(seen["periods"])),
        )


def _batches(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    if "days_between_batches" in seen:
        yield speech.say(
            "The step is finished in rounds, mostly %(time)s apart; %(share)s of all cases are"
            " finished on such a day.",
            time=speech.days(seen["days_between_batches"]),
            share=speech.share(seen["share_on_batch_days"]),
        )


def _longest(_: Bottleneck, seen: Figures, speech: Speech) -> Iterator[str]:
    share = seen.get("share_of_longest_hundredth", 0.0)
    if share >= HEAVY:
        yield speech.say(
            "A few long waits weigh heavily: the longest 1 in 100 are together %(share)s of the"
            " waiting here.",
            share=speech.share(share),
        )


_Say = Callable[[Bottleneck, Figures, Speech], Iterator[str]]
_SIGNS: tuple[_Say, ...] = (_means, _rounds, _how_often, _hands, _queue, _batches, _longest)


def compared_with(found: Bottleneck, speech: Speech, *, is_norm: bool) -> str:
    """What the effect is compared with; nothing if nothing is known to compare it with."""
    if found.reference_days is None and found.kind != "batching":
        return ""
    return speech.say(
        _held_against(found, is_norm=is_norm), time=speech.days(found.reference_days or 0)
    )


def _held_against(found: Bottleneck, *, is_norm: bool) -> str:
    signs_ = {each.what for each in found.evidence}
    if "rounds" in signs_:
        return _MORE_ROUNDS if found.segment else _ALL_ROUNDS
    if "mean_days_of_group" in signs_:
        return _EVERYBODY if found.kind == "prioritisation" else _OTHERS
    if "times_the_ordinary_wait" in signs_:
        return _ORDINARY
    if "wait_grows_with_queue" in signs_:
        return _SHORTEST
    if "days_between_batches" in signs_:
        return _NEXT_ROUND
    at_once = found.reference_days == 0
    return _NORM if is_norm else _AT_ONCE if at_once else _QUARTER


_AT_ONCE = sentence(
    "The extra waiting is all waiting here, because a quarter of the cases go on at once."
)
_ALL_ROUNDS = sentence("The extra waiting is all waiting in the extra rounds.")
_MORE_ROUNDS = sentence(
    "The extra waiting is the waiting in the rounds that this group makes more often than the "
    "other cases."
)
_OTHERS = sentence(
    "The extra waiting is how much longer these cases wait than other cases of the same weeks."
)
_EVERYBODY = sentence(
    "The extra waiting is how much longer these cases wait than the average of all cases of the"
    " same weeks: whoever goes first makes another wait."
)
_ORDINARY = sentence(
    "The extra waiting is how much longer cases wait than in ordinary weeks, on average %(time)s."
)
_SHORTEST = sentence(
    "The extra waiting is how much longer cases wait than in the weeks with the shortest waits, on"
    " average %(time)s."
)
_NEXT_ROUND = sentence("The extra waiting is the wait for the day of the next round.")
_NORM = sentence(
    "The extra waiting is how much longer cases wait than the %(time)s that the law allows here."
)
_QUARTER = sentence(
    "The extra waiting is how much longer cases wait than %(time)s: a quarter of the cases go on "
    "within that time."
)
