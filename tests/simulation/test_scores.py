"""Scores of forecasts, against what can be worked out by hand."""

from __future__ import annotations

import math

import pytest
from support import require

from diplostate.simulation.scores import calibration, choice, choice_within, error, yes_no


@pytest.fixture(autouse=True)
def _numpy():
    require("numpy")


def array(values):
    import numpy as np

    return np.array(values)


def test_the_one_of_several_that_came_is_scored_by_hand():
    shares = array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    found = choice(shares, array([0, 1, 2]))
    assert found.accuracy == pytest.approx(1 / 3)
    assert found.reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert found.log_loss == pytest.approx(-(math.log(0.5) + math.log(0.3) + math.log(0.1)) / 3)
    assert found.brier == pytest.approx((0.25 + 0.09 + 0.04 + 0.04 + 0.49 + 0.25 + 0.36 + 0.09 + 0.81) / 3)


def test_a_tie_is_no_luck():
    """Who gives all the same probability has guessed none of them first."""
    found = choice(array([[0.25, 0.25, 0.25, 0.25]]), array([3]))
    assert (found.accuracy, found.reciprocal_rank) == (0.25, 1 / 2.5)


def test_each_track_counts_alike_within():
    shares = array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])
    found = choice_within(shares, array([0, 0, 0, 1]), ["a", "a", "a", "b"])
    assert found.accuracy == pytest.approx(0.5)
    assert choice(shares, array([0, 0, 0, 1])).accuracy == pytest.approx(0.75)


def test_yes_or_no_is_scored_by_hand():
    """Of the pairs of a yes and a no, 0.6 over 0.5 wins, 0.6 and 0.6 tie, and 0.3 loses to both."""
    shares, came = array([0.6, 0.5, 0.6, 0.3]), array([1, 0, 0, 1])
    found = yes_no(shares, came, ["a", "a", "b", "b"])
    assert found.brier == pytest.approx((0.16 + 0.25 + 0.36 + 0.49) / 4)
    assert found.auc == pytest.approx(1.5 / 4)
    assert found.auc_within == pytest.approx(1 / 2)


def test_without_both_a_yes_and_a_no_there_is_no_auc():
    found = yes_no(array([0.6, 0.5]), array([1, 1]), ["a", "b"])
    assert (found.auc, found.auc_within) == (None, None)


def test_calibration_compares_what_was_foretold_with_what_came():
    shares = array([0.1] * 10 + [0.8] * 10)
    came = array([1] + [0] * 9 + [1] * 6 + [0] * 4)
    low, high = calibration(shares, came, bins=2)
    assert (low.cases, low.foretold, low.came) == (10, pytest.approx(0.1), 0.1)
    assert (high.cases, high.foretold, high.came) == (10, pytest.approx(0.8), 0.6)
    assert low.lower < 0.1 < low.upper
    assert error((low, high)) == pytest.approx(0.1)
