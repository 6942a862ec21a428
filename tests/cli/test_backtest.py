"""``backtest`` as an analyst uses it: what forecasts are worth on a record."""

from __future__ import annotations

import json
from datetime import date

import pytest
from simulation.rows import invented
from support import require

from diplostate import wiring
from diplostate.simulation.sequences import TYPES
from diplostate.talks.events import Concluded, Held, Responded, Scheduled, Stalled
from diplostate.testing.scenario import proposed, rumour, told

_KINDS = {"accepted": Scheduled, "held": Held, "stalled": Stalled, "concluded": Concluded}


@pytest.fixture
def coded(tmp_path):
    """The invented tracks as a ledger of reports, none of them official."""
    require("numpy")
    path = tmp_path / "coded.sqlite"
    found = invented()
    with wiring.open(path) as ledger:
        ledger.append([_event(event, event.parties) for event in found], strict=False)
    return path


def _event(event, parties):
    day, told_by = (
        date.fromordinal(event.day),
        {"track": event.track, "sources": rumour(published=date.fromordinal(event.day).isoformat())},
    )
    name = TYPES[event.type]
    if name == "proposed":
        return proposed(day, *parties, **told_by)
    if name == "declined":
        return Responded(occurred=day, by=parties[1], answer="declined", **told_by)
    return told(_KINDS[name], day, **told_by)


HINDSIGHT = ("--known-at", "2030-01-01")
"""The events are written down as the test runs."""


@pytest.mark.parametrize("form", ["plain", "md", "table", "csv", "json"])
def test_every_format_is_had(run, coded, form):
    result = run("backtest", "--ledger", coded, *HINDSIGHT, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "Markov-2" in result.out


def test_it_says_where_it_is_better_and_where_it_is_not(run, coded):
    words = " ".join(run("backtest", "--ledger", coded, *HINDSIGHT, "--split", "2021-09-01").out.split())
    assert "Learned from" in words
    assert "log loss over all events: " in words
    assert "better than the best of the others" in words
    assert "Whether a proposal meets a negotiation within 14 days" in words
    assert "Calibration on average" in words


def test_json_has_the_scores_of_every_model(run, coded):
    found = json.loads(run("backtest", "--ledger", coded, *HINDSIGHT, "-f", "json").out)
    assert found["schema"] == "diplostate.backtest/1"
    assert list(found["next_event"]["overall"]) == ["majority", "own frequencies", "Markov-1", "Markov-2", "weighed opinions"]
    assert [meeting["within"] for meeting in found["meetings"]] == [14, 30]
    assert sum(found["next_event"]["came"].values()) == found["next_event"]["cases"]


def test_calibration_is_drawn(run, coded, tmp_path):
    svg = tmp_path / "calibration.svg"
    result = run("backtest", "--ledger", coded, *HINDSIGHT, "--svg", svg)
    assert (result.code, result.out) == (0, "")
    assert "Calibration: a negotiation within 30 days" in svg.read_text("utf-8")


def test_what_is_too_little_to_learn_from_is_refused_with_what_to_do(run, talks):
    result = run("backtest", "--ledger", talks)
    assert result.code == 2
    assert "30 on either side are the least" in result.err


def test_official_evidence_finds_nothing_in_reports(run, coded):
    assert run("backtest", "--ledger", coded, *HINDSIGHT, "--evidence", "official").code == 2
