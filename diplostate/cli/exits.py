"""How the command ends: one table of exit codes, and the one handler that uses it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum

import click

from diplostate.cli import journal
from diplostate.errors import Conflict, DiplostateError, Invalid, InvalidEvent, InvalidLog, NotAllowed, NotFound, Tampered
from diplostate.reports.render import NoSuchFormat
from diplostate.reports.visible import visible


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    INVALID = 4
    TAMPERED = 5
    CONFLICT = 6
    ATTENTION = 7
    """A track has a flag for which ``--fail-on`` asked."""
    INTERRUPTED = 130


EXITS: tuple[tuple[type[BaseException], Exit], ...] = (
    (NoSuchFormat, Exit.USAGE),
    (InvalidLog, Exit.INVALID),
    (InvalidEvent, Exit.INVALID),
    (NotAllowed, Exit.INVALID),
    (Invalid, Exit.USAGE),
    (NotFound, Exit.NOT_FOUND),
    (Conflict, Exit.CONFLICT),
    (Tampered, Exit.TAMPERED),
    (DiplostateError, Exit.FAILED),
    (OSError, Exit.FAILED),
)
"""What each error comes to; the first that fits counts. An argument that cannot be read is `Invalid` and no event or log."""


def guarded(work: Callable[[], object]) -> int:
    """Do the work, and turn however it ends into an exit code; errors are told on stderr, and no traceback reaches a user."""
    try:
        code = work()
    except click.exceptions.Abort:
        return _told("interrupted: nothing was left half-written", Exit.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:
        return _told(*_verdict(error))
    return code if isinstance(code, int) else Exit.DONE


def _verdict(error: Exception) -> tuple[str, Exit]:
    found = next((code for kind, code in EXITS if isinstance(error, kind)), None)
    if found is None:
        return _bug(error), Exit.FAILED
    return str(error), found


def _bug(error: Exception) -> str:
    """What to say of an error that nobody foresaw; the trace is for those who ask for it."""
    if journal.verbosity() > 0:
        import traceback

        sys.stderr.write("".join(traceback.format_exception(error)))
    hint = "" if journal.verbosity() > 0 else " (-v shows the trace)"
    return f"unexpected {type(error).__name__}: {error}. This is a bug, please report it{hint}"


def _told(message: str, code: Exit) -> Exit:
    first, *rest = message.splitlines() or [""]
    click.echo("\n".join([f"Error: {visible(first)}", *map(visible, rest)]), err=True)
    return code
