"""Whole ledgers: Parquet to statuses beside decoding alone, in memory beside C, the engines for SQL beside sorting alone."""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from diplostate.replay import bulk
from diplostate.replay.parquet import Columns, opened
from diplostate.replay.replaying import replay
from diplostate.replay.sql import postgres
from diplostate.replay.step import NEVER, START
from diplostate.replay.table import compiled
from tests.bench.common import measure
from tests.bench.logs import folder_of

EVIDENCE = "official"


def _drain(items: Iterable[object]) -> None:
    for _ in items:
        pass


# From Parquet


def _decode(found: Columns) -> int:
    """Only decode the columns that the engine reads, as it does: one thread ahead."""
    _drain(bulk.ahead(iter(found.batches(["day", EVIDENCE]))))
    _drain(found.track_batches())
    return found.rows


def _numbers(found: Columns) -> int:
    _drain(bulk.numbers(found, EVIDENCE, None))
    return found.rows


def _words(found: Columns) -> int:
    _drain(replay([found.folder], evidence=EVIDENCE))
    return found.rows


def from_parquet(found: Columns, rounds: int) -> None:
    """Statuses with the names of tracks and parties beside them, and written out in words, beside decoding alone."""
    runs = {
        "decoding the same columns alone": lambda: _decode(found),
        "numba: to statuses": lambda: _numbers(found),
        "numba: to statuses in words": lambda: _words(found),
    }
    measure(f"from Parquet, {found.rows:,} events of {found.tracks:,} tracks", runs, rounds=rounds)


# In memory

_C = """
#include <stdint.h>
void fold(const int64_t *lines, const int32_t *counts, const int32_t *symbols, const int32_t *days, int64_t tracks,
          int8_t *phases, int64_t *proposals, int32_t *sinces, int32_t *askeds, int32_t *roundss, int32_t *anomaliess) {
  int64_t row = 0;
  for (int64_t track = 0; track < tracks; track++) {
    int64_t phase = 0, proposal = 0, leak = 0;
    int32_t since = NEVER, asked = NEVER, rounds = 0, anomalies = 0;
    for (int64_t end = row + counts[track]; row < end; row++) {
      int32_t symbol = symbols[row], day = days[row], kind = symbol & 15, line = kind;
      int64_t by = symbol >> 4 & 15, rest = symbol >> 8, bit = 1LL << by, all;
      switch (kind) {
        case 0: continue;
        case 1: leak = rest | by << 48; continue;
        case 2:
          leak = 0;
          if (!proposal || (proposal >> 48 & 15) != by || (proposal >> 32 & 65535) || (rest & ~proposal)) {
            proposal = rest | by << 48; asked = day;
          }
          break;
        case 3:
          rest &= proposal | proposal >> 16 | proposal >> 32;
          proposal = (proposal & ~(rest | rest << 32)) | rest << 16;
          break;
        case 4:
          proposal = leak = 0;
          if (rest == 1) rounds++; else if (rest > rounds + 1) rounds = rest - 1;
          break;
        case 5: break;
        case 6:
          if ((proposal >> 48 & 15) == by) proposal = 0;
          if ((leak >> 48 & 15) == by) leak = 0;
          break;
        case 7: proposal = leak = 0; break;
        default:
          line = 8 + 3 * (kind - 8);
          if (!((proposal | proposal >> 16 | proposal >> 32) & bit)) {
            if (!(leak & bit)) { anomalies++; continue; }
            proposal = leak; leak = 0; asked = day; line++;
          }
          if (kind == 9) proposal = (proposal & ~(bit | bit << 32)) | bit << 16;
          else if (kind == 11) proposal = (proposal & ~(bit | bit << 16)) | bit << 32;
          else if (kind == 10) {
            all = ((proposal | proposal >> 16 | proposal >> 32) & 65535) | 1LL << (proposal >> 48 & 15);
            proposal = (all & ~bit) | by << 48 | 1LL << 52; asked = day;
          }
      }
      int64_t target = lines[line] >> 4 * phase & 15;
      if (target == 8) target = (proposal >> 32 & 65535) ? 3 : (proposal & 65535) ? 1 : 2;
      if (target != phase) { phase = target; since = day; }
    }
    phases[track] = phase; proposals[track] = proposal; sinces[track] = since;
    askeds[track] = asked; roundss[track] = rounds; anomaliess[track] = anomalies;
  }
}
"""
_KINDS = (np.int8, np.int64, np.int32, np.int32, np.int32, np.int32)


def _in_c(folder: Path) -> Callable[..., None]:
    """The same fold by hand, as the compiler of the system makes it."""
    source, library = folder / "fold.c", folder / "fold.so"
    source.write_text(_C.replace("NEVER", str(NEVER)))
    subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source], check=True)
    function = ctypes.CDLL(str(library)).fold

    def fold(
        lines: np.ndarray, counts: np.ndarray, symbols: np.ndarray, days: np.ndarray, told: tuple[np.ndarray, ...]
    ) -> None:
        arrays = [array.ctypes.data_as(ctypes.c_void_p) for array in (lines, counts, symbols, days)]
        function(*arrays, ctypes.c_int64(len(counts)), *(array.ctypes.data_as(ctypes.c_void_p) for array in told))

    return fold


def in_memory(found: Columns, rounds: int) -> None:
    """One thread of numba beside one of C, on arrays that are decoded already; they must come to the same."""
    batches = list(found.batches(["day", EVIDENCE]))
    days = np.concatenate([batch["day"].view("int32").to_numpy() for batch in batches])
    symbols = np.concatenate([batch[EVIDENCE].to_numpy() for batch in batches])
    counts = np.concatenate([batch["rows"].to_numpy() for batch in found.track_batches()])
    lines, compiled_fold = np.array(compiled(), np.int64), bulk.compiled_fold()
    ours, theirs = (tuple(np.empty(len(counts), kind) for kind in _KINDS) for _ in range(2))

    def by_numba() -> int:
        compiled_fold(lines, counts, symbols, days, 0, 0, np.array([*START, NEVER, -1], np.int64), ours)
        return len(days)

    with tempfile.TemporaryDirectory() as folder:
        in_c = _in_c(Path(folder))

        def by_c() -> int:
            in_c(lines, counts, symbols, days, theirs)
            return len(days)

        measure(f"in memory, one thread, {len(days):,} events", {"C, by hand": by_c, "numba": by_numba}, rounds=rounds)
    assert all((one == other).all() for one, other in zip(ours, theirs, strict=True))


# Growth


def growth(path: Path, most: int) -> None:
    """Time and peak memory from 1e5 events on, each in a process of its own."""
    print("\nfrom Parquet to statuses, a process for each size")
    size = 100_000
    while size <= most:
        folder = folder_of(path, size)
        command = [sys.executable, "-m", "tests.bench.replay", "--one", str(folder)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="", flush=True)
        size *= 10


def one(folder: Path) -> None:
    """Three runs over one folder: the best time, and the peak memory of the process."""
    found = opened(folder)
    _numbers(found)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        _numbers(found)
        times.append(time.perf_counter() - start)
    # Not getrusage: it counts what the process that started this one had in memory, too.
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    best = min(times)
    print(f"  {found.rows:>12,} events {best:>9.4f} s {found.rows / best / 1e6:>8.1f} M events/s   peak {peak:,.0f} MiB")


# Engines for SQL


def _duckdb(found: Columns) -> int:
    import duckdb

    grouped = "SELECT track, list({'s': official, 'd': day} ORDER BY place) AS grouped FROM events GROUP BY track"
    with duckdb.connect() as connection:
        connection.read_parquet(str(found.events_file)).create_view("events")
        connection.sql(f"SELECT count(grouped[1]) FROM ({grouped})").fetchall()
    return found.rows


def _spark(found: Columns) -> int:
    from diplostate.replay.spark import session

    session().read.parquet(str(found.events_file)).createOrReplaceTempView("events")
    grouped = "SELECT track, array_sort(collect_list(struct(place, official, day))) AS grouped FROM events GROUP BY track"
    session().sql(f"SELECT count(grouped[0]) FROM ({grouped})").collect()
    return found.rows


_FOLDED = "SELECT count((told).phase) FROM ({}) AS found"
_GROUPED = "SELECT track, diplostate_status(official, day ORDER BY place) AS told FROM events GROUP BY track"
_OVER = "SELECT diplostate_status(official, day) OVER (PARTITION BY track ORDER BY place) AS told FROM events"
_SORTED = "SELECT count(days[1]) FROM (SELECT track, array_agg(day ORDER BY place) AS days FROM events GROUP BY track) AS found"


@contextmanager
def _postgres(found: Columns) -> Iterator[Callable[[str], int]]:
    """A server with the events in a table and the aggregate; runs queries."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import psycopg
    from support_postgres import Server, installed

    server = Server(installed()[0], fsync=False)
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(postgres())
            connection.execute(
                "SET work_mem = '1GB'; CREATE TABLE events (track text, place integer, day date, official integer)"
            )
            with connection.cursor() as cursor, cursor.copy("COPY events FROM STDIN (FORMAT csv)") as copy:
                for batch in found.batches(["track", "place", "day", EVIDENCE]):
                    sink = pa.BufferOutputStream()
                    pa.csv.write_csv(batch, sink, pa.csv.WriteOptions(include_header=False))
                    copy.write(sink.getvalue().to_pybytes())
            connection.execute("ANALYZE events")

            def run(query: str) -> int:
                connection.execute(query).fetchall()
                return found.rows

            yield run
    finally:
        server.remove()


def _engine(found: Columns, engine: str) -> int:
    _drain(replay([found.folder], engine=engine, evidence=EVIDENCE))
    return found.rows


def engines(found: Columns, rounds: int) -> None:
    """Each engine beside numba, and beside what it costs there to group and sort alone."""
    os.environ.setdefault(
        "PYSPARK_SUBMIT_ARGS", "--master local[2] --driver-memory 4g --conf spark.sql.shuffle.partitions=8 pyspark-shell"
    )
    runs = {
        "numba": lambda: _engine(found, "numba"),
        "DuckDB": lambda: _engine(found, "duckdb"),
        "DuckDB, group and sort alone": lambda: _duckdb(found),
        "Spark": lambda: _engine(found, "spark"),
        "Spark, group and sort alone": lambda: _spark(found),
    }
    _engine(found, "spark")  # it starts
    with _postgres(found) as run:
        runs |= {
            "PostgreSQL, the aggregate": lambda: run(_FOLDED.format(_GROUPED)),
            "PostgreSQL, OVER after each event": lambda: run(_FOLDED.format(_OVER)),
            "PostgreSQL, group and sort alone": lambda: run(_SORTED),
        }
        measure(f"engines, to statuses in words (PostgreSQL: from a table), {found.rows:,} events", runs, rounds=rounds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "diplostate-bench")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--most", type=int, default=10_000_000, help="how far to look at growth, up to 100000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", type=Path)
    given = parser.parse_args()
    if given.one is not None:
        one(given.one)
        return
    found = opened(folder_of(given.folder, given.events))
    from_parquet(found, given.rounds)
    in_memory(found, given.rounds)
    growth(given.folder, given.most)
    engines(opened(folder_of(given.folder, min(given.events, 1_000_000))), min(given.rounds, 3))


if __name__ == "__main__":
    main()
