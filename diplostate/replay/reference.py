"""The reference engine: columns read back as events, and folded by the fold that defines what a status is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from diplostate.ledger.codec import from_stored
from diplostate.replay.parquet import Columns, arrow, read_as_of
from diplostate.replay.statuses import batches_of, of_status
from diplostate.replay.table import Kind
from diplostate.talks.events import Concluded, Event, Held, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.fold import fold, reduce
from diplostate.talks.record import Description, Entry, Fate, Reading
from diplostate.talks.sources import Standing
from diplostate.talks.status import Status
from diplostate.talks.words import Answer, StallReason

if TYPE_CHECKING:
    import pyarrow as pa

EPOCH = date(1970, 1, 1)


def statuses(columns: Columns, evidence: str, as_of: date | None) -> Iterator[pa.RecordBatch]:
    """The statuses in words of the tracks that engines fold, in their order, each folded event by event."""
    rows = _rows(columns, evidence, as_of)
    return batches_of(_statuses(columns, rows))


def _statuses(columns: Columns, rows: Iterator[tuple[int, int | None]]) -> Iterator[dict[str, Any]]:
    for batch in columns.track_batches():
        for head in batch.to_pylist():
            symbols = [(day, symbol or 0) for day, symbol in islice(rows, head["rows"])]
            if head["unfolded"] is None:
                yield of_status(head["track"], status_of(symbols, head["parties"].split(" ")))


def unfolded(columns: Columns, evidence: str, as_of: date | None) -> Iterator[dict[str, Any]]:
    """The statuses in words of the tracks that no engine folds, in their order, from their events."""
    events = columns.whole_events()
    for batch in columns.track_batches():
        for head in batch.filter(arrow().compute.is_valid(batch["unfolded"])).to_pylist():
            record = [from_stored(json.loads(text)) for _, text in islice(events, head["rows"])]
            yield of_status(head["track"], reduce(record, as_of=as_of, evidence=evidence))


def status_of(rows: Iterable[tuple[int, int]], parties: Sequence[str]) -> Status:
    """The status to which symbols lead, each with its day (from 1970-01-01), in the order of the fold."""
    moves = tuple(entry(symbol, day, parties) for day, symbol in rows if symbol & 15 != Kind.NOTHING)
    return fold(Reading(entries=moves, moves=moves, description=Description(), denials=(), noted=None))


def _rows(columns: Columns, evidence: str, as_of: date | None) -> Iterator[tuple[int, int | None]]:
    pa = arrow()
    for batch in columns.batches(["day", evidence, "appears", "until"]):
        symbols = pa.compute.if_else(read_as_of(batch, as_of), batch[evidence], 0)
        yield from zip(batch["day"].view(pa.int32()).to_pylist(), symbols.to_pylist(), strict=True)


def entry(symbol: int, day: int, parties: Sequence[str]) -> Entry:
    """The entry that a symbol stands for: what the fold looks at of an event, and no more."""
    kind, by, rest = Kind(symbol & 15), parties[symbol >> 4 & 15], symbol >> 8
    named = tuple(party for number, party in enumerate(parties) if rest >> number & 1)
    event = _EVENTS[kind](occurred=EPOCH + timedelta(days=day), **_fields(kind, by, named, rest))
    return Entry(
        event=event,
        day=EPOCH + timedelta(days=day),
        fate=Fate.REMEMBERED if kind is Kind.LEAK else Fate.COUNTED,
        standing=Standing.OFFICIAL,
        sources=(),
        speakers=frozenset(named if kind is Kind.SCHEDULED else ()),
    )


def _fields(kind: Kind, by: str, named: tuple[str, ...], rest: int) -> dict[str, Any]:
    if kind in (Kind.PROPOSED, Kind.LEAK):
        return {"by": by, "to": named}
    if kind is Kind.HELD:
        # Where nobody declared any principals, a meeting from which anybody stayed away is no round.
        return {"round": rest - 1 if rest > 1 else None, "absent": () if rest else (by,)}
    if kind is Kind.WITHDRAWN:
        return {"by": by, "reason": StallReason.WITHDRAWN}
    return {"by": by, "answer": Answer[kind.name]} if kind >= Kind.ACKNOWLEDGED else {}


_EVENTS: Mapping[Kind, Callable[..., Event]] = {
    kind: partial(cls, track="")
    for kind, cls in (
        (Kind.LEAK, Proposed),
        (Kind.PROPOSED, Proposed),
        (Kind.SCHEDULED, Scheduled),
        (Kind.HELD, Held),
        (Kind.STALLED, Stalled),
        (Kind.WITHDRAWN, Stalled),
        (Kind.CONCLUDED, Concluded),
        *((Kind[answer.name], Responded) for answer in Answer),
    )
}
"""The event of each kind."""
