"""The log and the explanation of a track: every event, what it did, and what the status rests on."""

from __future__ import annotations

import csv
import io
import json

import attrs
import pytest
from hypothesis import given, settings

from diplostate.errors import TrackNotFound
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports import explain, timeline
from diplostate.reports.question import Question
from diplostate.reports.render import render
from diplostate.talks.events import Described, Held, Noted, Party, Retracted, Scheduled, Stalled
from diplostate.talks.fold import fold
from diplostate.talks.record import read
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, answered, proposed, rumour, says, told
from diplostate.testing.scenario import given as given_events
from reports.golden import golden

EVENING = Question.of(as_of="2025-07-21")


def timeline_of(*events, **asked):
    return timeline.timeline_of(TRACK, given_events(*events).events, Question.of(now="2025-08-01", **asked))


def explained(*events, **asked):
    return explain.explain_of(TRACK, given_events(*events).events, Question.of(now="2025-08-01", **asked))


def lines_of(page):
    """The lines under each field of a page, in plain words."""
    return [[_plain(line) for line in field.lines] for section in page.sections for field in section.fields]


def _plain(line):
    return "".join(span.text for span in line).replace("\N{NO-BREAK SPACE}", " ")


# The log.


@pytest.mark.parametrize(
    ("name", "format"),
    [("log.txt", "plain"), ("log.md", "md"), ("log-table.txt", "table"), ("log.csv", "csv"), ("log.json", "json")],
)
def test_the_log_of_july_2025(seeds, name, format):
    golden(name, render(timeline.view(timeline.timeline(seeds, "ukr-rus-turkiye", EVENING)), format))


def test_the_log_tells_every_event_with_what_it_did():
    found = timeline_of(
        Described(track=TRACK, occurred="2025-07-01", parties=[Party(code="UKR", name="Ukraine"), Party(code="RUS")]),
        proposed("2025-07-XX", "UKR", "RUS"),
        proposed("2025-07-31", "UKR", "RUS", venue="Minsk"),
        answered("2025-08-01", "RUS", "acknowledged"),
        answered("2025-08-01", "UKR", "accepted"),
        told(Scheduled, "2025-08-01", on="2025-08-03"),
        told(Scheduled, "2025-08-01", on="2025-08-04", sources=rumour()),
        told(Held, "2025-08-02"),
    )
    did = [timeline.did_words(moment, found).replace("\N{NO-BREAK SPACE}", " ") for moment in found.moments]
    assert did == [
        "",
        "no talks proposed → proposal pending official response; awaited: RUS",
        "restates the proposal of 31 July 2025",
        "the status stays: proposal pending official response",
        "anomaly: Ukraine accepted a proposal that is not there; kept, not applied",
        "proposal pending official response → talks scheduled; next meeting: 3 August 2025",
        "not counted: below the evidence asked for (no official source)",
        "talks scheduled → talks held; awaited: nobody; next meeting: none; rounds: 0 → 1",
    ]


def test_imprecise_dates_are_shown_as_imprecise_with_the_day_that_counts():
    found = timeline_of(proposed("2025-07", "UKR", "RUS"))
    (field,) = timeline.page(found).sections[1].fields
    assert field.label.replace("\N{NO-BREAK SPACE}", " ") == "July 2025"
    assert _plain(field.lines[-1]) == "event e1, counts on 31 July 2025"


def test_what_was_recorded_late_says_when():
    found = timeline_of(attrs.evolve(proposed("2025-07-19", "UKR", "RUS"), recorded=proposed("2025-08-01", "A", "B").known))
    assert _plain(timeline.page(found).sections[1].fields[0].lines[-1]) == "event e1, recorded on 1 August 2025"


def test_a_leak_is_remembered_and_adopted():
    found = timeline_of(proposed("2025-07-18", "UKR", "RUS", sources=rumour()), answered("2025-07-20", "RUS", "accepted"))
    did = [timeline.did_words(moment, found).replace("\N{NO-BREAK SPACE}", " ") for moment in found.moments]
    assert did == [
        "remembered: an answer that counts can still make it official",
        "it makes official what had leaked on 18 July 2025; no talks proposed → proposal accepted, date not set",
    ]


def test_notes_and_retractions_tell_what_they_speak_of():
    found = timeline_of(
        told(Scheduled, "2025-07-20", on="2025-07-28", id="next-week"),
        told(Noted, "2025-07-21", by="RUS", denies="next-week", text="No."),
        told(Held, "2025-07-22", id="held"),
        told(Retracted, "2025-07-23", retracts="held"),
    )
    said = lines_of(timeline.page(found))
    assert said[0][1] == "Not counted: below the evidence asked for (an official denial took its standing)"
    assert said[1][1] == "That event: A meeting was set: 28 July 2025, on 20 July 2025"
    assert said[2][1] == "Not counted: retracted by event e4"
    assert said[3][1] == "That event: Talks were held, on 22 July 2025"


def test_what_counts_though_only_reported_says_so():
    found = timeline_of(proposed("2025-07-18", "UKR", "RUS", sources=says("USA")), evidence="reported")
    assert lines_of(timeline.page(found))[0][2] == "Reported, not official: said for USA; UKR itself has not said so"


def test_a_log_in_csv_and_json_is_read_back(seeds):
    found = timeline.timeline(seeds, "ukr-rus-turkiye", EVENING)
    rows = list(csv.DictReader(io.StringIO(render(timeline.view(found), "csv"))))
    events = json.loads(render(timeline.view(found), "json"))["events"]
    assert [row["event"] for row in rows] == [event["event"]["id"] for event in events]
    assert [row["after"] for row in rows] == ["", "PENDING", "PENDING", "", ""]
    assert [event["fate"] for event in events] == ["context", "counted", "counted", "context", "below_evidence"]


def test_the_log_of_an_unknown_track_names_the_nearest(seeds):
    with pytest.raises(TrackNotFound, match="did you mean 'ukr-rus-turkiye'"):
        timeline.timeline(seeds, "ukr-rus-turkye", EVENING)


# Why.


@pytest.mark.parametrize(("name", "format"), [("why.txt", "plain"), ("why.md", "md"), ("why.json", "json")])
def test_why_the_talks_stood_so_in_july_2025(seeds, name, format):
    golden(name, render(explain.view(explain.explain(seeds, "ukr-rus-turkiye", EVENING)), format))


def test_only_what_makes_the_status_is_named_as_its_reason():
    found = explained(
        proposed("2025-07-01", "UKR", "RUS"),
        answered("2025-07-02", "RUS", "declined"),
        told(Held, "2025-07-03"),
        proposed("2025-07-04", "RUS", "UKR"),
        answered("2025-07-05", "UKR", "acknowledged"),
        answered("2025-07-05", "TUR", "accepted"),
        answered("2025-07-06", "UKR", "accepted", sources=rumour()),
        answered("2025-07-07", "UKR", "accepted"),
        told(Noted, "2025-07-08", text="Ready."),
    )
    assert [moment.event.id for moment in found.made_by] == ["e4", "e8"]
    superseded = "superseded: what came later makes the same status without it"
    assert {aside.moment.event.id: aside.reason for aside in found.passed} == {
        "e1": superseded,
        "e2": superseded,
        "e3": f"{superseded}; it stays counted among the rounds",
        "e5": "an acknowledgement takes nothing back and decides nothing",
        "e6": "anomaly: TUR accepted a proposal that is not there; kept, not applied",
    }
    assert [(aside.moment.event.id, aside.reason) for aside in found.left_out] == [
        ("e7", "below the evidence asked for (no official source)")
    ]
    assert [(aside.moment.event.id, aside.reason) for aside in found.context] == [("e9", "context")]


def test_the_rule_is_told_with_what_it_came_to():
    found = explained(proposed("2025-07-01", "UKR", "RUS"), answered("2025-07-02", "RUS", "declined"))
    assert [explain.rule_words(moment.step) for moment in found.made_by] == [
        "IDLE, proposed → PENDING: a proposal awaits its answers",
        "PENDING, declined into the open one → verdict, here DECLINED: an answer to the open proposal counts",
    ]


def test_an_adopted_leak_is_among_the_reasons():
    found = explained(proposed("2025-07-18", "UKR", "RUS", sources=rumour()), answered("2025-07-20", "RUS", "accepted"))
    assert [moment.event.id for moment in found.made_by] == ["e1", "e2"]
    assert explain.rule_words(found.made_by[0].step).startswith("a proposal below the evidence asked for is remembered")
    data = explain.data(found)
    assert [event["row"] and event["row"]["match"] for event in data["made_by"]] == [None, "opens another one"]


def test_context_tells_what_it_does_to_others():
    found = explained(
        told(Scheduled, "2025-07-20", on="2025-07-28", id="next-week"),
        told(Noted, "2025-07-21", by="RUS", denies="next-week"),
        told(Noted, "2025-07-21", denies="next-week", sources=rumour()),
        told(Noted, "2025-07-21", confirms="next-week"),
        told(Retracted, "2025-07-21", retracts="e4"),
        told(Described, "2025-07-21", title="T"),
    )
    assert [aside.reason for aside in found.context] == [
        "takes the official standing of event next-week",
        "is shown, and takes nothing",
        "takes event e4 out",
        "says what the track is",
    ]
    assert [aside.reason for aside in found.left_out] == [
        "below the evidence asked for (an official denial took its standing)",
        "retracted by event e5",
    ]


def test_a_track_on_which_nothing_moves_is_made_by_nothing():
    text = render(explain.view(explained(told(Noted, "2025-07-21", text="x"))), "plain")
    assert "Made by nothing: no event moves the machine" in text


def test_a_stall_that_is_the_latest_word_is_its_own_reason():
    found = explained(told(Held, "2025-07-01"), told(Stalled, "2025-07-02", reason="postponed"))
    assert [moment.event.id for moment in found.made_by] == ["e2"]


@given(strategies.logs(max_size=8))
@settings(max_examples=60, deadline=None)
def test_an_explanation_is_the_whole_record_and_its_reasons_suffice(record):
    """Every event stands in one place; those that are named as the reason come to the same status, and none can be spared."""
    found = explain.explain_of(TRACK, record, Question.of(now="2025-12-31"))
    moments = [*found.made_by, *(aside.moment for part in (found.passed, found.left_out, found.context) for aside in part)]
    assert sorted(id(moment.event) for moment in moments) == sorted(id(event) for event in record)
    reading = read(record)
    kept = explain.smallest(reading)
    come_to = lambda entries: explain.essence(fold(attrs.evolve(reading, moves=tuple(entries))))  # noqa: E731
    assert come_to(kept) == explain.essence(fold(reading))
    for spared in kept:
        assert come_to([entry for entry in kept if entry is not spared]) != come_to(kept)


@given(strategies.logs(details=True, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_record_can_be_told_and_explained(record):
    ledger = MemoryLedger(attrs.evolve(event, recorded=event.known) for event in record)
    for track in ledger.tracks():
        for evidence in ("official", "reported"):
            question = Question.of(now="2025-12-31", evidence=evidence)
            log, why = timeline.timeline(ledger, track, question), explain.explain(ledger, track, question)
            for view in (timeline.view(log), explain.view(why)):
                assert all(render(view, name).strip() for name in view.formats)
