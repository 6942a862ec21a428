"""Statuses as engines tell them: in whole numbers, a row for each track, and the same in the words of the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from diplostate.replay.parquet import arrow
from diplostate.replay.step import BY, NEVER
from diplostate.replay.table import PHASES
from diplostate.talks.status import Status

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = ("phase", "proposal", "since", "asked", "rounds", "anomalies")
"""What engines tell of a track, as `diplostate.replay.step.STATE` explains."""


def schema() -> pa.Schema:
    """The columns of statuses in numbers; ``unfolded`` says why a track was not folded, and its numbers mean nothing then."""
    pa = arrow()
    kinds = (pa.int8(), pa.int64(), *[pa.int32()] * 4)
    numbers = [pa.field(name, kind) for name, kind in zip(NUMBERS, kinds, strict=True)]
    parties = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([("track", pa.string()), ("parties", parties), *numbers, ("unfolded", pa.string())])


def told_schema() -> pa.Schema:
    """The columns of statuses in words: parties are codes, several of them with a space between."""
    pa = arrow()
    day, text, number = pa.date32(), pa.string(), pa.int32()
    return pa.schema(
        [
            ("track", text),
            ("phase", text),
            ("since", day),
            ("awaiting", text),
            ("asked", day),
            ("proposer", text),
            ("counter", pa.bool_()),
            ("accepted", text),
            ("declined", text),
            ("rounds", number),
            ("anomalies", number),
        ]
    )


def told(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Statuses in words."""
    pa = arrow()
    pc = pa.compute
    proposal = batch["proposal"]
    names = _Names(batch["parties"])
    awaited, accepted, declined = (pc.bit_wise_and(pc.shift_right(proposal, shift), 0xFFFF) for shift in (0, 16, 32))
    by = pc.if_else(pc.equal(proposal, 0), 0, pc.shift_left(1, pc.bit_wise_and(pc.shift_right(proposal, BY), 15)))
    phases = pa.DictionaryArray.from_arrays(batch["phase"], pa.array([phase.value for phase in PHASES]))
    columns = {
        "track": batch["track"],
        "phase": phases.cast(pa.string()),
        "since": _days(batch["since"]),
        "awaiting": names.of(awaited),
        "asked": pc.if_else(pc.equal(awaited, 0), None, _days(batch["asked"])),
        "proposer": names.of(by),
        "counter": pc.greater(pc.shift_right(proposal, BY + 4), 0),
        "accepted": names.of(accepted),
        "declined": names.of(declined),
        "rounds": batch["rounds"],
        "anomalies": batch["anomalies"],
    }
    return pa.record_batch(columns, schema=told_schema())


def _days(numbers: pa.Array) -> pa.Array:
    pa = arrow()
    return pa.compute.if_else(pa.compute.equal(numbers, NEVER), None, numbers).cast(pa.date32())


class _Names:
    """The codes of the parties of every track, to be picked by bits; the same pick is made once."""

    def __init__(self, parties: pa.Array) -> None:
        coded = parties.dictionary_encode()
        self._casts = [cast.split(" ") for cast in coded.dictionary.to_pylist()]
        self._keys = arrow().compute.shift_left(coded.indices.cast("int64"), 16)

    def of(self, bits: pa.Array) -> pa.Array:
        """The codes whose bits are set, nothing where none is."""
        pa = arrow()
        coded = pa.compute.bit_wise_or(self._keys, bits).dictionary_encode()
        names = [self._picked(*divmod(key, 1 << 16)) for key in coded.dictionary.to_pylist()]
        return pa.array(names, pa.string()).take(coded.indices)

    def _picked(self, cast: int, bits: int) -> str | None:
        return _joined([code for number, code in enumerate(self._casts[cast]) if bits >> number & 1])


def of_status(track: str, status: Status) -> dict[str, Any]:
    """A status of the reference as a row in words."""
    offer = status.open
    return {
        "track": track,
        "phase": status.phase.value,
        "since": status.since,
        "awaiting": _joined(status.awaiting),
        "asked": status.asked,
        "proposer": status.opener,
        "counter": offer is not None and offer.is_counter,
        "accepted": _joined(status.accepted),
        "declined": _joined(status.declined),
        "rounds": status.rounds,
        "anomalies": len(status.anomalies),
    }


def _joined(parties: Sequence[str]) -> str | None:
    return " ".join(parties) or None


def batches_of(rows: Iterable[dict[str, Any]], *, size: int = 8192) -> Iterator[pa.RecordBatch]:
    """Rows in words as batches."""
    pa = arrow()
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == size:
            yield pa.RecordBatch.from_pylist(waiting, schema=told_schema())
            waiting = []
    if waiting:
        yield pa.RecordBatch.from_pylist(waiting, schema=told_schema())
