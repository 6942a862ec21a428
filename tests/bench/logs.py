"""Realistic logs of any size as folders of columns, seeded: lengths, gaps and mixes are those of ICEWS14 as talks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numba import njit

from diplostate.replay.columns import EVIDENCES
from diplostate.replay.parquet import GROUP, schemas, writing
from diplostate.replay.table import Kind

NEXT = {
    0: {Kind.PROPOSED: 790, Kind.HELD: 206, Kind.STALLED: 4},
    Kind.PROPOSED: {
        Kind.PROPOSED: 190, Kind.HELD: 390, Kind.STALLED: 16, Kind.CONCLUDED: 42, Kind.ACCEPTED: 310,
        Kind.DECLINED: 12, Kind.ACKNOWLEDGED: 25, Kind.COUNTERED: 15,
    },
    Kind.SCHEDULED: {Kind.PROPOSED: 77, Kind.HELD: 731, Kind.STALLED: 38, Kind.CONCLUDED: 154},
    Kind.HELD: {Kind.PROPOSED: 570, Kind.HELD: 256, Kind.STALLED: 60, Kind.CONCLUDED: 114},
    Kind.STALLED: {Kind.PROPOSED: 762, Kind.SCHEDULED: 48, Kind.HELD: 190},
    Kind.WITHDRAWN: {Kind.PROPOSED: 762, Kind.HELD: 238},
    Kind.CONCLUDED: {Kind.PROPOSED: 627, Kind.HELD: 353, Kind.STALLED: 20},
    Kind.ACKNOWLEDGED: {Kind.ACCEPTED: 600, Kind.DECLINED: 100, Kind.PROPOSED: 100, Kind.HELD: 200},
    Kind.ACCEPTED: {Kind.PROPOSED: 38, Kind.SCHEDULED: 200, Kind.HELD: 616, Kind.WITHDRAWN: 15, Kind.CONCLUDED: 131},
    Kind.COUNTERED: {Kind.ACCEPTED: 500, Kind.DECLINED: 200, Kind.HELD: 300},
    Kind.DECLINED: {Kind.PROPOSED: 1000},
}  # fmt: skip
"""Of a thousand events after one of a kind (0: at the beginning) how many are of which.

Counted in ICEWS14 (import --coding icews-tkg); what coders hardly see (acknowledgements, counters, withdrawals) is added.
"""
GAPS = (0, 0, 2, 4, 7, 10, 15, 24, 40, 80, 224)
"""Days from one event of a track to the next: the quantiles, by tenths, in ICEWS14."""
LENGTHS = (1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 31)
"""Events of a track: the quantiles, by tenths, in ICEWS14 (mean 3.2); they are stretched to the mean that is asked for."""
OFFICIAL = 0.7
"""The share of events that are official too; a proposal that is not is remembered as a leak. Coded data has none of it."""
CASTS = (2, 2, 2, 2, 2, 2, 2, 3, 4, 6)
"""How many parties tracks have."""


def folder_of(path: Path, events: int, *, mean: float = 10, seed: int = 14) -> Path:
    """A folder of columns with about so many events, in tracks of this mean length; it is written where it is not there yet."""
    folder = path / f"columns-{events}-{mean:g}-{seed}"
    if not folder.exists():
        with writing(folder) as writer:
            for tables in _tables(events, mean, seed):
                writer.add_tables(*tables)
    return folder


def _tables(events: int, mean: float, seed: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    chance = np.random.default_rng(seed)
    done = tracks = 0
    while done < events:
        size = min(GROUP, events - done)
        lengths = _lengths(chance, size, mean)
        yield _table(chance, lengths, tracks, done)
        done, tracks = done + int(lengths.sum()), tracks + len(lengths)


def _lengths(chance: np.random.Generator, size: int, mean: float) -> np.ndarray:
    """The lengths of tracks that have so many events together."""
    drawn = np.interp(chance.random(size), np.linspace(0, 1, len(LENGTHS)), LENGTHS)
    lengths = np.maximum(1, np.round(drawn * mean / drawn.mean())).astype(np.int32)
    kept = lengths[: np.searchsorted(np.cumsum(lengths), size) + 1].copy()
    kept[-1] -= kept.sum() - size
    return kept


def _table(chance: np.random.Generator, lengths: np.ndarray, first: int, position: int) -> tuple[pa.Table, pa.Table]:
    size, tracks = int(lengths.sum()), len(lengths)
    parties = np.array(CASTS, np.int32)[chance.integers(0, len(CASTS), tracks)]
    days = np.interp(chance.random(size), np.linspace(0, 1, len(GAPS)), GAPS).astype(np.int32)
    symbols = {name: np.empty(size, np.int32) for name in EVIDENCES}
    place = np.empty(size, np.int32)
    _tell(_chain(), lengths, parties, chance.random((size, 4)), days, place, *symbols.values())
    names = pa.compute.binary_join_element_wise("track-", pa.array(np.arange(first, first + tracks)).cast(pa.string()), "")
    casts = pa.array([" ".join(f"P{number:02}" for number in range(most)) for most in range(max(CASTS) + 1)])
    events, heads = schemas()
    columns = {
        "track": pa.DictionaryArray.from_arrays(np.repeat(np.arange(tracks, dtype=np.int32), lengths), names),
        "place": place,
        "day": pa.array(days).cast(pa.date32()),
        **symbols,
        **{name: pa.nulls(size, events.field(name).type) for name in ("appears", "until", "recorded", "event")},
        "position": np.arange(position + 1, position + size + 1),
    }
    of_tracks = {"track": names, "parties": casts.take(parties), "rows": lengths, "unfolded": pa.nulls(tracks, pa.string())}
    return (pa.table({name: columns[name] for name in events.names}, schema=events), pa.table(of_tracks, schema=heads))


@cache
def _chain() -> np.ndarray:
    """For each kind the shares of those that follow it, summed up."""
    shares = np.zeros((len(Kind), len(Kind)))
    for kind, following in NEXT.items():
        for other, share in following.items():
            shares[int(kind), int(other)] = share
    return np.cumsum(shares / np.maximum(1, shares.sum(1, keepdims=True)), axis=1)


@njit(cache=True)
def _tell(chain, lengths, parties, chance, days, place, official, reported):
    """Fill in days, places and symbols, track by track."""
    row = 0
    for track in range(len(lengths)):
        kind, day, asker = 0, 15000 + track % 3000, 0
        for number in range(lengths[track]):
            kind = int(np.searchsorted(chain[kind], chance[row, 0]))
            by = int(chance[row, 1] * parties[track])
            everybody = (1 << parties[track]) - 1
            rest = 0
            if kind == 2:
                asker = by
                rest = everybody & ~(1 << by)
            elif kind == 3:
                rest = 1 << by if chance[row, 2] < 0.5 else 0
            elif kind == 4:
                rest = 1 if chance[row, 2] < 0.97 else 0
            elif kind >= 8 and by == asker and chance[row, 2] < 0.9:
                by = (by + 1) % parties[track]
            symbol = kind | by << 4 | rest << 8
            day += days[row]
            days[row], place[row], reported[row] = day, number + 1, symbol
            is_official = chance[row, 3] < OFFICIAL
            official[row] = symbol if is_official else (symbol - 1 if kind == 2 else 0)
            row += 1
