"""How far the phases of two records agree, day by day: exactly, and as prospect, held or stalled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import attrs

from diplostate.codings import icews
from diplostate.codings.bring import read_coded
from diplostate.codings.cameo import CODEBOOK, Codebook, Reading
from diplostate.codings.rows import Row, Tally
from diplostate.ledger.logfile import read_log
from diplostate.talks.events import Event
from diplostate.talks.fold import reduce

COARSE = {
    "IDLE": "none",
    **dict.fromkeys(("PENDING", "ACCEPTED", "SCHEDULED"), "prospect"),
    **dict.fromkeys(("HELD", "CONCLUDED"), "held"),
    **dict.fromkeys(("STALLED", "DECLINED"), "stalled"),
}
"""What is left of a phase where proposals, acceptances and dates cannot be told apart."""

LAST_ROW = {
    Reading.PROPOSAL: "PENDING",
    Reading.CONSENT: "ACCEPTED",
    Reading.MEETING: "HELD",
    Reading.AGREEMENT: "CONCLUDED",
    Reading.REFUSAL: "DECLINED",
    Reading.REJECTION: "DECLINED",
    Reading.HALT: "STALLED",
    Reading.BREAK: "STALLED",
}
"""The baseline: every row moves the phase at once."""


@attrs.frozen
class Case:
    """Two parties and a time of which the public history is known."""

    history: str
    """The log beside this file."""
    coded: str
    """The coded rows, in the folder of data."""
    parties: tuple[str, str]
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return days(self.first, self.last)

    @property
    def events(self) -> tuple[Event, ...]:
        """What was public."""
        return tuple(read_log(Path(__file__).with_name(self.history)).events)

    def reported(self, data: Path) -> list[Event]:
        """What is read from the coded rows."""
        return read_coded("icews-tkg", [data / self.coded]).tracks["-".join(("icews-tkg", *self.parties)).lower()]

    def rows(self, data: Path) -> list[Row]:
        found = icews.read_decoded(data / self.coded, Codebook.named(CODEBOOK), Tally(), "country")
        return [row for row in found if {row.by, row.to} == set(self.parties)]


CASES = (
    Case("usa-prk-2018.yaml", "icews/case_us_dprk_2018.tsv.gz", ("PRK", "USA"), date(2018, 1, 1), date(2018, 10, 31)),
    Case("kor-prk-2014.yaml", "icews/icews14.tsv.gz", ("KOR", "PRK"), date(2014, 1, 1), date(2014, 12, 31)),
)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def phases(events: Sequence[Event], when: Iterable[date]) -> list[str]:
    """What was reported on each day, as it was known on that day."""
    return [str(reduce(events, as_of=day, known_at=day, evidence="reported").phase) for day in when]


def last_row_wins(rows: Iterable[Row], when: Iterable[date]) -> list[str]:
    """The baseline: the last row up to each day, in the order of the file."""
    moved = sorted(
        ((row.day, LAST_ROW[row.code.reads_as]) for row in rows if row.code.reads_as in LAST_ROW), key=lambda pair: pair[0]
    )
    found, phase = [], "IDLE"
    for day in when:
        while moved and moved[0][0] <= day.isoformat():
            phase = moved.pop(0)[1]
        found.append(phase)
    return found


def shares(found: Sequence[str], expected: Sequence[str]) -> tuple[float, float]:
    """The share of days with the same phase, and with the same coarse phase."""
    exact = sum(one == other for one, other in zip(found, expected, strict=True))
    coarse = sum(COARSE[one] == COARSE[other] for one, other in zip(found, expected, strict=True))
    return exact / len(expected), coarse / len(expected)
