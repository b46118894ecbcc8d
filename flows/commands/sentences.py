# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The last door of the command line: every error ends as one sentence and an exit code."""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from contracts.errors import HoeksteenError
from flows.defects import Defect, defect_of, is_interrupted, outside

_came: list[int] = []  # the signals that asked us to end
_IMPORTING = "<frozen importlib._bootstrap>"
_SOON_SECONDS = 0.02


def want_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001
    """Remembers that the result is wanted as JSON."""
    ctx.find_root().obj = value


def say(result: dict[str, Any], text: str) -> None:
    """Prints a result as text, or as one JSON object if that was asked for."""
    click.echo(json.dumps(result) if click.get_current_context().find_root().obj else text)


def end_with(error: HoeksteenError, result: dict[str, Any], text: str) -> NoReturn:
    """Prints the result that there is in spite of an error, and ends the process with the error."""
    root = click.get_current_context().find_root()
    if not root.obj:
        click.echo(text)
    _end(root, str(error), error.exit_code, result)


class Sentences(click.Group):
    """A group whose errors are sentences with an exit code, never tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; ends the process with the error's exit code."""
        as_json = "--json" in ctx.args  # a wrongly used command never gets to parse it
        _end_politely()
        try:
            return super().invoke(ctx)
        except HoeksteenError as error:
            _end(ctx, str(error), error.exit_code)
        except click.ClickException as error:
            if not as_json:
                raise
            error.show()
            click.echo(_as_json(error.format_message(), error.exit_code))
            sys.exit(error.exit_code)
        except (click.exceptions.Exit, SystemExit):
            raise
        except BrokenPipeError:  # the reader of our output has closed it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except BaseException as error:  # what escaped is reported, and kept for whoever mends it
            _end_unforeseen(ctx, error)
        finally:  # before Prefect's work at exit: from then on nothing is left to interrupt
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def _end_politely() -> None:
    """Makes a signal to end also end all that a run started, even if its terminal is closed.

    A signal that `nohup` told it to ignore stays ignored.
    """
    _came.clear()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    """Ends what goes on, but lets an import that is under way finish first.

    In the middle of one the exception could be swallowed, and the import lock be held for ever.
    """
    if frame is not None and frame.f_code.co_filename == _IMPORTING:
        _come_again(number)
        return
    _came.append(number)
    sys.unraisablehook = _not_lost
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _not_lost(ignored: sys.UnraisableHookArgs) -> None:
    """Sends a signal again if what it raised was ignored.

    That happens where compiled code calls Python and cannot raise: polars, the garbage collector.
    """
    if isinstance(ignored.exc_value, KeyboardInterrupt | SystemExit):
        _come_again(_came[-1])
    else:
        sys.__unraisablehook__(ignored)


def _come_again(number: int) -> None:
    main = threading.main_thread().ident
    threading.Timer(_SOON_SECONDS, signal.pthread_kill, (main, number)).start()


def _end_unforeseen(ctx: click.Context, error: BaseException) -> NoReturn:
    if _came or is_interrupted(error):  # a library may have turned it into another error
        _end(ctx, "Stopped before it was done.", 128 + next(iter(_came), signal.SIGINT))
    if told := outside(error):
        _end(ctx, str(told), told.exit_code)
    account = _keep_account(defect_of(error))
    said = f"This is a defect of hoeksteen, not of your data. Please report {account}."
    _end(ctx, said, HoeksteenError.exit_code)


def _as_json(said: str, exit_code: int, result: dict[str, Any] | None = None) -> str:
    return json.dumps({**(result or {}), "error": said, "exit_code": exit_code})


def _end(
    ctx: click.Context, said: str, exit_code: int, result: dict[str, Any] | None = None
) -> NoReturn:
    click.echo(f"hoeksteen: {said}", err=True)
    if ctx.obj:
        click.echo(_as_json(said, exit_code, result))
    sys.exit(exit_code)


def _keep_account(defect: Defect) -> Path:
    """Writes where it went wrong."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="hoeksteen-defect-", suffix=".txt", delete=False, encoding="utf-8"
    ) as account:
        account.writelines([f"{defect.kind}\n", *defect.frames])
    return Path(account.name)
