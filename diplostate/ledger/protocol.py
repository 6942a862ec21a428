"""The two seams of a ledger: what every store offers, and the projector that every store calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from diplostate.ledger.sealing import History, Row
from diplostate.ledger.subscription import Subscription
from diplostate.talks.dates import Edtf, Moment
from diplostate.talks.events import Event

At = int | Moment | str | Edtf | None
"""Where a branch begins: behind a position, at a day (inclusive) or an aware instant; None: behind all that is there."""


@runtime_checkable
class Ledger(Protocol):
    """Where a record is kept. Appending is the only write; nothing is ever changed or removed."""

    @property
    def url(self) -> str:
        """What `diplostate.open` takes to open it again."""
        ...

    def append(
        self, events: Sequence[Event], *, expected_version: Mapping[str, int] | None = None, strict: bool = True
    ) -> tuple[Event, ...]:
        """Append a batch, over one or more tracks, all or nothing; the same events as they are stored, in the order given.

        An event without ``id`` gets a UUIDv7; one without ``recorded`` gets the time of the ledger's clock, which never goes
        back between such events; one that brings its own keeps both. ``version`` and ``position`` are always the ledger's.

        ``expected_version`` maps tracks to the version that the writer believes them to be at (0: not there yet). Ids that the
        ledger knows are looked at first: a batch that is wholly present is returned as it is stored whatever
        ``expected_version`` says, and of one that is partly present only the rest is appended.

        ``strict`` refuses a batch that adds an anomaly. Raises `VersionConflict`, `IdConflict`, `InvalidEvent`, `NotAllowed`,
        `ReadOnly`, `LedgerBusy`, `LedgerError`; nothing is written then.
        """
        ...

    def tracks(self) -> tuple[str, ...]:
        """The ids of all tracks, in the order in which they were begun."""
        ...

    def version(self, track: str) -> int:
        """The number of events in a track; 0 where there is none."""
        ...

    @property
    def head(self) -> int:
        """The position of the last event; 0 in an empty ledger."""
        ...

    def events(self, track: str) -> Iterator[Event]:
        """The events of one track, in the order of the record; raises `TrackNotFound`."""
        ...

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events of all tracks behind a position, in order, in pages of short transactions."""
        ...

    def subscribe(self, *, after: int = 0) -> Subscription:
        """The events of all tracks behind a position, in order, each once: those that are there, then those that come.

        Raises `LedgerError` for a position that the ledger has not reached.
        """
        ...

    def branch(self, *, at: At = None, axis: str = "happened") -> Ledger:
        """A ledger on top of this one, as it stood at one point, to try things on; see `diplostate.ledger.branch.Branch`."""
        ...

    def event(self, event_id: str) -> Event:
        """One event; raises `EventNotFound`."""
        ...

    def projections(self, tracks: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each track (None: all, in the order of `tracks`) with its projection; raises `TrackNotFound`."""
        ...

    def close(self) -> None:
        """Let go of files and connections; closing twice does no harm."""
        ...

    def __enter__(self) -> Self:
        """Use it in a ``with`` block, which closes it."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        ...


@runtime_checkable
class Sealable(Protocol):
    """A ledger that keeps the chain of its events, so that it can be verified and sealed."""

    def rows(self, after: int = 0) -> Iterator[Row]:
        """The events behind a position as they are kept, unjudged, in order, in pages of short transactions."""
        ...


@runtime_checkable
class Examined(Protocol):
    """A ledger that can also look at the place where it keeps its record."""

    def examine(self) -> Iterator[tuple[str, bool, str]]:
        """Everything that there is to check about that place: its name, whether it is sound, and what was found."""
        ...


@runtime_checkable
class Rebuilt(Protocol):
    """A ledger that keeps projections beside its events, and can make them all anew."""

    def rebuild(self) -> int:
        """Make the projections of all tracks anew, in transactions of some tracks each; how many tracks there are."""
        ...


@runtime_checkable
class Backed(Protocol):
    """A ledger in a file, of which a copy can be made while others write."""

    def backup(self, file: str | Path, *, overwrite: bool = False) -> History:
        """Copy it as it stands at one moment into a file, which is checked and only then gets its name.

        Raises `LedgerError`, also for a file that is there already (unless ``overwrite``), and `Tampered`.
        """
        ...


class Projector(Protocol):
    """What a store calls, inside the transaction of an append: stores do not know what they store."""

    @property
    def fingerprint(self) -> str:
        """Changes with everything that can change a projection: one kept beside another fingerprint is stale."""
        ...

    def project(self, events: Iterable[Event]) -> str:
        """The projection of a whole track, from its events in the order of the record; judges nothing."""
        ...

    def admit(
        self, track: str, new: Sequence[Event], *, previous: str | None, history: Callable[[], Iterable[Event]], strict: bool
    ) -> str:
        """Judge the new events of one track, and give the projection that holds after them, as `project` would.

        ``new`` comes stamped with id, recorded, version and position. ``previous`` is the projection so far (None: the track is
        new, or its projection is stale), ``history`` reads the earlier events. Raises `InvalidEvent`, each fault with the id
        of its event as ``file``, and `NotAllowed`, whereupon the store writes nothing.
        """
        ...


@runtime_checkable
class Drafting(Projector, Protocol):
    """A projector whose projections have events in them as canonical JSON, so that a store can fill in what it knows last.

    Such a store admits an event before it knows its position, and puts that into the texts afterwards, and into the event.
    """

    def settle(self, event: Event, *, draft: str, projection: str) -> None:
        """Take note that the event has its place now, and that what was admitted as this draft is kept as this projection."""
        ...
