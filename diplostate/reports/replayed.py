"""The statuses of whole ledgers as they come from an engine: a table for people, CSV and Parquet for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from diplostate.replay.parquet import arrow
from diplostate.replay.statuses import told_schema
from diplostate.reports.facts import iso
from diplostate.reports.render import Cell, Table, View

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 1000
"""So many tracks are shown to people; more than that nobody reads, and a table has to be in memory as a whole."""
_COLUMNS = ("track", "phase", "since", "awaiting", "asked", "rounds", "anomalies")


def view(batches: Iterable[pa.RecordBatch]) -> View:
    """The statuses for people, the first `MOST` of them."""
    return View(name="replay", table=lambda: table(batches))


def table(batches: Iterable[pa.RecordBatch]) -> Table:
    """A row for each track, and one that says how many are left out."""
    rows: list[tuple[Cell, ...]] = []
    left_out = 0
    for batch in batches:
        shown = batch.slice(0, MOST - len(rows))
        rows += [tuple(_cell(row[name]) for name in _COLUMNS) for row in shown.to_pylist()]
        left_out += batch.num_rows - shown.num_rows
    if left_out:
        rows.append((f"and {left_out:,} more: ask for csv", *[None] * (len(_COLUMNS) - 1)))
    return Table(_COLUMNS, tuple(rows))


def _cell(value: date | str | int | None) -> Cell:
    return value if value is None or isinstance(value, (str, int)) else iso(value)


def csv(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The statuses as CSV, piece by piece; a text that a spreadsheet would run is disarmed by a quotation mark before it."""
    pa = arrow()
    yield (",".join(told_schema().names) + "\n").encode()
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in batches:
        sink = pa.BufferOutputStream()
        pa.csv.write_csv(_disarmed(batch), sink, options)
        yield sink.getvalue().to_pybytes()


def _disarmed(batch: pa.RecordBatch) -> pa.RecordBatch:
    pa = arrow()
    columns = [
        pa.compute.replace_substring_regex(column, r"^([=+\-@])", r"'\1") if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.record_batch(columns, schema=batch.schema)


def parquet(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The statuses as a Parquet file, piece by piece."""
    pa = arrow()
    sink = _Sink()
    with pa.parquet.ParquetWriter(sink, told_schema(), compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """A file that keeps what is written to it only until it is taken away."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


PIECES: Mapping[str, Callable[[Iterable[pa.RecordBatch]], Iterator[bytes]]] = {"csv": csv, "parquet": parquet}
"""The forms for programs."""
