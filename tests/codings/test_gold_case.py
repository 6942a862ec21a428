"""The United States and North Korea in 2018: what is read from coded rows follows what was public."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support import require

from codings.agreement import COARSE, days, last_row_wins, phases, shares
from diplostate.codings import icews
from diplostate.codings.bring import read_coded
from diplostate.codings.cameo import Codebook
from diplostate.codings.rows import Tally
from diplostate.ledger.logfile import read_log

YEAR = days(date(2018, 1, 1), date(2018, 10, 31))
PUBLIC = read_log(Path(__file__).with_name("us-dprk-2018.yaml")).events


@pytest.fixture(scope="module")
def file():
    return Path(str(require("shared"))) / "data/icews/case_us_dprk_2018.tsv.gz"


@pytest.fixture(scope="module")
def reported(file):
    """The phase of each day, as it was reported on that day."""
    events = read_coded("icews-tkg", [file]).tracks["icews-tkg-prk-usa"]
    return dict(zip(YEAR, phases(events, YEAR), strict=True))


def test_the_public_history_is_a_log_without_anomalies():
    assert set(phases(PUBLIC, YEAR)) == {"IDLE", "PENDING", "ACCEPTED", "SCHEDULED", "HELD", "STALLED"}


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2018, 3, 9), "prospect"),  # the invitation was accepted on 8 March
        (date(2018, 5, 11), "prospect"),  # Singapore was announced on 10 May
        (date(2018, 5, 24), "stalled"),  # the letter
        (date(2018, 6, 1), "prospect"),  # on again
        (date(2018, 6, 12), "held"),  # Singapore
        (date(2018, 7, 3), "prospect"),  # a journey to Pyongyang was announced
        (date(2018, 7, 7), "held"),
        (date(2018, 8, 24), "stalled"),  # the journey is called off
        (date(2018, 9, 27), "prospect"),  # an invitation was accepted on 26 September
        (date(2018, 10, 8), "held"),  # Pyongyang, 7 October
    ],
)
def test_the_status_turns_where_history_turned(reported, day, phase):
    assert COARSE[reported[day]] == phase


def test_the_status_agrees_with_history_on_more_days_than_the_last_row(file, reported):
    """Both exactly and as prospect, held or stalled."""
    rows = icews.read_decoded(file, Codebook.named("1.1b3"), Tally(), "country")
    public = phases(PUBLIC, YEAR)
    exact, coarse = shares(list(reported.values()), public)
    baseline_exact, baseline_coarse = shares(last_row_wins(rows, YEAR), public)

    assert exact > baseline_exact + 0.1
    assert coarse > baseline_coarse + 0.1
