"""How long until something happens: what the estimators promise, held against lifelines and against tables worked by hand."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import require

from diplostate.simulation.survival import aalen_johansen, at, ending, kaplan_meier, wait

CAUSES = st.sampled_from([None, "accepted", "declined", "held"])
TIED = st.lists(st.tuples(st.integers(0, 20), CAUSES), min_size=1, max_size=60)
UNTIED = st.lists(st.tuples(st.integers(1, 500), CAUSES), min_size=2, max_size=60, unique_by=lambda pair: pair[0])


def lifelines():
    """The library, which is older than what its own dependencies wish for."""
    require("lifelines")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines

        return lifelines


def split(pairs):
    days, causes = zip(*pairs, strict=True)
    return list(days), list(causes)


@settings(max_examples=25)
@given(TIED)
def test_kaplan_meier_agrees_with_lifelines_estimate_band_and_median(pairs):
    library = lifelines()
    days, causes = split(pairs)
    ended = [cause is not None for cause in causes]
    ours = kaplan_meier(days, ended)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = library.KaplanMeierFitter().fit(days, ended)
    assert [point.time for point in ours] == list(theirs.timeline)
    assert [point.estimate for point in ours] == pytest.approx(list(theirs.survival_function_.iloc[:, 0]), abs=1e-9)
    band = theirs.confidence_interval_
    assert [point.lower for point in ours] == pytest.approx(list(band.iloc[:, 0]), abs=1e-9)
    assert [point.upper for point in ours] == pytest.approx(list(band.iloc[:, 1]), abs=1e-9)
    median = wait(ending(ours), 0.5)
    if any(math.isclose(point.estimate, 0.5) for point in ours):
        return  # a half exactly is a matter of rounding to them
    assert (math.inf if median is None else median.days) == theirs.median_survival_time_


@settings(max_examples=25)
@given(UNTIED)
def test_aalen_johansen_agrees_with_lifelines_where_no_times_are_tied(pairs):
    library = lifelines()
    days, causes = split(pairs)
    ours = aalen_johansen(days, causes, {"held"})
    codes = {None: 0, "held": 1, "accepted": 2, "declined": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = library.AalenJohansenFitter().fit(days, [codes[cause] for cause in causes], event_of_interest=1)
    assert [point.estimate for point in ours] == pytest.approx(list(theirs.cumulative_density_.iloc[:, 0]), abs=1e-9)
    band = theirs.confidence_interval_
    inside = [place for place, low in enumerate(band.iloc[:, 0]) if not math.isnan(low)]  # as where the last of all ended
    assert [ours[place].lower for place in inside] == pytest.approx([band.iloc[place, 0] for place in inside], abs=1e-9)
    assert [ours[place].upper for place in inside] == pytest.approx([band.iloc[place, 1] for place in inside], abs=1e-9)


BY_HAND = [
    (2, "accepted"), (2, "accepted"), (2, "declined"), (3, None), (5, "accepted"), (5, "held"), (5, None), (8, "declined"),
    (8, "held"), (9, None),
]  # fmt: skip
"""Ten proposals: at 2 days 3 of 10 end, at 5 days 2 of 6, at 8 days 2 of 3; at 3, 5 and 9 days one is lost from sight."""


def test_ties_come_out_as_in_a_table_worked_by_hand():
    """S is 7/10, 7/10 · 4/6 = 7/15, 7/15 · 1/3 = 7/45; a share grows by S before the day, times its ends over those at risk."""
    days, causes = split(BY_HAND)
    table = {
        "accepted": [(2, Fraction(2, 10)), (5, Fraction(2, 10) + Fraction(7, 10) * Fraction(1, 6)), (8, Fraction(19, 60))],
        "declined": [(2, Fraction(1, 10)), (5, Fraction(1, 10)), (8, Fraction(1, 10) + Fraction(7, 15) * Fraction(1, 3))],
        "held": [(2, Fraction(0)), (5, Fraction(7, 60)), (8, Fraction(7, 60) + Fraction(7, 45))],
    }
    for cause, expected in table.items():
        curve = aalen_johansen(days, causes, {cause})
        assert [(day, at(curve, day).estimate) for day, _ in expected] == [
            (day, pytest.approx(float(f))) for day, f in expected
        ]
    survival = kaplan_meier(days, [cause is not None for cause in causes])
    assert [point.estimate for point in survival] == pytest.approx([1, 7 / 10, 7 / 10, 7 / 15, 7 / 45, 7 / 45])
    assert [(point.at_risk, point.ended, point.censored) for point in survival] == [
        (10, 0, 0), (10, 3, 0), (7, 0, 1), (6, 2, 1), (3, 2, 0), (1, 0, 1)
    ]  # fmt: skip


def test_with_one_cause_and_ties_the_variance_is_that_of_greenwood():
    """Then the share that ended is one minus the share that lasts, and both intervals rest on one variance."""
    days, causes = split([(day, "held" if cause else None) for day, cause in BY_HAND])
    z = 1.959963984540054
    share = at(aalen_johansen(days, causes, {"held"}), 5)
    spread = math.log(math.log(share.lower) / math.log(share.upper)) / (2 * z)
    deviation = spread * share.estimate * abs(math.log(share.estimate))
    assert deviation == pytest.approx(7 / 15 * math.sqrt(3 / (10 * 7) + 2 / (6 * 4)))


@given(TIED)
def test_all_shares_and_what_is_left_sum_to_one(pairs):
    days, causes = split(pairs)
    parts = [aalen_johansen(days, causes, {cause}) for cause in ("accepted", "declined", "held")]
    rest = kaplan_meier(days, [cause is not None for cause in causes])
    for points in zip(*parts, rest, strict=True):
        assert sum(point.estimate for point in points) == pytest.approx(1)


@example([(0, "accepted"), (0, "accepted"), (1, "accepted"), (2, "accepted"), (3, "accepted")])  # sums to a little less than 1
@given(TIED)
def test_a_share_lies_within_its_interval_and_never_falls(pairs):
    days, causes = split(pairs)
    curve = aalen_johansen(days, causes, {"held", "accepted"})
    assert all(0 <= point.lower <= point.estimate + 1e-12 <= point.upper + 2e-12 <= 1 + 3e-12 for point in curve)
    assert [point.estimate for point in curve] == sorted(point.estimate for point in curve)


def test_what_was_never_seen_to_end_has_no_wait():
    curve = aalen_johansen([5, 7], [None, None], {"held"})
    assert (wait(curve, 0.5), at(curve, 7).estimate) == (None, 0)
    assert kaplan_meier([], []) == ()


def test_the_interval_of_a_wait_is_where_the_band_crosses_the_share():
    curve = aalen_johansen(list(range(1, 41)), ["held"] * 40, {"held"})
    found = wait(curve, 0.5)
    assert found is not None
    assert found.days == 20
    assert found.lower == next(point.time for point in curve if point.upper >= 0.5)
    assert found.upper == next(point.time for point in curve if point.lower >= 0.5)
    assert wait(aalen_johansen([1, 2, 3, 4], ["held", "held", None, None], {"held"}), 0.5).upper is None
