"""What is read from coded rows follows what was public: the United States and North Korea in 2018, the two Koreas in 2014."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support import require

from codings.agreement import CASES, COARSE, last_row_wins, phases, shares

SINGAPORE, KOREAS = CASES


@pytest.fixture(scope="module")
def data():
    return Path(str(require("shared"))) / "data"


@pytest.fixture(scope="module")
def reported(data):
    """The phase of each day of each case, as it was reported on that day."""
    return {case: dict(zip(case.days, phases(case.reported(data), case.days), strict=True)) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.history)
def test_the_public_history_is_a_log_that_moves_through_the_phases(case):
    assert set(phases(case.events, case.days)) >= {"IDLE", "PENDING", "ACCEPTED", "SCHEDULED", "HELD", "STALLED"}


@pytest.mark.parametrize(
    ("case", "day", "phase"),
    [
        (SINGAPORE, date(2018, 3, 9), "prospect"),  # the invitation was accepted on 8 March
        (SINGAPORE, date(2018, 5, 11), "prospect"),  # Singapore was announced on 10 May
        (SINGAPORE, date(2018, 5, 24), "stalled"),  # the letter
        (SINGAPORE, date(2018, 6, 1), "prospect"),  # on again
        (SINGAPORE, date(2018, 6, 12), "held"),  # Singapore
        (SINGAPORE, date(2018, 7, 3), "prospect"),  # a journey to Pyongyang was announced
        (SINGAPORE, date(2018, 7, 7), "held"),
        (SINGAPORE, date(2018, 8, 24), "stalled"),  # the journey is called off
        (SINGAPORE, date(2018, 9, 27), "prospect"),  # an invitation was accepted on 26 September
        (SINGAPORE, date(2018, 10, 8), "held"),  # Pyongyang, 7 October
        (KOREAS, date(2014, 1, 9), "stalled"),  # a proposal, of which no row tells, is declined
        (KOREAS, date(2014, 1, 27), "prospect"),  # the South proposes a day
        (KOREAS, date(2014, 2, 14), "held"),
        (KOREAS, date(2014, 3, 5), "prospect"),  # the Red Cross proposes talks
        (KOREAS, date(2014, 3, 6), "stalled"),  # and is refused
        (KOREAS, date(2014, 6, 30), "prospect"),  # the North proposes an end of exercises
        (KOREAS, date(2014, 7, 1), "stalled"),  # and is refused
        (KOREAS, date(2014, 7, 16), "prospect"),  # talks about the Asian Games have been agreed
        (KOREAS, date(2014, 8, 12), "prospect"),  # high-level talks were proposed on 11 August
        (KOREAS, date(2014, 10, 15), "held"),  # generals at Panmunjom
        (KOREAS, date(2014, 10, 30), "stalled"),  # the North does not come
        (KOREAS, date(2014, 12, 30), "prospect"),  # the South proposes talks in January
    ],
)
def test_the_status_turns_where_history_turned(reported, case, day, phase):
    assert COARSE[reported[case][day]] == phase


def test_where_there_are_many_rows_more_days_agree_than_with_the_last_row(data, reported):
    """Both exactly and as prospect, held or stalled."""
    public = phases(SINGAPORE.events, SINGAPORE.days)
    exact, coarse = shares(list(reported[SINGAPORE].values()), public)
    baseline_exact, baseline_coarse = shares(last_row_wins(SINGAPORE.rows(data), SINGAPORE.days), public)

    assert exact > baseline_exact + 0.1
    assert coarse > baseline_coarse + 0.1


def test_where_there_are_few_rows_half_of_the_days_agree(reported):
    """As prospect, held or stalled. The last row that is coded does no worse there, as the documentation says."""
    exact, coarse = shares(list(reported[KOREAS].values()), phases(KOREAS.events, KOREAS.days))

    assert exact > 0.3
    assert coarse > 0.5
