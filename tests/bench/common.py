"""What all measurements share: the same events for everybody, rounds in turn, and a table with ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Event, Held, Proposed, Responded, Scheduled
from diplostate.talks.sources import Source


def _told(party: str) -> list[Source]:
    return [
        Source(
            attribution="official",
            outlet="Office of the President",
            speaks_for=party,
            url="https://example.org/statements/2025/07/19",
            published="2025-07-19",
        )
    ]


def events(count: int, *, tracks: int, first: int = 0) -> list[Event]:
    """Rounds of talks, over so many tracks in turn: proposed, acknowledged, accepted, scheduled, held; about 400 bytes each.

    ``first`` is the number of the first track.
    """
    return [_STEPS[index // tracks % len(_STEPS)](f"track-{first + index % tracks}") for index in range(count)]


def stamped(record: Sequence[Event]) -> list[Event]:
    """The events as a ledger gives them: with ids, times of recording and places."""
    with MemoryLedger() as ledger:
        ledger.append(record)
        return list(ledger.read())


def fill(path: Path, record: Sequence[Event]) -> SqliteLedger:
    """A ledger in a new file with these events; the disk is not waited for."""
    ledger = SqliteLedger(path, synchronous="normal")
    for start in range(0, len(record), 10_000):
        ledger.append(record[start : start + 10_000])
    return ledger


_DAY = "2025-07-19"
_STEPS: Sequence[Callable[[str], Event]] = (
    lambda track: Proposed(
        track=track, occurred=_DAY, by="UKR", to=["RUS"], venue="Istanbul", note="A new round next week", sources=_told("UKR")
    ),
    lambda track: Responded(track=track, occurred=_DAY, by="RUS", answer="acknowledged", sources=_told("RUS")),
    lambda track: Responded(track=track, occurred=_DAY, by="RUS", answer="accepted", sources=_told("RUS")),
    lambda track: Scheduled(track=track, occurred=_DAY, on="2025-07-23", venue="Istanbul", sources=_told("UKR")),
    lambda track: Held(track=track, occurred=_DAY, venue="Istanbul", sources=_told("UKR")),
)


def measure(title: str, runs: Mapping[str, Callable[[], int]], *, rounds: int) -> None:
    """Do every run once in each round, and print the median of the events per second of each, and its ratio to the first."""
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            count = run()
            rates[name].append(count / (time.perf_counter() - start))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    base = next(iter(medians.values()))
    print(f"\n{title} (median of {rounds} rounds)")
    for name, rate in medians.items():
        spread = f"{min(rates[name]):,.0f} to {max(rates[name]):,.0f}"
        print(f"  {name:<44}{rate:>12,.0f}/s {rate / base:>7.2f}   ({spread})")
