"""The engine for one machine: columns stream from Parquet through Arrow into the step, compiled by numba (extra ``bulk``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    fold, lines = compiled_fold(), np.array(compiled(), np.int64)
    carried = np.array([*steps.START, steps.NEVER, -1], np.int64)
    days = symbols = pa.array([], pa.int32()).to_numpy()
    row = before = 0
    batches = ahead(_numbers(columns, evidence, as_of))
    for heads in ahead(columns.track_batches()):
        counts = heads["rows"].to_numpy()
        told = tuple(np.empty(len(counts), kind) for kind in _KINDS)
        track = 0
        while True:
            row, track, astray = fold(lines, counts, symbols, days, row, track, carried, told)
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
