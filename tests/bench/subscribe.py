"""Following a ledger to which another process appends: how late an event comes; and how fast whole ledgers are copied."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from support_postgres import Server, installed

import diplostate
from diplostate.ledger.copying import BATCH, batched, copy
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Event
from tests.bench.common import events, measure

APPENDS = 500
LONGEST_PAUSE_SECONDS = 0.03
"""Between two appends: more than an append takes, so that nobody queues."""
ASKED_SECONDS = 0.1
"""How often the baseline asks."""

COPIED, ROUNDS = 10_000, 5

_spawn = multiprocessing.get_context("spawn")
_schemas = (f"bench_{number}" for number in count())

Follow = Callable[[Ledger], Iterator[Event]]


def _write(pipe: Connection, url: str) -> None:
    """Append one event at a time, and tell when each was kept; the clock is the same for all processes."""
    chance = random.Random(7)
    with diplostate.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        kept = []
        for event in events(APPENDS, tracks=5):
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            ledger.append([event])
            kept.append(time.monotonic())
        pipe.send(kept)


def _ask(ledger: Ledger) -> Iterator[Event]:
    """The baseline: look every tenth of a second."""
    position = 0
    while True:
        for event in ledger.read(after=position):
            position = event.position or 0
            yield event
        time.sleep(ASKED_SECONDS)


def _subscribe(ledger: Ledger) -> Iterator[Event]:
    with ledger.subscribe() as feed:
        yield from feed


def _listen_in_vain(ledger: Ledger) -> Iterator[Event]:
    """A subscription to PostgreSQL behind a pooler that swallows what is sent."""
    with ledger.subscribe() as feed:
        feed._bell._listening().execute("UNLISTEN *")  # type: ignore[union-attr]
        yield from feed


def _lags(url: str, follow: Follow) -> list[float]:
    """Milliseconds between the moment when an append came back and the one when its event was handed out."""
    here, there = _spawn.Pipe()
    writer = _spawn.Process(target=_write, args=(there, url), daemon=True)
    writer.start()
    here.recv()
    with diplostate.open(url) as ledger:
        here.send("go")
        seen = [time.monotonic() for _, _ in zip(range(APPENDS), follow(ledger), strict=False)]
    kept = here.recv()
    writer.join()
    # An event may be handed out before its writer is told that it is kept.
    return [max(0.0, got - told) * 1e3 for got, told in zip(seen, kept, strict=True)]


def _lag(title: str, runs: dict[str, tuple[str, Follow]]) -> None:
    print(f"\n{title}: lag of {APPENDS} events, in ms")
    base = None
    for name, (url, follow) in runs.items():
        lags = _lags(url, follow)
        median, late = statistics.median(lags), statistics.quantiles(lags, n=100)[98]
        base = base or median
        print(f"  {name:<44}{median:>8.2f} {median / base:>7.3f}   99 %: {late:.1f}")


def _appended(record: list[Event], target: str) -> int:
    with diplostate.open(target) as ledger:
        for batch in batched(record, BATCH):
            ledger.append(batch)
    return len(record)


def _copied(source: str, target: str) -> int:
    with diplostate.open(source, create=False) as one, diplostate.open(target) as other:
        return copy(one, other).new


def _backed(source: str, files: Iterator[str]) -> int:
    with diplostate.open(source, create=False) as ledger:
        return ledger.backup(next(files)).position  # type: ignore[attr-defined]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        files = (str(Path(folder) / f"{number}.sqlite") for number in count())
        _lag("SQLite", {"asking every 100 ms": (next(files), _ask), "subscribe": (next(files), _subscribe)})
        for programs in installed():
            server = Server(programs, fsync=True)
            server.start()
            try:
                _measure(server, files)
            finally:
                server.remove()


def _measure(server: Server, files: Iterator[str]) -> None:
    def url() -> str:
        return server.url(schema=next(_schemas))

    runs = {"asking every 100 ms": _ask, "subscribe, announcements swallowed": _listen_in_vain, "subscribe": _subscribe}
    _lag(f"PostgreSQL {server.version}", {name: (url(), follow) for name, follow in runs.items()})
    with MemoryLedger() as ledger:
        ledger.append(events(COPIED, tracks=50))
        record = list(ledger.read())
    sqlite, postgres = next(files), url()
    _appended(record, sqlite)
    _appended(record, postgres)
    measure(
        f"copying {COPIED} events, PostgreSQL {server.version}",
        {
            f"append to SQLite, {BATCH} at a time": lambda: _appended(record, next(files)),
            "SQLite to SQLite": lambda: _copied(sqlite, next(files)),
            "SQLite to PostgreSQL": lambda: _copied(sqlite, url()),
            "PostgreSQL to SQLite": lambda: _copied(postgres, next(files)),
            "backup of SQLite": partial(_backed, sqlite, files),
        },
        rounds=ROUNDS,
    )


if __name__ == "__main__":
    main()
