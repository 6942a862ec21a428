"""Folding events that are in memory already, many short tracks, beside the library ``transitions`` and a loop by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby

from transitions import Machine

from diplostate.talks.events import Event, Proposed, Responded
from diplostate.talks.fold import reduce
from diplostate.talks.machine import TALKS, Effect, Match, Phase, Symbol
from tests.bench.common import events, measure, stamped

EVENTS = 40_000


def _tracks(length: int) -> list[list[Event]]:
    record = sorted(stamped(events(EVENTS, tracks=EVENTS // length)), key=lambda event: event.track)
    return [list(stream) for _, stream in groupby(record, key=lambda event: event.track)]


def _table() -> Mapping[tuple[str, str], str]:
    """The table of the machine for two parties of which one asks and the other answers."""
    rows = (row for row in TALKS.rows if row.match in (Match.NO_NEED, Match.OPEN))
    return {
        (row.source, row.symbol): row.target if isinstance(row.target, Phase) else Phase.ACCEPTED
        for row in rows
        if row.target is not Effect.ANOMALY
    }


TABLE = _table()


def _by_hand(tracks: Sequence[Sequence[Event]]) -> int:
    """Phase, since when, and who is awaited: what a program of ten lines would keep."""
    table, count = _table(), 0
    for stream in tracks:
        phase, since, awaited = "IDLE", None, ()
        for event in stream:
            after = table.get((phase, event.symbol), phase)
            if after != phase:
                phase, since = after, event.day
            if type(event) is Proposed:
                awaited = event.to
            elif type(event) is Responded and event.symbol != Symbol.ACKNOWLEDGED:
                awaited = tuple(party for party in awaited if party != event.by)
        assert (phase, since is None, awaited) == ("HELD", False, ())
        count += len(stream)
    return count


def _by_transitions(tracks: Sequence[Sequence[Event]]) -> int:
    """The same table, its phases alone."""
    rows = [[symbol, source, target] for (source, symbol), target in _table().items()]
    machine = Machine(model=None, states=list(Phase), transitions=rows, initial="IDLE", auto_transitions=False)

    class Talks:
        """The model that the library moves."""

    count = 0
    for stream in tracks:
        model = Talks()
        machine.add_model(model)
        for event in stream:
            model.trigger(event.symbol)
        assert model.state == "HELD"
        machine.remove_model(model)
        count += len(stream)
    return count


def _ours(tracks: Sequence[Sequence[Event]], evidence: str) -> int:
    for stream in tracks:
        assert reduce(stream, evidence=evidence).phase == "HELD"
    return sum(map(len, tracks))


def main() -> None:
    """Measure and print."""
    for length in (5, 20, 100):
        tracks = _tracks(length)
        runs: dict[str, Callable[[], int]] = {
            "a loop by hand, phase, since and awaited": partial(_by_hand, tracks),
            "diplostate, official": partial(_ours, tracks, "official"),
            "diplostate, reported": partial(_ours, tracks, "reported"),
            "transitions, phase alone": partial(_by_transitions, tracks),
        }
        measure(f"fold, tracks of {length} events", runs, rounds=7)


if __name__ == "__main__":
    main()
