"""Spells of waiting: when they begin, what ends them, and that nothing of later days is used."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings

from diplostate.errors import Invalid
from diplostate.ledger.memory import MemoryLedger
from diplostate.simulation.spells import ANSWERED, ENDS, spells
from diplostate.simulation.waiting import waiting
from diplostate.talks.events import Concluded, Held, Scheduled, Stalled
from diplostate.talks.machine import Phase
from diplostate.testing import strategies
from diplostate.testing.scenario import answered, proposed, rumour, told
from diplostate.testing.scenario import given as record

ASKED = proposed("2025-03-01", "UKR", "RUS")


def found(*events, as_of="2025-12-31", **asked):
    ledger = MemoryLedger(record(*events).events)
    return [(spell.days, spell.cause) for spell in spells(ledger, as_of=as_of, **asked)]


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (answered("2025-03-11", "RUS", "accepted"), "accepted"),
        (answered("2025-03-11", "RUS", "declined"), "declined"),
        (told(Held, "2025-03-11"), "held"),
        (told(Scheduled, "2025-03-11"), "scheduled"),
        (told(Stalled, "2025-03-11", reason="lapsed"), "lapsed"),
        (told(Stalled, "2025-03-11", reason="postponed"), "stalled"),
        (told(Concluded, "2025-03-11"), "concluded"),
    ],
)
def test_each_end_of_a_proposal_is_told_apart(event, cause):
    assert found(ASKED, event) == [(10, cause)]


def test_a_counter_ends_one_wait_and_begins_another():
    events = (ASKED, answered("2025-03-11", "RUS", "countered"), answered("2025-03-16", "UKR", "accepted"))
    assert found(*events) == [(10, "countered"), (5, "accepted")]


def test_another_proposal_takes_the_place_of_the_first_but_a_restatement_does_not():
    restated = proposed("2025-03-05", "UKR", "RUS", venue="Türkiye")
    assert found(ASKED, restated, answered("2025-03-11", "RUS", "accepted")) == [(10, "accepted")]
    other = proposed("2025-03-05", "RUS", "UKR")
    assert found(ASKED, other, answered("2025-03-11", "UKR", "accepted")) == [(4, "replaced"), (6, "accepted")]


def test_an_acknowledgement_is_no_answer():
    assert found(ASKED, answered("2025-03-05", "RUS", "acknowledged"), as_of="2025-03-31") == [(30, None)]


def test_what_is_open_lasts_until_the_day_that_is_asked_for():
    assert found(ASKED, answered("2025-03-11", "RUS", "accepted"), as_of="2025-03-08") == [(7, None)]


def test_an_answer_that_was_written_down_later_was_not_known_then():
    """Unless somebody asks for hindsight."""
    late = answered("2025-03-05", "RUS", "accepted", recorded=datetime(2025, 4, 1, 12, tzinfo=UTC))
    events = (ASKED, late)
    assert found(*events, as_of="2025-03-08") == [(7, None)]
    assert found(*events, as_of="2025-03-08", known_at="2025-04-02") == [(4, "accepted")]


def test_a_rumour_ends_nothing_on_official_evidence():
    leak = answered("2025-03-11", "RUS", "declined", sources=rumour())
    assert found(ASKED, leak, as_of="2025-03-31") == [(30, None)]
    assert found(ASKED, leak, as_of="2025-03-31", evidence="reported") == [(10, "declined")]


def test_imprecise_dates_are_bounds():
    """March asks, April answers: as few as 0 days lie between them, as many as 60."""
    ledger = MemoryLedger(record(proposed("2025-03", "UKR", "RUS"), answered("2025-04", "RUS", "accepted")).events)
    (spell,) = spells(ledger, as_of="2025-12-31")
    assert (spell.begin, spell.end) == (date(2025, 3, 31), date(2025, 4, 30))
    assert (spell.shortest, spell.days, spell.longest) == (1, 30, 60)


def test_from_one_phase_to_another_counts_whatever_lies_between():
    events = (
        ASKED,
        answered("2025-03-11", "RUS", "accepted"),
        told(Scheduled, "2025-03-20"),
        told(Held, "2025-03-31"),
        told(Held, "2025-04-10"),
        told(Concluded, "2025-05-10"),
    )
    assert found(*events, to=Phase.HELD) == [(30, "held")]
    assert found(*events, start=Phase.HELD, to=Phase.HELD) == [(10, "held"), (30, "concluded")]
    assert found(*events, start=Phase.HELD, to=Phase.CONCLUDED) == [(40, "concluded")]


def test_only_a_proposal_has_an_answer():
    with pytest.raises(Invalid, match="only a proposal has an answer"):
        found(ASKED, start=Phase.HELD)


@settings(max_examples=50)
@given(strategies.logs())
def test_spells_of_any_record_make_sense(events):
    ledger = MemoryLedger(record(*events).events)
    for evidence in ("official", "reported"):
        for spell in spells(ledger, as_of="2030-01-01", known_at="2031-01-01", evidence=evidence):
            assert spell.cause is None or spell.cause in ENDS
            assert 0 <= spell.shortest <= spell.days <= spell.longest
        estimate = waiting(ledger, as_of="2030-01-01", known_at="2031-01-01", evidence=evidence)
        assert estimate.open + estimate.ended.total() == len(estimate.spells)
        assert estimate.wanted == set(ANSWERED)


@settings(max_examples=50)
@given(strategies.logs(), strategies.days())
def test_nothing_that_became_known_later_is_used(events, day):
    """A record that ends on that day gives the same spells as the one that went on."""
    whole = MemoryLedger(record(*events).events)
    early = MemoryLedger(event for event in whole.read() if event.known.date() <= day)
    assert list(spells(early, as_of=day)) == list(spells(whole, list(early.tracks()), as_of=day))
