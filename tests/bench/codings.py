"""Importing coded events: rows per second into SQLite beside merely splitting the lines, and what each step costs.

The rows are invented, in the mix of ICEWS14: a third has to do with talks, and a third of those is between two known countries.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from diplostate.codings import dyads, icews
from diplostate.codings.bring import import_coded, read_coded
from diplostate.codings.cameo import CODEBOOK, Codebook, table
from diplostate.codings.rows import Row, Tally
from diplostate.ledger.sqlite import SqliteLedger
from tests.bench.common import measure

ROWS = 200_000
TALKS = {
    "036": 51,
    "040": 101,
    "046": 20,
    "042": 43,
    "043": 43,
    "057": 13,
    "041": 10,
    "044": 6,
    "120": 9,
    "161": 2,
    "125": 1,
    "164": 1,
}
"""The codes that have to do with talks, by how often they occur (hundreds in ICEWS14)."""
COUNTRIES = (
    "Japan",
    "Peru",
    "Kenya",
    "France",
    "China",
    "Iran",
    "Ghana",
    "Chad",
    "India",
    "Nepal",
    "Cuba",
    "Oman",
    "Mali",
    "Fiji",
)
_numbers = count()


def rows(number: int, *, seed: int = 1) -> list[tuple[str, str, str, str]]:
    """Day, source, label, target; in the order of days, with the mirrored twins."""
    chance = random.Random(seed)
    labels = {code: table()[code].label or "Reject" for code in TALKS}
    found: list[tuple[str, str, str, str]] = []
    for place in range(number):
        day = (date(2014, 1, 1) + timedelta(days=place * 365 // number)).isoformat()
        first, second = chance.sample(COUNTRIES, 2)
        if chance.random() < 0.66:
            first = f"Somebody {place % 900}"
        label = "Make statement" if chance.random() < 0.66 else labels[chance.choices(list(TALKS), TALKS.values())[0]]
        found.append((day, first, label, second))
        if label in (labels["046"], labels["040"]):
            found.append((day, second, label, first))
    return found[:number]


def _written(folder: Path, found: Sequence[tuple[str, str, str, str]]) -> Path:
    path = folder / "invented.tsv"
    lines = ["date\tsource\trelation\ttarget", *("\t".join(row) for row in found)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _split(path: Path) -> int:
    """The baseline: what Python takes to split the lines."""
    with path.open(encoding="utf-8") as stream:
        return sum(len(line.rstrip("\n").split("\t")) == 4 for line in stream)


def _imported(folder: Path, path: Path) -> int:
    with SqliteLedger(folder / f"{next(_numbers)}.sqlite") as ledger:
        return import_coded(ledger, read_coded("icews-tkg", [path]), today=date(2026, 1, 1)).coded.tally.read


def _steps(folder: Path, path: Path) -> None:
    """Where the time of one import goes."""
    tally, times = Tally(), [time.perf_counter()]
    read: list[Row] = list(icews.read_decoded(path, Codebook.named(CODEBOOK), tally, "country"))
    times.append(time.perf_counter())
    pairs: dict[tuple[str, ...], list[Row]] = {}
    for row in read:
        pairs.setdefault(tuple(sorted((row.by, row.to))), []).append(row)
    events = []
    for (first, second), some in pairs.items():
        dyad = dyads.Dyad(
            track=f"a-{first}-{second}".lower(), parties=(first, second), title="ICEWS", codebook=CODEBOOK, tally=tally
        )
        events += dyads.read(dyad, some)
    times.append(time.perf_counter())
    with SqliteLedger(folder / f"{next(_numbers)}.sqlite") as ledger:
        ledger.append(events, strict=False)
        times.append(time.perf_counter())
    print(f"\nwhere the time goes ({tally.read:,} rows, {len(read):,} about talks of two parties, {len(events):,} events)")
    for name, (start, end) in zip(("reading rows", "reading talks", "appending"), itertools.pairwise(times), strict=True):
        print(f"  {name:<16}{end - start:>7.2f} s {100 * (end - start) / (times[-1] - times[0]):>5.0f} %")


def main() -> None:
    """Measure with invented rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = _written(folder, rows(ROWS))
        measure(
            "coded rows",
            {"lines split": lambda: _split(path), "imported into SQLite": lambda: _imported(folder, path)},
            rounds=3,
        )
        _steps(folder, path)


if __name__ == "__main__":
    main()
