"""One ledger into another, exactly as it is: ids, versions, positions, times of recording and hashes, checked at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar

import attrs

from diplostate.errors import Conflict, LedgerError, ReadOnly
from diplostate.ledger.appending import sealed
from diplostate.ledger.codec import body
from diplostate.ledger.protocol import Ledger, Sealable
from diplostate.ledger.sealing import History, Row, verify
from diplostate.talks.events import Event

T = TypeVar("T")

BATCH = 1000
"""Events that are appended at a time, all or nothing."""


class Progress(Protocol):
    """Hands on what it is given, and shows meanwhile how far it is."""

    def __call__(self, items: Iterable[T], *, total: int, doing: str) -> Iterable[T]:
        """The same items; ``total`` is how many there are."""
        ...


def unseen(items: Iterable[T], *, total: int, doing: str) -> Iterable[T]:  # noqa: ARG001  # as `Progress` has it
    """A `Progress` that shows nothing."""
    return items


@attrs.frozen(kw_only=True)
class Copied:
    """What a copy came to."""

    new: int
    """How many events were copied; the others were there already."""
    history: History
    """What both ledgers come down to, up to the position at which the source stood when the copy began."""


def copy(source: Ledger, target: Ledger, *, progress: Progress = unseen) -> Copied:
    """Copy a ledger into an empty one, or go on where an earlier copy of it was interrupted.

    The source is checked first, the whole target at the end; what is appended to the source meanwhile is left to the next
    copy. Raises `Tampered` for a source that is not sound, `Conflict` where the target holds something else, also where
    somebody else writes into it, and what `Ledger.append` raises.
    """
    until = source.head
    history = verify(progress(islice(rows_of(source), until), total=until, doing="Checking the source"))
    known = _shared(source, target, progress)
    events = progress(_as_kept(source, known, until), total=until - known, doing="Copying")
    for batch in batched(events, BATCH):
        _append(target, batch)
    copied = verify(progress(rows_of(target), total=target.head, doing="Checking the copy"))
    if copied != history:
        raise LedgerError(
            f"{target.url} came out otherwise than {source.url}: its chain ends at {copied.position} in {copied.head}, "
            f"not at {history.position} in {history.head}; copy again into an empty ledger"
        )
    return Copied(new=until - known, history=history)


def rows_of(ledger: Ledger) -> Iterator[Row]:
    """The events of a ledger with their chain; of log files, which keep none, with the chain that they would have."""
    if isinstance(ledger, Sealable):
        try:
            return ledger.rows()
        except ReadOnly:
            pass
    return sealed(ledger.read())


def _as_kept(source: Ledger, after: int, until: int) -> Iterator[Event]:
    """The events between two positions; raises `LedgerError` for one that another ledger would keep as another text."""
    events = source.read(after=after, limit=until - after)
    for event, row in zip(events, islice(rows_of(source), after, None), strict=False):
        if body(event) != row.body:
            raise LedgerError(
                f"event {row.event_id!r} (position {row.position}) was stored in an older form, and a copy would give it "
                f"another hash than {row.content_hash[:12]}…: keep {source.url} as it is, or a backup of it; import brings its "
                "events into another ledger, with their ids and times of recording"
            )
        yield event


def _shared(source: Ledger, target: Ledger, progress: Progress) -> int:
    """How many events the target has of the source; raises `Conflict` for the first that it has not from there."""
    theirs, count = rows_of(source), 0
    for count, row in enumerate(progress(rows_of(target), total=target.head, doing="Comparing"), 1):
        other = next(theirs, None)
        if other != row:
            raise Conflict(
                f"{target.url} is no copy of {source.url}: at position {count} the one has {_named(row)}, the other "
                f"{_named(other)}; copy into an empty ledger, or bring the events in with import, at new positions"
            )
    return count


def _named(row: Row | None) -> str:
    if row is None:
        return "nothing"
    return f"event {row.event_id!r} (track {row.track!r}, version {row.version}, hash {row.content_hash[:12]}…)"


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The items, so many at a time."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch


def _append(target: Ledger, batch: tuple[Event, ...]) -> None:
    """Append events where they stood, or not at all if somebody else wrote to one of their tracks."""
    expected: dict[str, int] = {}
    for event in batch:
        expected.setdefault(event.track, (event.version or 1) - 1)
    stored = target.append(batch, expected_version=expected, strict=False)
    if stored != batch:
        raise Conflict(
            f"somebody else writes into {target.url}: from position {batch[0].position} on it is no copy any more; "
            "copy into a ledger that nobody else uses yet"
        )
