"""Appending to PostgreSQL, by one process and by eight, beside ``eventsourcing``; ways into the lane; what sealing costs."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count, islice
from multiprocessing.connection import Connection
from typing import Any

import attrs
import psycopg
from eventsourcing.application import Application
from support_postgres import Server, installed

from diplostate import wiring
from diplostate.ledger import sealing
from diplostate.ledger.codec import to_dict
from diplostate.ledger.postgres import PostgresLedger
from diplostate.ledger.postgres_database import Session
from diplostate.talks.events import Event
from tests.bench.append import Track
from tests.bench.common import events, measure

WRITERS, APPENDS, ROUNDS = 8, 100, 7
BATCH = 1_000

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
LANES: Mapping[str, tuple[str, ...]] = {
    "advisory lock": (),
    "LOCK TABLE": (_BEGIN, "LOCK TABLE {schema}.ledger IN EXCLUSIVE MODE"),
    "UPDATE of the counter row": (_BEGIN, "UPDATE {schema}.ledger SET position = position"),
}
"""Ways to let in one writer at a time; the first is that of the product."""

Append = Callable[[Sequence[Event]], object]
Make = Callable[[], Any]

_spawn = multiprocessing.get_context("spawn")
_schemas = (f"bench_{number}" for number in count())


# What appends: made in the process that uses it


@contextmanager
def ours(url: str, entrance: Sequence[str] = ()) -> Iterator[Append]:
    """This product; with ``entrance``, another way into the lane."""
    if entrance:
        Session.entrance = lambda session: tuple((sql, ()) for sql in entrance)  # type: ignore[method-assign]
    with PostgresLedger(url, busy_seconds=60) as ledger:
        yield ledger.append


@contextmanager
def unsealed(url: str) -> Iterator[Append]:
    """This product without what sealing computes: all hashes are zeros, and take as much room."""
    sealing.text_hash = lambda body: sealing.GENESIS
    sealing.link = lambda previous, position, version, content_hash: sealing.GENESIS
    with wiring.open(url) as ledger:
        yield ledger.append


@contextmanager
def sealed(url: str) -> Iterator[Append]:
    """This product, on any store."""
    with wiring.open(url) as ledger:
        yield ledger.append


@contextmanager
def peer(home: str, schema: str, functions: str = "no") -> Iterator[Append]:
    """The library ``eventsourcing``: each track is an aggregate, and what happened to some of them is saved together."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": "postgres", "POSTGRES_HOST": home}
    env |= {"POSTGRES_PORT": "5432", "POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": "-", "POSTGRES_SCHEMA": schema}
    with closing(Application[Any](env={**env, "POSTGRES_ENABLE_DB_FUNCTIONS": functions})) as app:
        tracks: dict[str, Track] = {}

        def append(batch: Sequence[Event]) -> None:
            touched = {}
            for event in batch:
                track = touched[event.track] = tracks.setdefault(event.track, Track())
                track.say(to_dict(event))
            app.save(*touched.values())

        yield append


# Who does it


def _work(pipe: Connection, make: Make, number: int, size: int, batches: int) -> None:
    """In each round append so many batches, to five tracks of its own; tell how long each took."""
    record = iter(events(size * batches * ROUNDS, tracks=5))
    own = [attrs.evolve(event, track=f"writer-{number}-{event.track}") for event in record]
    todo = iter([own[start : start + size] for start in range(0, len(own), size)])
    with make() as append:
        pipe.send("ready")
        while pipe.recv():
            seconds = []
            for batch in islice(todo, batches):
                start = time.perf_counter()
                append(batch)
                seconds.append(time.perf_counter() - start)
            pipe.send(seconds)


class Team:
    """Processes that append at the same time, a round each time it is called."""

    def __init__(self, makes: Sequence[Make], *, size: int, batches: int) -> None:
        self.count = size * batches * len(makes)
        self.seconds: list[float] = []
        self._pipes: list[Connection] = []
        for number, make in enumerate(makes):
            here, there = _spawn.Pipe()
            _spawn.Process(target=_work, args=(there, make, number, size, batches), daemon=True).start()
            there.close()
            here.recv()  # one after the other: ``eventsourcing`` cannot make its tables twice at a time
            self._pipes.append(here)

    def __call__(self) -> int:
        for pipe in self._pipes:
            pipe.send("go")
        for pipe in self._pipes:
            self.seconds += pipe.recv()
        return self.count

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.send("")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        _seals("SQLite", lambda: f"sqlite:{folder}/{next(_schemas)}.sqlite", [(1, APPENDS), (BATCH, 2)])
    for programs in installed():
        server = Server(programs, fsync=True)
        server.start()
        try:
            _measure(server)
        finally:
            server.remove()


def _measure(server: Server) -> None:
    def url() -> str:
        made = server.url(schema=next(_schemas))
        PostgresLedger(made).close()
        return made

    def theirs(functions: str) -> Make:
        schema = next(_schemas)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return partial(peer, str(server.home), schema, functions)

    print(f"\n\nPostgreSQL {server.version}, fsync on")
    for writers in (1, WRITERS):
        makes = {
            "eventsourcing": theirs("no"),
            "eventsourcing, in functions of the database": theirs("yes"),
            **{f"diplostate, {name}": partial(ours, url(), entrance) for name, entrance in LANES.items()},
        }
        teams = _compare(f"append, 1 at a time, {writers} processes", makes, writers=writers, size=1, batches=APPENDS)
        for name, team in teams.items():
            took = statistics.quantiles(team.seconds, n=100)
            print(f"  {name:<44}{took[49] * 1e3:>10.2f} ms, 99 %: {took[98] * 1e3:.1f} ms")
    # Without functions in the database, eventsourcing 9.5.6 waits for ever where events are more than a socket takes at once.
    makes = {"eventsourcing, in functions of the database": theirs("yes"), "diplostate": partial(ours, url())}
    _compare(f"append, {BATCH} at a time", makes, writers=1, size=BATCH, batches=2)
    _seals("PostgreSQL", url, [(BATCH, 2)])  # one at a time the server hashes them itself


def _seals(store: str, url: Callable[[], str], sizes: Sequence[tuple[int, int]]) -> None:
    """What it costs that events are sealed as they are appended: so many at a time, so many times in a round."""
    for size, batches in sizes:
        makes = {"without hashes": partial(unsealed, url()), "sealed": partial(sealed, url())}
        _compare(f"sealing, {store}, {size} at a time", makes, writers=1, size=size, batches=batches)


def _compare(title: str, makes: Mapping[str, Make], *, writers: int, size: int, batches: int) -> Mapping[str, Team]:
    with ExitStack() as stack:
        teams = {name: Team([make] * writers, size=size, batches=batches) for name, make in makes.items()}
        for team in teams.values():
            stack.callback(team.close)
        measure(title, teams, rounds=ROUNDS)
    return teams


if __name__ == "__main__":
    main()
