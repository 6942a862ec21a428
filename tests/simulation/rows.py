"""Sequences for tests: invented ones, and those of the coded benchmark as the published baselines were reckoned."""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from diplostate.simulation.sequences import TYPES, Happened

CODES: Mapping[str, str] = {
    **dict.fromkeys(("026", "028", "036", "039", "106", "108"), "proposed"),
    "038": "accepted",
    **dict.fromkeys(("125", "126", "127"), "declined"),
    **dict.fromkeys(("044", "045", "046"), "held"),
    **dict.fromkeys(("164", "165"), "stalled"),
    "057": "concluded",
}
"""Sixteen narrow codes of CAMEO as six types of events."""


def of_rows(path: Path) -> tuple[Happened, ...]:
    """Distinct days and codes between two countries that both propose (036) and negotiate (046) in the file.

    The file has the columns date, source_country, target_country and cameo.
    """
    days: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            pair = tuple(sorted((row["source_country"], row["target_country"])))
            if row["cameo"] in CODES and all(pair) and pair[0] != pair[1]:
                days[pair].add((row["date"], row["cameo"]))
    kept = {pair: found for pair, found in days.items() if {"036", "046"} <= {code for _, code in found}}
    happened = (
        Happened(date.fromisoformat(day).toordinal(), "–".join(pair), TYPES.index(CODES[code]), pair)
        for pair, found in kept.items()
        for day, code in sorted(found)
    )
    return tuple(sorted(happened, key=lambda event: event.day))


def invented(*, tracks: int = 20, days: int = 400, seed: int = 1) -> tuple[Happened, ...]:
    """Tracks of their own habits: some propose and meet, some sign, some stall."""
    chance, events = random.Random(seed), []
    parties = {f"track-{number}": (f"P{number % 5}", f"P{5 + number % 7}") for number in range(tracks)}
    for number, track in enumerate(parties):
        weights = [4 + number % 3, 1, 1, 1 + 3 * (number % 4), 1 + 4 * (number % 5 == 0), 1]
        day, pace = 738_000, 3 + number % 11
        while (day := day + 1 + int(chance.expovariate(1 / pace))) < 738_000 + days:
            events.append(Happened(day, track, chance.choices(range(6), weights)[0], parties[track]))
    return tuple(sorted(events, key=lambda event: event.day))
