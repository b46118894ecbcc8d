# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A mistake in a config names the file, the key, and a way out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from contracts.config import load
from contracts.errors import ConfigError
from contracts.journey import Step

SMALLEST = """
process: {id: p}
sources: [{path: log.csv}]
journey: {end: [done]}
"""

PAUSE = "activity: a, from: 2024-03-01"


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_only_three_things_are_required(tmp_path: Path) -> None:
    settings = load(write(tmp_path, SMALLEST))

    assert settings.timezone == "Europe/Amsterdam"
    assert settings.privacy.pseudonymise == ("case_id", "resource")
    assert settings.privacy.minimum_group == 10


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (SMALLEST, "", "it holds no keys"),
        ("{id: p}", "[", "is not valid YAML at line"),
        ("log.csv", "*.csv", "as in path: '*.csv'"),
        ("log.csv", "*csv", "as in path: '*.csv'"),
        ("journey:", "jurney:", "'jurney' is not a key of the config. Did you mean 'journey'?"),
        ("[done]", "[done], stepz: {}", "'journey.stepz' is not a key"),
        ("[done]", "[done], stepz: {}", "Did you mean 'steps'?"),
        ("log.csv", "log.csv, columns: {case: c}", "'sources.0.columns.case' is not a key"),
        ("log.csv", "log.csv, columns: {case: c}", "Did you mean 'case_id'?"),
        ("[done]", "[done], steps: {a: {aktor: citizen}}", "Did you mean 'actor'?"),
        ("[done]", f"[done], pauses: [{{{PAUSE}, til: x}}]", "here: activity, from, to, reason"),
        ("[done]", f"[done], pauses: [{{{PAUSE}, to: 2024-02-01}}]", "ends before it starts"),
        ("end: [done]", "start: [a]", "'journey.end' is missing"),
        ("end: [done]", "end:", "'journey.end' is missing"),
        ("process: {id: p}", "", "'process' is missing"),
        (
            SMALLEST,
            "process: {id: p}\nsources: [{path: a, columns: {activity: }}]\njourney: {start: [a]}",
            "'sources.0.columns.activity' and 'journey.end' are missing. Add them; see the TODO",
        ),
        ("[done]", "done", "'journey.end': write a list"),
        ("[done]", "[Yes]", "'journey.end.0': write a text"),
        ("[done]", "[done], steps: {a: {statutory_wait: 14 dagen}}", "P14D is fourteen days"),
        ("[done]", "[done], steps: {a: {statutory_wait: 14}}", "P14D is fourteen days"),
        ("journey:", "process: {id: q}\njourney:", "'process' is there twice"),
        ("[done]", "[done], start: [2024-13-45]", "not valid YAML"),
        ("[done]", "[done], steps: {2024-01-01: {}}", "not valid YAML"),
        ("[done]", "&x [*x]", "not valid YAML"),
        ("[done]", "[done\x07]", "not valid YAML"),
        ("journey:", 'calendar: {hours: "\\ud800"}\njourney:', "not valid YAML"),
        ("[done]", "[]", "'journey.end'"),
        (
            "[done]",
            "[done], steps: {a: {label: {nl: Zelfde}}, b: {label: {nl: Zelfde}}}",
            "'journey.steps': a and b have the same label, Zelfde",
        ),
        (
            "journey:",
            f"deadlines: [{', '.join(['{id: a, rule: {term: P1D, law: none}}'] * 2)}]\njourney:",
            "'deadlines': more than one deadline has the id a",
        ),
        ("log.csv", "log.csv, timezone: Europe/Amsterdm", "is not a time zone"),
        ("id: p", "id: P Q", "'process.id'"),
        ("log.csv", "'${NOT_SET}/log.csv'", "NOT_SET is not set"),
        ("journey:", "privacy: {minimum_group: 1}\njourney:", "'privacy.minimum_group'"),
    ],
)
def test_a_mistake_is_explained(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = write(tmp_path, SMALLEST.replace(old, new))

    with pytest.raises(ConfigError) as error:
        load(path, environ={})

    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, SMALLEST)

    with pytest.raises(ConfigError, match=r"Did you mean .*config.yaml"):
        load(tmp_path / "confg.yaml")
    assert path.exists()


@pytest.mark.parametrize(
    ("schedule", "source", "said"),
    [
        ("{}", "log.csv", "'schedule': say when: cron"),
        ("{mail: [a@b.nl]}", "log.csv", "'schedule': say when: cron"),
        (
            "{watch: PT59S}",
            "log.csv",
            "'schedule.watch': there must be at least a minute between looks",
        ),
        ("{watch: soon}", "log.csv", "'schedule.watch': write a period as the law does"),
        ("{watch: 3600}", "log.csv", "'schedule.watch': write a period as the law does"),
        ("{watch: PT5M, mail: [team]}", "log.csv", "'schedule.mail.0': this is not a mail address"),
        ('{watch: PT5M, mail: ["a@b.nl\\nBcc: c@d.nl"]}', "log.csv", "is not a mail address"),
        ("{watch: PT5M}", "postgresql://db/x, table: t", "postgresql://db/x is a database or an"),
        (
            "{watch: PT5M}",
            "https://zaken/api, format: zgw, client_id_env: A, client_secret_env: B",
            "https://zaken/api is a database or an API",
        ),
    ],
)
def test_a_schedule_is_refused_that_cannot_be_kept(
    tmp_path: Path, schedule: str, source: str, said: str
) -> None:
    text = SMALLEST.replace("log.csv", source) + f"schedule: {schedule}\n"

    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, text))

    assert said in str(error.value)


@pytest.mark.parametrize("path", ["exports/*.csv", "s3://bucket/exports"])
def test_files_can_be_watched_wherever_they_are(tmp_path: Path, path: str) -> None:
    text = SMALLEST.replace("log.csv", path) + "schedule: {watch: PT5M, mail: [team@a.nl]}\n"

    schedule = load(write(tmp_path, text)).schedule

    assert schedule is not None
    assert (schedule.cron, schedule.watch) == (None, dt.timedelta(minutes=5))


@pytest.mark.parametrize(
    ("override", "attribute", "value"),
    [
        ("analysis.top=5", lambda s: s.analysis.top, 5),
        ("sources.0.path=other.csv", lambda s: s.sources[0].path, "other.csv"),
        ("report.languages=[en]", lambda s: s.report.languages, ("en",)),
    ],
)
def test_set_overrules_the_file(tmp_path: Path, override: str, attribute, value) -> None:
    assert attribute(load(write(tmp_path, SMALLEST), [override])) == value


def test_set_fills_what_the_file_leaves_empty(tmp_path: Path) -> None:
    assert load(write(tmp_path, f"{SMALLEST}\nanalysis:\n"), ["analysis.top=5"]).analysis.top == 5


@pytest.mark.parametrize(
    "override",
    [
        "top",
        "sources.3.path=x",
        "sources.².path=x",
        "process.id.x=1",
        "a=[",
        "a={2024-01-01: x}",
        "=1",
    ],
)
def test_a_wrong_set_is_explained(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError):
        load(write(tmp_path, SMALLEST), [override])


def test_values_come_from_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, SMALLEST.replace("log.csv", "'${FOLDER}/log.csv'"))

    assert load(path, environ={"FOLDER": "there"}).sources[0].path == "there/log.csv"


@pytest.mark.parametrize(
    ("said", "environ", "overrides", "engine"),
    [
        ("", {}, [], "local"),
        ("engine: dask", {}, [], "dask"),
        ("engine: dask", {"HOEKSTEEN_ENGINE": "tcp://host:8786"}, [], "tcp://host:8786"),
        ("", {"HOEKSTEEN_ENGINE": "dask"}, ["engine=local"], "local"),
        ("engine: dask", {"HOEKSTEEN_ENGINE": ""}, [], "dask"),
    ],
)
def test_the_engine_is_told_by_the_config_the_machine_or_the_command(
    said: str, environ: dict[str, str], overrides: list[str], engine: str, tmp_path: Path
) -> None:
    assert load(write(tmp_path, SMALLEST + said), overrides, environ).engine == engine


@pytest.mark.parametrize("engine", ["spark", "host:8786", "tcp://host", "http://host:8786"])
def test_another_engine_is_refused(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'engine': write local, dask, or where a scheduler"):
        load(write(tmp_path, SMALLEST), [f"engine={engine}"])


def test_the_law_writes_durations_as_iso_8601(tmp_path: Path) -> None:
    text = SMALLEST.replace("end: [done]", "end: [done], steps: {a: {statutory_wait: P14D}}")

    assert load(write(tmp_path, text)).journey.steps["a"] == Step(
        statutory_wait=dt.timedelta(days=14)
    )


@pytest.mark.parametrize("config", sorted(Path(__file__).parents[3].glob("configs/*.yaml")))
def test_the_shipped_configs_are_valid(config: Path) -> None:
    assert load(config).journey.end


SECRETS = (
    "S3cr3tKeyAbCdEfGhIjKlMnOpQrStUv0123456789+/=",
    "S3cr3tKeyAbCdEfGhIjKlMnOpQrStUv0123456789",
    "a3f1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1",
    "A3F1B0C9D8E7F6A5B4C3D2E1F0A9B8C7",
    "een zin als geheim",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("privacy.key_env", "{old}\nprivacy: {{key_env: '{secret}'}}"),
        (
            "sources.0.client_secret_env",
            "{api}client_secret_env: '{secret}', client_id_env: WHO}}]",
        ),
        ("sources.0.client_id_env", "{api}client_id_env: '{secret}', client_secret_env: KEY}}]"),
    ],
)
def test_a_secret_in_the_place_of_its_variable_is_not_repeated(
    tmp_path: Path, key: str, written: str, secret: str
) -> None:
    api = "sources: [{path: 'https://z.nl/zaken/api/v1', format: zgw, "
    old = next(line for line in SMALLEST.splitlines() if line.startswith("sources"))
    text = SMALLEST.replace(old, written.format(old=old, api=api, secret=secret))

    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, text))

    assert f"'{key}': this is not the name of an environment variable" in str(refused.value)
    assert secret not in str(refused.value)


@pytest.mark.parametrize("name", ["KEY", "_k1", "HOEKSTEEN_KEY_OF_THE_CITY_IN_2026_AND_AFTER"])
def test_an_environment_variable_may_have_any_plain_name(tmp_path: Path, name: str) -> None:
    settings = load(write(tmp_path, f"{SMALLEST}\nprivacy: {{key_env: {name}}}"))

    assert settings.privacy.key_env == name


@pytest.mark.parametrize("override", ["privacy.key_env=[geheim", "process.id.key=geheim"])
def test_the_value_of_an_override_is_not_repeated(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, SMALLEST), [override])

    assert f"--set {override.partition('=')[0]}: " in str(refused.value)
    assert "geheim" not in str(refused.value)
