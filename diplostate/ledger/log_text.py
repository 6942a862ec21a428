"""The bytes of a log file: where they come from, how many are read, and that they are text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import attrs

from diplostate.errors import Fault, InvalidLog, LedgerError
from diplostate.talks.events import Event

Source = str | Path | tuple[str, bytes]
"""A log: its path, or a name (by whose ending its form is known) and its bytes."""


@attrs.frozen
class Located:
    """An event, and where it begins in its log; both count from 1."""

    event: Event
    line: int
    column: int


MOST_FAULTS = 1_000
"""How many faults are told at once; a hostile file can hold any number."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def name_of(source: Source) -> str:
    """What messages call the log."""
    return source[0] if isinstance(source, tuple) else str(source)


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The bytes of a log, from the start; raises `LedgerError` where they cannot be had."""
    if isinstance(source, tuple):
        yield io.BytesIO(source[1])
        return
    try:
        with Path(source).open("rb") as stream:
            yield stream
    except OSError as error:
        raise LedgerError(f"{source} cannot be read ({error.strerror}): check the path and its permissions") from error


def short(text: str) -> str:
    """A text from a log as messages quote it: what cannot be printed is made visible, and what is long is cut."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def refuse_utf16(start: bytes, name: str) -> None:
    """Raise `InvalidLog` where the first bytes of a log are those of UTF-16, which some editors write."""
    if start[:2] in _UTF16 or b"\x00" in start[:2]:
        raise InvalidLog([Fault("is UTF-16: save the file as UTF-8", file=name, line=1, column=1)])


def text_of(data: bytes, name: str, line: int = 1) -> str:
    """UTF-8 as text, without a byte order mark; ``line`` is the number of its first line. Raises `InvalidLog`."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].rpartition(b"\n")[2]
        byte = f"byte {len(before) + 1} of the line, 0x{data[error.start]:02X}"
        line += data[: error.start].count(b"\n")
        raise InvalidLog(
            [Fault(f"{byte}, is not UTF-8: save the file as UTF-8", file=name, line=line, column=len(before.decode()) + 1)]
        ) from None
