"""One tree of errors; every message says what is wrong, where, and what to do next::

    DiplostateError
    ├── Invalid                 something handed in is not well-formed
    │   ├── InvalidDate         a text that is no EDTF date of levels 0 and 1
    │   ├── InvalidWord         none of the words of an enumeration; a ValueError too, as Python has it
    │   ├── InvalidEvent        an event with faults, each with the path of its field
    │   ├── InvalidLog          a log file with faults, each with file, line and column
    │   └── InvalidSeal         a seal or a proof that cannot be read, or that says nothing about what is asked
    ├── NotAllowed              a strict append that would add an anomaly
    ├── Conflict                somebody else was there first
    │   ├── VersionConflict     the track is at another version than the one expected
    │   └── IdConflict          an id that is taken by an event with other content
    ├── NotFound                a name that the ledger does not know
    │   ├── TrackNotFound
    │   └── EventNotFound
    ├── Tampered                the record is not the one that was written, or not the one that was sealed
    ├── LedgerError             the place where the record is kept cannot serve
    │   ├── ReadOnly            a ledger that can only be read
    │   └── LedgerBusy          other writers held the lock for too long
    └── MissingExtra            an optional dependency is not installed

Whoever catches `DiplostateError` catches them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen
class Fault:
    """One thing that is wrong with an input.

    ``path`` leads from the top of the event to the field, for example ``("sources", 0, "attribution")``.
    ``line`` and ``column`` count from 1 and are 0 where the input is not a text. ``severity`` is ``"error"``, or
    ``"warning"`` for what is legal but most likely a slip.
    """

    message: str
    path: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 0
    column: int = 0
    severity: str = "error"

    @property
    def where(self) -> str:
        """The place as ``file:line:column``, or as a field path such as ``sources[0].attribution``."""
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return ":".join(part for part in (self.file, dotted(self.path)) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


def dotted(path: Iterable[str | int]) -> str:
    """A field path as people write it: ``sources[0].attribution``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class DiplostateError(Exception):
    """Everything that diplostate raises on purpose."""


class Invalid(DiplostateError):
    """Something that was handed in is not well-formed; ``faults`` holds everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class InvalidDate(Invalid):
    """A text that is no date in the Extended Date/Time Format, levels 0 and 1."""

    def __init__(self, text: str, problem: str) -> None:
        self.text = text
        super().__init__([Fault(f"{text!r} {problem}")])


class InvalidWord(Invalid, ValueError):
    """None of the words that an enumeration has."""


class InvalidEvent(Invalid):
    """An event that is not well-formed."""


class InvalidLog(Invalid):
    """A log file that cannot be read as a record; nothing of it was used."""


class InvalidSeal(Invalid):
    """A seal or a proof that cannot be read, or that does not cover what is asked of it."""


class NotAllowed(DiplostateError):
    """A strict append that would have left an anomaly in the record; nothing was written.

    ``event_id`` names the event that became anomalous, which may be another than those that were appended.
    """

    def __init__(self, *, track: str, event_id: str, symbol: str, phase: str, allowed: str, needs: str) -> None:
        self.track, self.event_id, self.symbol, self.phase = track, event_id, symbol, phase
        self.allowed, self.needs = allowed, needs
        super().__init__(
            f"{symbol!r} is not allowed in phase {phase} (track {track!r}, event {event_id}). "
            f"Allowed next: {allowed}. {needs} To keep it all the same, as an anomaly, append with strict=False (--force)."
        )


class Conflict(DiplostateError):
    """The record is not what the writer believed it to be; nothing was written."""


class VersionConflict(Conflict):
    """The track moved on since the writer read it."""

    def __init__(self, *, track: str, expected: int, actual: int) -> None:
        self.track, self.expected, self.actual = track, expected, actual
        super().__init__(f"track {track!r} is at version {actual}, you expected {expected}: read it again and retry")


class IdConflict(Conflict):
    """An id that the ledger knows, or that the same batch holds (``position`` is None then), with other content."""

    def __init__(self, *, event_id: str, track: str, position: int | None) -> None:
        self.event_id, self.track, self.position = event_id, track, position
        place = "in the same batch" if position is None else f"position {position}"
        super().__init__(
            f"event id {event_id!r} is taken by an event with other content (track {track!r}, {place}): "
            "events never change; give the new event an id of its own, and retract the old one if it was wrong"
        )


class NotFound(DiplostateError):
    """A name that the ledger does not know; ``nearest`` holds the known names that look most like it."""

    thing = "name"

    def __init__(self, name: str, *, nearest: Sequence[str] = ()) -> None:
        self.name, self.nearest = name, tuple(nearest)
        hint = f": did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""
        super().__init__(f"no {self.thing} {name!r} in this ledger{hint}")


class TrackNotFound(NotFound):
    """No event of this track is in the ledger."""

    thing = "track"


class EventNotFound(NotFound):
    """No event with this id is in the ledger."""

    thing = "event"


class Tampered(DiplostateError):
    """The record is not the one that was written, or not the one that was sealed.

    ``what`` is ``altered``, ``removed``, ``inserted`` or ``reordered`` for the first event where it shows, ``rewritten`` for a
    history that is sound in itself but not the sealed one, ``unproven`` for a proof that does not lead to the seal.
    ``position`` is the place in the ledger, from 1; ``event_id`` is None where the event cannot be named.
    """

    def __init__(
        self,
        *,
        what: str,
        position: int,
        finding: str,
        event_id: str | None = None,
        advice: str = "do not rely on this ledger from there on; find a copy or an export made before, and compare",
    ) -> None:
        self.what, self.position, self.event_id = what, position, event_id
        event = "" if event_id is None else f", event {event_id!r}"
        super().__init__(f"{what} at position {position}{event}: {finding}; {advice}")


class LedgerError(DiplostateError):
    """The place where the record is kept cannot serve: missing, damaged, of another kind, or from a newer version."""


class ReadOnly(LedgerError):
    """A ledger that can only be read, such as a folder of log files."""


class LedgerBusy(LedgerError):
    """Other writers held the ledger's lock for longer than this one was willing to wait; nothing was written."""


class MissingExtra(DiplostateError):
    """An optional dependency is not installed."""

    def __init__(self, *, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"this needs {package}, which is not installed: pip install 'diplostate[{extra}]'")
