"""The commands that keep the record: what they append, what they tell of it, and what they refuse."""

from __future__ import annotations

import json

import attrs
import pytest

from diplostate import wiring
from diplostate.cli.app import COMMANDS
from diplostate.cli.exits import Exit
from diplostate.cli.fields import own_fields
from diplostate.cli.record import KINDS
from diplostate.talks.events import KINDS as EVENTS
from diplostate.talks.events import Event, Party, Retracted
from diplostate.talks.sources import Attribution, Source

TURKIYE = "ukr-rus-turkiye"
KREMLIN = ("--official", "Kremlin press service", "--speaks-for", "RUS")


def events_of(talks, track=TURKIYE):
    with wiring.open(talks) as ledger:
        return list(ledger.events(track))


def last(talks, track=TURKIYE):
    return events_of(talks, track)[-1]


# What is recorded.


def test_an_answer_is_recorded_and_its_effect_is_told(record, talks):
    result = record("respond", TURKIYE, "--by", "RUS", "--answer", "accepted", *KREMLIN, "--speaker", "Dmitry Peskov")
    event = last(talks)
    assert (event.kind, event.by, event.answer, str(event.occurred)) == ("responded", "RUS", "accepted", "2025-07-22")
    assert event.sources == (
        Source(attribution="official", outlet="Kremlin press service", speaker="Dmitry Peskov", speaks_for="RUS"),
    )
    assert result.out == (
        "Ukraine–Russia direct talks in Türkiye (ukr-rus-turkiye)\n"
        "  Recorded  22 July 2025: Russia accepted the proposal\n"
        f"            event {event.id}, version 6\n"
        "  Status    Proposal pending official response → proposal accepted, date not set\n"
        "            Awaited: nobody\n"
    )
    assert result.err == ""


def test_what_is_only_reported_says_that_the_official_status_stays(record):
    result = record("respond", TURKIYE, "--by", "RUS", "--answer", "accepted", "--anonymous", "RIA Novosti")
    assert "            reported, not official: no official source\n" in result.out
    assert "  Status    stays: proposal pending official response\n" in result.out
    assert "Reported not official: proposal pending official response → proposal accepted" in " ".join(result.out.split())


def test_the_slip_that_loses_official_answers_is_warned_about(record):
    result = record("respond", TURKIYE, "--by", "RUS", "--answer", "accepted", "--official", "Kremlin press service")
    assert result.err.startswith(
        "Warning: sources[0]: an official source without 'speaks_for' does not make an answer official"
    )
    quiet = record("respond", TURKIYE, "--by", "RUS", "--answer", "accepted", "--official", "Kremlin press service", "--quiet")
    assert quiet.err == ""


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            ("propose", TURKIYE, "--by", "UKR", "--to", "RUS", "--to", "TUR", "--round", "3", "--venue", "Ankara", "--window",
             "2025-07-21/2025-07-27", "--level", "ministers", "--tier", "1.5", "--talks-format", "trilateral", "--agenda", "a",
             "--agenda", "b", "--respond-by", "2025-07-25"),
            {"by": "UKR", "to": ("RUS", "TUR"), "round": 3, "venue": "Ankara", "level": "ministers", "tier": "1.5",
             "format": "trilateral", "agenda": ("a", "b")},
        ),
        (
            ("respond", TURKIYE, "--by", "RUS", "--answer", "countered", "--to", "UKR", "--condition", "x", "--venue", "Minsk"),
            {"by": "RUS", "to": "UKR", "answer": "countered", "conditions": ("x",), "venue": "Minsk"},
        ),
        (
            ("schedule", TURKIYE, "--on", "2025-07-23", "--venue", "Istanbul", "--host", "TUR", "--level", "l", "--round", "3",
             "--head", "UKR=Rustem Umerov", "--head", "RUS=Vladimir Medinsky"),
            {"venue": "Istanbul", "host": "TUR", "heads": (("RUS", "Vladimir Medinsky"), ("UKR", "Rustem Umerov"))},
        ),
        (
            ("hold", TURKIYE, "--on", "2025-07-21", "--until", "2025-07-22", "--round", "3", "--absent", "TUR", "--item",
             "exchange = agreed", "--item", "a=b=raised", "--agreement", "Protocol"),
            {"round": 3, "absent": ("TUR",), "outcomes": (("a=b", "raised"), ("exchange", "agreed")), "agreement": "Protocol"},
        ),
        (("stall", TURKIYE, "--reason", "Postponed", "--by", "RUS"), {"reason": "postponed", "by": "RUS"}),
        (("conclude", TURKIYE, "--outcome", "merged", "--into", "leaders"), {"outcome": "merged", "into": "leaders"}),
        (("note", TURKIYE, "Ready.", "--by", "UKR", "--link", "parallels=other"), {"text": "Ready.", "by": "UKR"}),
        (
            ("describe", TURKIYE, "--title", "New", "--party", "UKR; name=Ukraine", "--party", "code=TUR;role=host;name=A\\;B"),
            {"title": "New", "parties": (Party(code="UKR", name="Ukraine"), Party(code="TUR", name="A;B", role="host"))},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_every_kind_of_event_is_recorded_with_its_fields(record, talks, args, expected):
    record(*args, *KREMLIN, "--id", "mine", "--note", "n")
    event = last(talks)
    assert (event.id, event.note, len(event.sources)) == ("mine", "n", 1)
    assert {name: getattr(event, name) for name in expected} == expected


def test_every_kind_but_the_retraction_has_a_command_and_every_field_an_option(run):
    assert {kind.event for kind in KINDS.values()} == set(EVENTS.values()) - {Retracted}
    base = {field.name for field in attrs.fields(Event)}
    for kind in KINDS.values():
        assert set(own_fields(kind.event)) == {field.name for field in attrs.fields(kind.event)} - base
    assert set(KINDS) | {"correct", "retract"} == set(COMMANDS["Keeping the record"])


def test_a_confirmation_makes_official_what_was_reported(record, talks):
    record("respond", TURKIYE, "--by", "RUS", "--answer", "accepted", "--state-media", "TASS", "--id", "yes")
    result = record("note", TURKIYE, "--confirms", "yes", "--by", "RUS", "--official", "Kremlin press service")
    assert "Proposal pending official response → proposal accepted" in result.out
    assert last(talks).confirms == "yes"


@pytest.mark.parametrize(
    ("args", "sources"),
    [
        (("--media", "AP"), [Source(attribution="media", outlet="AP")]),
        (("--state-media", "TASS"), [Source(attribution="state_media", outlet="TASS")]),
        (("--source", "media; outlet=AP; "), [Source(attribution="media", outlet="AP")]),
        (("--inferred", "coder"), [Source(attribution="inferred", outlet="coder")]),
        (
            ("--official", "TASS", "--speaker", "Medinsky", "--speaks-for", "RUS", "--url", "https://example.org",
             "--published", "2025-07-22", "--grade", "A1"),
            [Source(attribution="official", outlet="TASS", speaker="Medinsky", speaks_for="RUS", url="https://example.org",
                    published="2025-07-22", reliability="A", credibility=1)],
        ),
        (
            ("--media", "AP", "--source", "anonymous; outlet=RIA Novosti; note=close to Moscow\\; they say", "--source",
             "attribution=official;outlet=Kremlin;speaks_for=RUS;grade=B2"),
            [
                Source(attribution="media", outlet="AP"),
                Source(attribution="anonymous", outlet="RIA Novosti", note="close to Moscow; they say"),
                Source(attribution="official", outlet="Kremlin", speaks_for="RUS", reliability="B", credibility=2),
            ],
        ),
    ],
)  # fmt: skip
def test_sources_are_said_by_options_or_whole(record, talks, args, sources):
    record("hold", TURKIYE, *args)
    assert list(last(talks).sources) == sources


def test_every_attribution_has_an_option(run):
    text = run("hold", "--help").out
    assert all(f"--{attribution.replace('_', '-')} OUTLET" in text for attribution in Attribution)


def test_an_imprecise_date_is_kept_as_it_was_said(record, talks):
    record("hold", TURKIYE, "--occurred", "2025-07-XX", "--media", "AP")
    assert str(last(talks).occurred) == "2025-07-XX"


def test_a_recording_is_told_as_json_and_markdown(record, talks):
    data = json.loads(record("hold", TURKIYE, *KREMLIN, "--format", "json").out)
    assert data["schema"] == "diplostate.recorded/1"
    assert data["events"][0]["id"] == last(talks).id
    assert (data["before"]["official"]["phase"], data["after"]["official"]["phase"]) == ("PENDING", "HELD")
    assert record("note", TURKIYE, "Ready.", "--format", "md").out.startswith("## Ukraine–Russia direct talks in Türkiye")


# New tracks and ledgers.


def test_a_new_ledger_is_made_and_said_so(run, tmp_path):
    path = tmp_path / "new.sqlite"
    result = run("propose", "a", "--by", "UKR", "--to", "RUS", "--official", "x", "--ledger", path)
    assert (result.code, result.err) == (0, f"New ledger: {path}\n")
    assert "No talks proposed → proposal pending official response" in result.out


@pytest.mark.parametrize(
    "args",
    [
        ("respond", "a", "--by", "UKR", "--answer", "accepted", "--media", "AP"),
        ("hold", "a", "--round", "0", "--media", "AP"),
        ("note", "a", "x", "--confirms", "nothing", "--media", "AP"),
    ],
)
def test_what_is_refused_leaves_no_ledger_behind(run, tmp_path, args):
    assert run(*args, "--ledger", tmp_path / "new.sqlite").code == Exit.INVALID
    assert list(tmp_path.iterdir()) == []


def test_a_track_that_is_named_nearly_like_another_is_taken_for_a_slip(run, record, talks):
    result = run("hold", "ukr-rus-turkye", "--media", "AP", "--ledger", talks)
    assert result.code == Exit.NOT_FOUND
    assert "did you mean 'ukr-rus-turkiye' or" in result.err
    assert "To begin a track of that name, say --new." in result.err
    record("hold", "ukr-rus-turkye", "--media", "AP", "--new")
    record("hold", "something-else", "--media", "AP")


# What is refused.


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ("hold", TURKIYE),
            4,
            "nobody is named who said it: say --official, --state-media, --media, --anonymous or --inferred",
        ),
        (("hold", TURKIYE, "--round", "0", "--media", "AP"), 4, "--round: round 0 cannot be: rounds count from 1"),
        (("hold", TURKIYE, "--round", "x", "--media", "AP"), 2, "'x' is no whole number"),
        (("hold", TURKIYE, "--until", "soon", "--media", "AP"), 2, "'soon' is not a date"),
        (("hold", TURKIYE, "--absent", "rus", "--media", "AP"), 4, "--absent: 'rus' is not a party code"),
        (
            ("hold", TURKIYE, "--absent", "RSU", "--media", "AP"),
            4,
            "party 'RSU' is not declared in 'parties'; did you mean 'RUS'",
        ),
        (("hold", TURKIYE, "--item", "agreed", "--media", "AP"), 2, "--item 'agreed': write ITEM=OUTCOME"),
        (("hold", TURKIYE, "--item", "x=agred", "--media", "AP"), 4, "did you mean 'agreed'?"),
        (("hold", TURKIYE, "--media", "AP", "--official", "x"), 2, "--media and --official: say one of them"),
        (
            ("hold", TURKIYE, "--speaker", "x"),
            2,
            "--speaker says more about a source, but none is named: say --official OUTLET",
        ),
        (("hold", TURKIYE, "--source", "oficial; outlet=x"), 4, "did you mean 'official'?"),
        (("hold", TURKIYE, "--source", "official; outlt=x"), 2, "--source: 'outlt' is no part of it; did you mean 'outlet'?"),
        (("hold", TURKIYE, "--source", "official; x"), 2, "--source: 'x' has no name: write attribution; NAME=VALUE"),
        (("hold", TURKIYE, "--source", "official; attribution=media;"), 2, "--source: 'attribution' is said twice"),
        (("hold", TURKIYE, "--media", "AP", "--grade", "Z9"), 4, "expected a grade from A1 to F6"),
        (("hold", TURKIYE, "--media", "AP", "--occurred", "2025-09-01"), 4, "lies after the day on which it was recorded"),
        (("schedule", TURKIYE, "--media", "AP", "--occurred", "2025-09-01"), 4, "did you mean 'on'?"),
        (("schedule", TURKIYE, "--media", "AP", "--head", "UKR"), 2, "--head 'UKR': write CODE=NAME"),
        (("describe", TURKIYE, "--link", "prepares"), 2, "--link 'prepares': write RELATION=TRACK"),
        (("describe", TURKIYE, "--link", "prepars=x"), 4, "--link: 'prepars' is none of prepares"),
        (("describe", TURKIYE, "--party", "UKR; role=hots"), 4, "--party: 'hots' is none of principal"),
        (("stall", TURKIYE, "--media", "AP", "--reason", "postponned"), 2, "did you mean 'postponed'?"),
        (("respond", TURKIYE, "--by", "RUS", "--answer", "acepted", "--media", "AP"), 2, "did you mean 'accepted'?"),
        (("respond", TURKIYE, "--answer", "accepted"), 2, "Missing option '--by'"),
        (("note", TURKIYE), 4, "says nothing: give a 'text'"),
        (("note", TURKIYE, "x", "--denies", "nothing", "--media", "AP"), 4, "'nothing' names no earlier event of this track"),
        (("hold", "no spaces", "--media", "AP"), 4, "'no spaces' is not a track id"),
        (("hold", TURKIYE, "--media", "AP", "--id", "no spaces"), 4, "'no spaces' is not an event id"),
    ],
)
def test_a_slip_is_refused_with_its_option_and_the_nearest_word(run, talks, args, code, message):
    before = events_of(talks)
    result = run(*args, "--ledger", talks)
    assert (result.code, result.out) == (code, "")
    assert message in " ".join(result.err.split())
    assert events_of(talks) == before


def test_all_faults_of_an_event_are_told_at_once(run, talks):
    result = run("respond", TURKIYE, "--by", "rus", "--answer", "accepted", "--round", "0", "--ledger", talks)
    assert len(result.err.splitlines()) == 3


def test_an_answer_without_a_proposal_is_refused_unless_forced(run, record, talks):
    args = ("respond", TURKIYE, "--by", "TUR", "--answer", "accepted", "--official", "x", "--speaks-for", "TUR")
    refused = run(*args, "--ledger", talks)
    assert refused.code == Exit.INVALID
    assert "'accepted' is not allowed in phase PENDING (track 'ukr-rus-turkiye'" in refused.err
    assert "answers by RUS to UKR" in refused.err
    forced = record(*args, "--force")
    assert "  Anomaly   Türkiye accepted a proposal that is not there; kept, not applied\n" in forced.out


def test_a_stale_writer_is_refused(run, record, talks):
    result = run("hold", TURKIYE, "--media", "AP", "--expected-version", "3", "--ledger", talks)
    assert result.code == Exit.CONFLICT
    assert "track 'ukr-rus-turkiye' is at version 5, you expected 3: read it again and retry" in result.err
    record("hold", TURKIYE, "--media", "AP", "--expected-version", "5")


def test_an_id_is_given_once(run, record, talks):
    record("hold", TURKIYE, "--media", "AP", "--id", "mine")
    result = run("hold", TURKIYE, "--media", "Reuters", "--id", "mine", "--ledger", talks)
    assert result.code == Exit.CONFLICT


# Corrections.


@pytest.fixture
def meeting(record, talks):
    record("schedule", TURKIYE, "--on", "2025-07-23", "--venue", "Istanbul", "--host", "TUR", *KREMLIN)
    return last(talks).id


def test_a_correction_retracts_and_records_anew_in_one_append(record, talks, meeting):
    result = record("correct", meeting, "--venue", "Ankara", "--host", "", "--because", "Misheard.")
    *_, retracted, right = events_of(talks)
    assert (retracted.retracts, retracted.reason, str(retracted.occurred)) == (meeting, "Misheard.", "2025-07-22")
    assert (right.venue, right.host, str(right.on), right.sources[0].outlet) == (
        "Ankara", None, "2025-07-23", "Kremlin press service",
    )  # fmt: skip
    assert "  Status    Next meeting: 23 July 2025, Ankara\n" in result.out


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        (("--occurred", "2025-07-21"), {"occurred": "2025-07-21"}),
        (("--note", "n"), {"note": "n"}),
        (("--id", "better"), {"id": "better"}),
        (("--on", "2025-07-24"), {"on": "2025-07-24"}),
        (("--round", "3"), {"round": 3}),
        (("--head", "UKR=X"), {"heads": (("UKR", "X"),)}),
        (("--media", "AP"), {"sources": (Source(attribution="media", outlet="AP"),)}),
    ],
)
def test_any_field_can_be_corrected(record, talks, meeting, args, changed):
    record("correct", meeting, *args)
    right = last(talks)
    found = {name: getattr(right, name) for name in changed}
    assert {name: str(value) if name in ("occurred", "on") else value for name, value in found.items()} == changed


def test_lists_and_numbers_can_be_taken_out(record, talks):
    record(
        "propose", TURKIYE, "--by", "UKR", "--to", "RUS", "--round", "4", "--agenda", "a", *KREMLIN, "--id", "p", "--note", "n"
    )
    record("correct", "p", "--round", "", "--agenda", "", "--note", "")
    assert (last(talks).round, last(talks).agenda, last(talks).note) == (None, (), None)


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ((), 2, "say what is to be another way"),
        (("--answer", "accepted"), 2, "--answer is no field of a 'scheduled' event: it has --on, --round, --venue, --host"),
        (("--head", "tur=X"), 4, "--head: 'tur' is not a party code"),
        (("--venue", "Ankara", "--expected-version", "1"), 6, "you expected 1"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(run, talks, meeting, args, code, message):
    before = events_of(talks)
    result = run("correct", meeting, *args, "--ledger", talks)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert events_of(talks) == before


def test_an_event_that_is_not_there_is_not_found(run, talks):
    for args in (("correct", "nothing", "--venue", "x"), ("retract", "nothing")):
        result = run(*args, "--ledger", talks)
        assert (result.code, result.err) == (3, "Error: no event 'nothing' in this ledger\n")


def test_notes_that_keep_speaking_of_a_corrected_event_are_pointed_out(record, talks, meeting):
    record("note", TURKIYE, "--denies", meeting, "--by", "UKR", "--official", "x")
    note = last(talks).id
    result = record("correct", meeting, "--venue", "Ankara")
    assert result.err == f"Warning: event {note} confirms or denies {meeting}: record it anew for the event in its place\n"


def test_a_retraction_takes_an_event_out_and_another_one_brings_it_back(run, record, talks, meeting):
    result = record("retract", meeting, "--reason", "Another meeting was meant.")
    assert "  Status    Talks scheduled → proposal pending official response\n" in result.out
    again = run("retract", meeting, "--ledger", talks)
    assert (again.code, again.out) == (Exit.CONFLICT, "")
    assert "is retracted already" in again.err
    back = record("retract", last(talks).id)
    assert "Proposal pending official response → talks scheduled" in back.out
