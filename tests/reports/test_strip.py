"""Phases over time: spells without gaps, on both evidences, with meetings, on an axis that leaves the record its room."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SEEDS

from diplostate import wiring
from diplostate.errors import Invalid, TrackNotFound
from diplostate.reports import strip, strip_page
from diplostate.reports.axis import Axis, ticks
from diplostate.reports.question import Question
from diplostate.reports.render import render
from diplostate.reports.strip_page import view
from diplostate.talks.events import Concluded, Described, Held, Noted, Party, Scheduled, Stalled
from diplostate.talks.fold import fold
from diplostate.talks.machine import Phase
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, answered, proposed, rumour, says, told
from diplostate.testing.scenario import given as given_events
from reports.golden import golden
from reports.july import ROUND

NOW = "2025-08-01"


def strip_of(*events, **asked):
    return strip.strip(TRACK, given_events(*events).events, Question.of(**{"now": NOW} | asked))


def spells(*events, lane=0, **asked):
    """Each spell as ``(phase, from, to)``."""
    found = strip_of(*events, **asked).lanes[lane].spells
    return [(spell.phase.value, str(spell.begin), spell.end and str(spell.end)) for spell in found]


def axis_of(*events, start=None, stop=None, **asked):
    question = Question.of(**{"now": NOW} | asked)
    found = strip.side_by_side([strip_of(*events, **asked)], question, start=start, stop=stop).axis
    return date.fromordinal(found.first), date.fromordinal(found.end - 1)


# Spells.


def test_a_phase_lasts_until_the_day_on_which_the_next_one_begins():
    assert spells(*ROUND) == [
        ("PENDING", "2025-07-01", "2025-07-05"),
        ("ACCEPTED", "2025-07-05", "2025-07-08"),
        ("SCHEDULED", "2025-07-08", "2025-07-12"),
        ("HELD", "2025-07-12", None),
    ]


def test_a_track_without_proposal_has_no_spell():
    found = strip_of(told(Noted, "2025-07-01", text="The leaders are ready."))
    assert found.is_quiet
    assert found.lanes[0].spells == ()


def test_the_phase_in_which_a_day_ends_is_the_one_of_that_day():
    """A meeting that ends with the next one set leaves no spell, but a mark."""
    found = strip_of(*ROUND[:3], told(Held, "2025-07-12"), told(Scheduled, "2025-07-12", on="2025-07-20"))
    assert [spell.phase for spell in found.lanes[0].spells] == ["PENDING", "ACCEPTED", "SCHEDULED"]
    assert [mark.entry.event.kind for mark in found.marks].count("held") == 1


def test_what_is_restated_or_only_changes_between_two_events_of_a_day_goes_on():
    assert spells(proposed("2025-07-01", "UKR", "RUS"), proposed("2025-07-03", "UKR", "RUS")) == [
        ("PENDING", "2025-07-01", None)
    ]
    interrupted = (told(Stalled, "2025-07-01"), told(Held, "2025-07-03"), told(Stalled, "2025-07-03"))
    assert spells(*interrupted) == [("STALLED", "2025-07-01", None)]


def test_another_party_to_answer_begins_another_spell():
    found = strip_of(proposed("2025-07-01", "UKR", "RUS"), answered("2025-07-04", "RUS", "countered")).lanes[0].spells
    assert [(spell.headline, spell.awaiting) for spell in found] == [
        ("proposal pending official response", ("RUS",)),
        ("counter-proposal pending official response", ("UKR",)),
    ]


def test_another_reason_begins_another_spell():
    found = strip_of(told(Stalled, "2025-07-01", reason="postponed"), told(Stalled, "2025-07-04", reason="cancelled"))
    assert [spell.headline for spell in found.lanes[0].spells] == ["talks stalled (postponed)", "talks stalled (cancelled)"]


def test_only_the_last_spell_can_be_under_way():
    open_end = [told(Held, "2025-07-12", until="..")]
    assert strip_of(*open_end).lanes[0].spells[-1].headline == "talks under way"
    assert strip_of(*open_end, told(Stalled, "2025-07-20")).lanes[0].spells[0].headline == "talks held"


def test_both_time_axes_cut():
    assert spells(*ROUND, as_of="2025-07-06") == [("PENDING", "2025-07-01", "2025-07-05"), ("ACCEPTED", "2025-07-05", None)]
    late = told(Stalled, "2025-07-13", recorded=datetime(2025, 7, 20, tzinfo=UTC))
    assert spells(*ROUND, late)[-1] == ("STALLED", "2025-07-13", None)
    assert spells(*ROUND, late, known_at="2025-07-19")[-1] == ("HELD", "2025-07-12", None)


def test_an_imprecise_beginning_is_bounded():
    """A spell counts from the last day that its date allows, and says from when on it is possible."""
    (found,) = strip_of(proposed("2025-06", "UKR", "RUS")).lanes[0].spells
    assert (found.earliest, found.begin) == (date(2025, 6, 1), date(2025, 6, 30))
    (found,) = strip_of(proposed("../2025-06-10", "UKR", "RUS")).lanes[0].spells
    assert (found.earliest, found.begin) == (None, date(2025, 6, 10))


# Official and reported.


def test_the_reported_lane_is_told_where_it_differs():
    leak = told(Scheduled, "2025-07-06", on="2025-07-12", sources=rumour())
    assert len(strip_of(*ROUND).lanes) == 1
    found = strip_of(*ROUND[:2], leak)
    assert [lane.evidence for lane in found.lanes] == ["official", "reported"]
    assert found.lanes[1].spells[-1].phase is Phase.SCHEDULED
    assert [mark.counts for mark in found.marks] == [True, True, False]


def test_all_reports_have_one_lane():
    leak = told(Scheduled, "2025-07-06", on="2025-07-12", sources=rumour())
    found = strip_of(*ROUND[:2], leak, evidence="reported")
    assert [lane.evidence for lane in found.lanes] == ["reported"]
    assert all(mark.counts for mark in found.marks)


def test_a_lane_is_told_in_hindsight():
    """A denial of the next day takes the standing from the day of the event on, as the record sees it now."""
    set_ = told(Scheduled, "2025-07-06", on="2025-07-12", id="set")
    denial = told(Noted, "2025-07-07", text="No.", by="RUS", denies="set", sources=says("RUS"))
    assert spells(*ROUND[:2], set_)[-1][0] == "SCHEDULED"
    assert spells(*ROUND[:2], set_, denial)[-1][0] == "ACCEPTED"
    assert spells(*ROUND[:2], set_, denial, lane=1)[-1][0] == "SCHEDULED"


# Meetings.


@pytest.mark.parametrize(
    ("then", "fate"),
    [
        ((), "ahead"),
        ((told(Held, "2025-07-12"),), "held"),
        ((told(Scheduled, "2025-07-10", on="2025-08-20"), told(Held, "2025-08-20")), "moved"),
        ((told(Stalled, "2025-07-10", reason="cancelled"),), "off"),
        ((told(Concluded, "2025-07-10"),), "off"),
    ],
)
def test_a_meeting_that_was_set_is_told_with_what_came_of_it(then, fate):
    found = strip_of(told(Scheduled, "2025-07-08", on="2025-08-12"), *then).plans
    assert found[0].fate == fate


def test_a_meeting_whose_date_is_past_was_missed():
    (found,) = strip_of(told(Scheduled, "2025-07-08", on="2025-07-12")).plans
    assert found.fate == "missed"
    (found,) = strip_of(told(Scheduled, "2025-07-08", on="2025-07-12/..")).plans
    assert found.fate == "ahead"


def test_one_meeting_set_twice_for_a_date_is_one():
    found = strip_of(
        told(Scheduled, "2025-07-08", on="2025-08-12"), told(Scheduled, "2025-07-09", on="2025-08-12", venue="Rome")
    )
    assert [(plan.event.venue, plan.fate) for plan in found.plans] == [("Rome", "ahead")]


def test_a_meeting_that_is_only_reported_is_told_as_such():
    (found,) = strip_of(told(Scheduled, "2025-07-08", on="2025-08-12", sources=rumour())).plans
    assert not found.counts
    assert strip_page.plan_words(found, strip_of()).endswith("; still to come (reported, not official)")


# The axis.


def test_the_axis_holds_the_record_and_today():
    assert axis_of(*ROUND) == (date(2025, 7, 1), date(2025, 8, 1))


def test_a_long_silence_does_not_take_the_room_of_the_record():
    assert axis_of(*ROUND, now="2026-11-01") == (date(2025, 7, 1), date(2025, 7, 14))


def test_a_day_that_is_asked_for_is_shown():
    assert axis_of(*ROUND, as_of="2026-11-01", now="2026-11-01")[1] == date(2026, 11, 1)


def test_a_meeting_ahead_is_shown():
    assert axis_of(told(Scheduled, "2025-07-08", on="2025-08-05"))[1] == date(2025, 8, 5)


def test_what_is_uncertain_takes_no_more_room_than_what_is_known():
    vague = proposed("20XX", "UKR", "RUS", recorded=datetime(2025, 7, 8, tzinfo=UTC))
    first, last = axis_of(vague, told(Scheduled, "2025-07-08", on="20XX"), now="2025-07-20")
    assert (date(2025, 7, 8) - first).days <= 62
    assert (last - date(2025, 7, 8)).days <= 62


def test_the_axis_can_be_chosen():
    chosen = {"start": date(2025, 7, 3), "stop": date(2025, 7, 10)}
    assert axis_of(*ROUND, **chosen) == tuple(chosen.values())
    with pytest.raises(Invalid, match="nothing to draw from 2030-01-01 to 2025-08-01"):
        axis_of(*ROUND, start=date(2030, 1, 1))


def test_without_any_event_the_axis_is_today():
    assert axis_of() == (date(2025, 8, 1), date(2025, 8, 1))


@pytest.mark.parametrize(
    ("days", "characters", "labels"),
    [
        (("2025-07-19", "2025-07-21"), 70, "19 Jul 2025|20 Jul|21 Jul"),
        (("2025-07-19", "2025-08-10"), 40, "21 Jul 2025|28 Jul|4 Aug"),
        (("2024-11-15", "2025-03-10"), 40, "Dec 2024|Jan 2025|Feb|Mar"),
        (("2024-11-15", "2025-12-10"), 30, "Jan 2025|Apr|Jul|Oct"),
        (("2012-02-01", "2016-11-01"), 30, "2013|2014|2015|2016"),
        (("0001-01-01", "9999-12-31"), 30, "2000|4000|6000|8000"),
        (("2025-07-22", "2025-07-24"), 7, "22 Jul 2025"),
    ],
)
def test_ticks_are_as_many_as_find_room(days, characters, labels):
    first, last = map(date.fromisoformat, days)
    found = ticks(Axis(first.toordinal(), last.toordinal() + 1), characters)
    assert "|".join(f"{tick.label} {tick.year}".strip() for tick in found) == labels


# In words and as data.


@pytest.fixture(scope="module")
def seeds():
    with wiring.open(SEEDS) as ledger:
        yield strip.strips(ledger, None, Question.of(as_of="2025-07-21"))


@pytest.fixture(scope="module")
def told_roughly():
    """A track that has everything."""
    events = (
        told(
            Described,
            "2025-05-01",
            title="Talks",
            parties=[Party(code="UKR", name="Ukraine"), Party(code="RUS", name="Russia")],
        ),
        proposed("2025-05", "UKR", "RUS", id="e1"),
        answered("2025-06-07", "RUS", "accepted", id="e2"),
        told(Scheduled, "2025-06-08", on="2025-06-20", id="e3"),
        told(Stalled, "2025-06-12", reason="postponed", id="e4"),
        told(Held, "2025-07-01", until="2025-07-03", round=1, venue="Istanbul", id="e5"),
        told(Scheduled, "2025-07-10", on="2025-08-10/2025-08-16", sources=rumour(), id="e6"),
    )
    question = Question.of(now=NOW)
    return strip.side_by_side([strip.strip(TRACK, events, question), strip.strip("other", (), question)], question)


@pytest.mark.parametrize(
    ("form", "suffix"), [("plain", "txt"), ("md", "md"), ("table", "table.txt"), ("csv", "csv"), ("json", "json")]
)
def test_it_is_told_in_words_and_as_data(told_roughly, form, suffix):
    golden(f"timeline.{suffix}", render(view(told_roughly), form))


def test_the_seeds_are_told(seeds):
    (talks,) = seeds.drawn
    assert [strip_page.spell_words(spell).replace("\N{NO-BREAK SPACE}", " ") for spell in talks.lanes[0].spells] == [
        "since 19 July 2025"
    ]
    assert len(seeds.quiet) == 8


def test_rows_and_data_tell_the_same(told_roughly):
    rows = list(csv.DictReader(io.StringIO(render(view(told_roughly), "csv"))))
    data = json.loads(render(view(told_roughly), "json"))
    said = [
        (track["track"], lane["evidence"], spell["from"], spell["to"] or "", spell["phase"])
        for track in data["tracks"]
        for lane in track["lanes"]
        for spell in lane["spells"]
    ]
    assert [tuple(row[name] for name in ("track", "evidence", "from", "to", "phase")) for row in rows if row["from"]] == said


def test_an_unknown_track_is_told_with_the_nearest_name():
    with wiring.open(SEEDS) as ledger, pytest.raises(TrackNotFound, match="ukr-rus-turkiye"):
        strip.strips(ledger, ["ukr-rus-turkey"])


# On any record.


@settings(deadline=None, max_examples=50)
@given(strategies.logs(), st.sampled_from(["official", "reported", "B2"]))
def test_every_day_is_in_the_phase_that_the_fold_of_that_day_comes_to(events, evidence):
    question = Question.of(now=NOW, evidence=evidence)
    reading = question.read(events)
    found = strip.strip(TRACK, events, question).lanes[0]
    assert found.status == fold(reading)
    for day in {entry.day for entry in reading.moves}:
        status = fold(attrs.evolve(reading, moves=tuple(entry for entry in reading.moves if entry.day <= day)))
        spell = next((spell for spell in reversed(found.spells) if spell.begin <= day), None)
        assert (spell.phase if spell else Phase.IDLE) is status.phase


@settings(deadline=None, max_examples=50)
@given(strategies.logs())
def test_spells_follow_each_other_without_gaps_and_each_is_another_state(events):
    for lane in strip.strip(TRACK, events, Question.of(now=NOW)).lanes:
        for one, two in pairwise(lane.spells):
            assert one.begin < one.end == two.begin
            assert (one.phase, one.headline, one.awaiting) != (two.phase, two.headline, two.awaiting)
        assert not lane.spells or lane.spells[-1].end is None
        assert all(spell.earliest is None or spell.earliest <= spell.begin for spell in lane.spells)


@settings(deadline=None, max_examples=50)
@given(strategies.logs(details=True))
def test_every_record_can_be_told_in_every_format(events):
    question = Question.of(now=NOW)
    found = strip.side_by_side([strip.strip(TRACK, events, question)], question)
    for form in ("plain", "md", "table", "csv"):
        assert render(view(found), form).endswith("\n")
    assert json.loads(render(view(found), "json"))["schema"] == "diplostate.timeline/1"
