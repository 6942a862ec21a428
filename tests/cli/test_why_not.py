"""``why-not`` as a reader uses it."""

from __future__ import annotations

import json

import pytest
from support import SEEDS

from diplostate.talks.machine import Phase

EVENING = ("--ledger", SEEDS, "--as-of", "2025-07-21")


def test_it_tells_who_would_have_to_act_and_by_which_rule(run):
    result = run("why-not", "ukr-rus-turkiye", "accepted", *EVENING)
    assert (result.code, result.err) == (0, "")
    for line in (
        "As of 21 July 2025, on official evidence",
        "To ACCEPTED (proposal accepted, date not set): one event away",
        "Russia accepts the proposal of Ukraine",
        "Who: Russia itself, officially",
        "Rule: PENDING, accepted into the open one → verdict, here ACCEPTED",
    ):
        assert line in result.out


def test_what_was_only_reported_needs_one_official_word(run, record, talks):
    record(
        "respond", "ukr-rus-turkiye", "--by", "RUS", "--answer", "declined", "--anonymous", "A newspaper", "--on", "2025-07-22"
    )
    result = run("why-not", "ukr-rus-turkiye", "declined", "--ledger", talks)
    assert "Or one official word on what is on record already" in result.out
    assert "Confirmed  Russia declined the proposal, on 22 July 2025" in result.out


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_be_asked_for(run, phase):
    result = run("why-not", "ukr-rus-turkiye", phase.lower(), *EVENING, "--format", "json")
    told = json.loads(result.out)
    assert (result.code, told["phase"]) == (0, phase)
    assert told["distance"] == {"PENDING": 0, "IDLE": None}.get(phase, 1)


@pytest.mark.parametrize("form", ["plain", "json", "md"])
def test_every_format_is_had(run, form):
    result = run("why-not", "ukr-rus-leaders", "scheduled", *EVENING, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "a meeting is set" in result.out.casefold()


def test_slips_are_told_with_the_nearest_word(run):
    result = run("why-not", "ukr-rus-turkiye", "acepted", *EVENING)
    assert result.code == 2
    assert "did you mean 'accepted'?" in result.err
    result = run("why-not", "ukr-rus-turkey", "accepted", *EVENING)
    assert result.code == 3
    assert "did you mean 'ukr-rus-turkiye'" in result.err
