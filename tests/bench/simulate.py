"""Simulated futures, beside a loop by hand that walks one path after the other through the same tables."""

from __future__ import annotations

import os
import random
from bisect import bisect_right
from datetime import date, timedelta

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is what is measured

from diplostate.ledger.memory import MemoryLedger  # numpy reads the environment when it is imported
from diplostate.simulation.futures import Plan, planned, walked
from diplostate.simulation.habits import PHASES, adapted
from diplostate.talks.events import Event, Held, Proposed, Responded
from diplostate.talks.sources import Source
from tests.bench.common import measure

HORIZON_DAYS = 365


def _record(tracks: int = 50, rounds: int = 12) -> list[Event]:
    """Rounds of talks a few days apart: proposed, then accepted or declined, then held."""
    chance, events = random.Random(1), []
    source = [Source(attribution="official", outlet="Office of the President")]
    for number in range(tracks):
        track, day = f"track-{number}", date(2024, 1, 1) + timedelta(number % 7)
        for _ in range(rounds):
            answer = chance.choice(["accepted", "accepted", "declined"])
            events.append(Proposed(track=track, occurred=day, by="UKR", to=["RUS"], sources=source))
            day += timedelta(chance.randrange(1, 9))
            told = [Source(attribution="official", outlet="Press service", speaks_for="RUS")]
            events.append(Responded(track=track, occurred=day, by="RUS", answer=answer, sources=told))
            day += timedelta(chance.randrange(1, 9))
            events.append(Held(track=track, occurred=day, sources=source))
            day += timedelta(chance.randrange(1, 15))
    return events


def _plan(runs: int) -> Plan:
    with MemoryLedger() as ledger:
        ledger.append(_record(), strict=False)
        last = date(2024, 12, 1)
        return planned(ledger, ["track-1"], as_of=last, known_at="2100-01-01", horizon_days=HORIZON_DAYS, runs=runs, seed=1)


def _vectorised(plan: Plan) -> int:
    (start,) = plan.starts
    return sum(len(walked(plan, start, first, 10_000).run) for first in range(0, plan.runs, 10_000))


def _by_hand(plan: Plan, runs: int) -> int:
    """One path after the other, with lists and ``bisect``; it walks the first model alone."""
    (start,) = plan.starts
    chance, count = random.Random(1), 0
    models = adapted(plan.habits, start.steps, start.automaton, seed=[1], days=start.elapsed + HORIZON_DAYS)
    choices, waits = models.choices[0].tolist(), models.waits[0].tolist()
    phases = [PHASES.index(phase) for phase in start.automaton.phases]
    for _ in range(runs):
        node, seen = 0, waits[phases[0]][start.elapsed]
        day = bisect_right(waits[phases[0]], seen + (1 - seen) * chance.random()) - start.elapsed
        while day <= HORIZON_DAYS:
            node = start.automaton.steps[node][bisect_right(choices[node], chance.random())]
            count += 1
            day += bisect_right(waits[phases[node]], chance.random())
    return count


def main() -> None:
    """Measure and print."""
    plan = _plan(20_000)
    runs = {
        "a loop by hand, one model": lambda: _by_hand(plan, 2_000),
        "diplostate, 50 models, on one core": lambda: _vectorised(plan),
    }
    measure(f"simulated events, {plan.runs:,} runs of a track for {HORIZON_DAYS} days", runs, rounds=5)


if __name__ == "__main__":
    main()
