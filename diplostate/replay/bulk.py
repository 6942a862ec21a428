"""The engine for one machine: columns stream from Parquet through Arrow into the step, compiled by numba (extra ``bulk``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar
from zlib import crc32

from diplostate.errors import Fault, Invalid, MissingExtra
from diplostate.replay import step as steps
from diplostate.replay.parquet import EVENTS, Columns, arrow, read_as_of
from diplostate.replay.statuses import schema, told
from diplostate.replay.table import PHASES, Kind, compiled

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

T = TypeVar("T")

AHEAD = 2
"""So many batches of each file are decoded while one is folded."""


@cache
def compiled_fold() -> Callable[..., tuple[int, int, int]]:
    """`fold_rows` as machine code, kept in a cache beside the module (or in the one of the user) from run to run."""
    try:
        from numba import njit
        from numba.extending import register_jitable
    except ImportError:
        raise MissingExtra(package="numba", extra="bulk") from None
    register_jitable(inline="always")(steps.step)  # a call for each event would cost half as much again
    function = FunctionType(steps.fold_rows.__code__, vars(steps))
    # The cache knows its functions by name, and does not see that a number was changed which another module gives.
    numbers = repr((compiled(), [(kind.name, kind.value) for kind in Kind], PHASES))
    function.__module__, function.__qualname__ = steps.__name__, f"fold_rows_{crc32(numbers.encode()):08x}"
    try:
        found: Callable[..., tuple[int, int, int]] = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that a cache could be in
        found = njit(nogil=True)(function)
    return found


def statuses(columns: Columns, evidence: str, as_of: date | None) -> Iterator[pa.RecordBatch]:
    """The statuses in words of the tracks that engines fold, in their order."""
    for batch in numbers(columns, evidence, as_of):
        yield told(batch.filter(batch["unfolded"].is_null()) if batch["unfolded"].null_count < len(batch) else batch)


def numbers(columns: Columns, evidence: str, as_of: date | None) -> Iterator[pa.RecordBatch]:
    """The statuses in whole numbers of all tracks, in their order; those of tracks that are not folded mean nothing.

    Raises `Invalid` where the rows are not in the order of the fold.
    """
    import numpy as np

    pa = arrow()
    carried = _fresh()
    days = symbols = pa.array([], pa.int32()).to_numpy()
    row = before = 0
    batches = ahead(_numbers(columns, evidence, as_of))
    for heads in ahead(columns.track_batches()):
        counts = heads["rows"].to_numpy()
        told = tuple(np.empty(len(counts), kind) for kind in _KINDS)
        fold = _TwoFolds(counts, told)
        track = 0
        while True:
            row, track, astray = fold(symbols, days, row, track, carried)
            if astray >= 0:
                raise Invalid([Fault(_DISORDER, file=str(columns.events_file), line=before + astray + 1, column=1)])
            if track == len(counts):
                break
            before += len(days)
            found = next(batches, None)
            if found is None:
                raise Invalid([Fault(f"{EVENTS} ends before its last track does", file=str(columns.folder))])
            days, symbols, row = *found, 0
        yield pa.record_batch([heads["track"], heads["parties"], *map(pa.array, told), heads["unfolded"]], schema=schema())


class _TwoFolds:
    """Folds the rows that are there in two threads: up to the track that begins in their middle, and from there on."""

    def __init__(self, counts: Numbers, told: Sequence[Numbers]) -> None:
        import numpy as np

        self._fold, self._lines = compiled_fold(), np.array(compiled(), np.int64)
        self._counts, self._told = counts, told
        self._ends = np.cumsum(counts, dtype=np.int64)

    def __call__(self, symbols: Numbers, days: Numbers, row: int, track: int, carried: Numbers) -> tuple[int, int, int]:
        """As `diplostate.replay.step.fold_rows`."""
        there, begins = self._middle(len(days), row, track, int(carried[8]))
        if there == len(self._counts) or begins >= len(days):
            return self._fold(self._lines, self._counts, symbols, days, row, track, carried, self._told)
        last = _fresh()
        second = _SECOND.submit(self._fold, self._lines, self._counts, symbols, days, begins, there, last, self._told)
        first = self._fold(self._lines, self._counts[:there], symbols, days, row, track, carried, self._told)
        found = second.result()
        carried[:] = last
        return first if first[2] >= 0 else found

    def _middle(self, rows: int, row: int, track: int, left: int) -> tuple[int, int]:
        """The track that begins in the middle of the rows that are there, and the row where it does."""
        ends = self._ends
        if track == len(ends):
            return track, rows
        begun = int(ends[track]) - (int(self._counts[track]) if left < 0 else left) - row  # the end before row 0
        there = int(ends.searchsorted(begun + (row + rows) // 2)) + 1
        return there, int(ends[there - 1]) - begun if there < len(ends) else rows


_SECOND = ThreadPoolExecutor(1)


def _fresh() -> Numbers:
    """The state before the first row."""
    import numpy as np

    return np.array([*steps.START, steps.NEVER, -1], np.int64)


_DISORDER = "is dated before the row above it: the rows of a track stand in the order of the fold, by day, then by position"


_KINDS = ("int8", "int64", "int32", "int32", "int32", "int32")


def _numbers(columns: Columns, evidence: str, as_of: date | None) -> Iterator[tuple[Any, Any]]:
    """The days and the symbols of the events; what is not read then moves nothing."""
    pa = arrow()
    cuts = ["appears", "until"] if columns.changes or as_of is not None else []
    for batch in columns.batches(["day", evidence, *cuts]):
        symbols = batch[evidence]
        if cuts:
            symbols = pa.compute.if_else(read_as_of(batch, as_of), symbols, 0)
        if symbols.null_count:
            symbols = symbols.fill_null(0)
        yield batch["day"].view(pa.int32()).to_numpy(), symbols.to_numpy()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, a few of which are made by another thread while one is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(next, items, None) for _ in range(AHEAD)]
        while waiting:
            item = waiting.pop(0).result()
            if item is None:
                return
            waiting.append(pool.submit(next, items, None))
            yield item
