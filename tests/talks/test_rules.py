"""What well-formed means: every fault and every warning, with the path of its field and its exact words."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given as for_any

from diplostate.errors import Fault
from diplostate.talks.events import (
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Responded,
    Retracted,
    Scheduled,
    Stalled,
    names_party,
)
from diplostate.talks.rules import LARGEST_ROUND, NO_FACT, errors, faults, nearest
from diplostate.talks.sources import Source
from diplostate.testing.scenario import answered, proposed, rumour, says, told
from diplostate.testing.strategies import events

DAY = "2025-07-01"
RECORDED = datetime(2025, 7, 2, 12, tzinfo=UTC)


def said(event: Event, **more: object) -> list[str]:
    """The faults of an event as people read them, warnings marked."""
    return [("warning: " if fault.severity == "warning" else "") + str(fault) for fault in faults(event, **more)]


# Well-formed is well-formed.


@for_any(events())
def test_generated_events_have_no_fault(event):
    assert errors(faults(event, recorded=datetime(2030, 1, 1, tzinfo=UTC))) == []


@pytest.mark.parametrize("kind", [Scheduled, Held, Stalled, Concluded])
def test_the_least_that_an_event_can_say(kind):
    assert errors(faults(told(kind, DAY))) == []


def test_missing_details_are_legal():
    """Sources do say that talks stall, without saying why."""
    assert said(told(Stalled, DAY)) == said(told(Concluded, DAY)) == said(told(Held, DAY)) == []


# Names.


@pytest.mark.parametrize("track", ["", "-a", ".", "a b", "ä", "a/b", "a" * 129, "a\n"])
def test_a_track_has_an_id(track):
    text = repr(track if len(track) <= 60 else track[:57] + "...")
    said_of_it = said(attrs.evolve(told(Held, DAY), track=track))

    assert said_of_it[-1] == f"track: {text} is not a track id: letters, digits, '.', '_' and '-', at most 128"


@pytest.mark.parametrize("track", ["a", "A.b_c-9", "9" * 128])
def test_what_a_track_id_may_be(track):
    assert said(attrs.evolve(told(Held, DAY), track=track)) == []


@pytest.mark.parametrize("event_id", ["#1", "a b", "é", "a" * 129])
def test_an_event_has_an_id(event_id):
    text = repr(event_id if len(event_id) <= 60 else event_id[:57] + "...")

    assert said(told(Held, DAY, id=event_id)) == [
        f"id: {text} is not an event id: letters, digits and . _ - : / # @ +, at most 128"
    ]


@pytest.mark.parametrize("event_id", ["a", "0198c1f2-7b3c-7000-8000-000000000001", "icews:2025/7#1@x+y_z", "9" * 128])
def test_what_an_event_id_may_be(event_id):
    assert said(told(Held, DAY, id=event_id)) == []


NO_CODE = "is not a party code: capital letters, digits and '-', as in RUS"


@pytest.mark.parametrize(
    ("event", "path", "code", "hint"),
    [
        (proposed(DAY, "ukr", "RUS"), "by", "'ukr'", "; did you mean 'UKR'?"),
        (proposed(DAY, "UKR", "RUS", "Türkiye"), "to[1]", "'Türkiye'", ""),
        (answered(DAY, "Rus", "accepted"), "by", "'Rus'", "; did you mean 'RUS'?"),
        (answered(DAY, "RUS", "accepted", to="ukr"), "to", "'ukr'", "; did you mean 'UKR'?"),
        (told(Stalled, DAY, by="r s"), "by", "'r s'", ""),
        (told(Held, DAY, absent=("A" * 33,)), "absent[0]", repr("A" * 33), ""),
        (told(Scheduled, DAY, on=DAY, heads={"ukr": "A name"}), "heads.ukr", "'ukr'", "; did you mean 'UKR'?"),
        (told(Noted, DAY, text="So", by="ukr"), "by", "'ukr'", "; did you mean 'UKR'?"),
        (told(Held, DAY, sources=says("ukr")), "sources[0].speaks_for", "'ukr'", "; did you mean 'UKR'?"),
        (told(Described, DAY, parties=(Party(code="UKR"), Party(code="-"))), "parties[1].code", "'-'", ""),
    ],
)
def test_a_party_has_a_code(event, path, code, hint):
    event = attrs.evolve(event, sources=event.sources if path.startswith("sources") else says())

    assert [text for text in said(event) if "warning" not in text] == [f"{path}: {code} {NO_CODE}{hint}"]


@pytest.mark.parametrize("code", ["UKR", "COLREBFRC", "G7", "7", "A-B", "A" * 32])
def test_what_a_party_code_may_be(code):
    assert said(proposed(DAY, "XXX", code)) == []


def test_the_parties_of_an_event_are_found_with_their_paths():
    found = [
        dict(names_party(event))
        for event in (
            proposed(DAY, "AAA", "BBB", "CCC"),
            answered(DAY, "BBB", "accepted", to="AAA"),
            answered(DAY, "BBB", "accepted"),
            told(Scheduled, DAY, heads={"BBB": "b", "AAA": "a"}),
            told(Held, DAY, absent=("AAA",)),
            told(Stalled, DAY, by="AAA"),
            told(Stalled, DAY),
            told(Concluded, DAY),
            told(Noted, DAY, by="AAA", text="So"),
        )
    ]

    assert found == [
        {("by",): "AAA", ("to", 0): "BBB", ("to", 1): "CCC"},
        {("by",): "BBB", ("to",): "AAA"},
        {("by",): "BBB"},
        {("heads", "AAA"): "AAA", ("heads", "BBB"): "BBB"},
        {("absent", 0): "AAA"},
        {("by",): "AAA"},
        {},
        {},
        {},
    ]


@pytest.mark.parametrize(("length", "shown"), [(60, "a" * 60), (61, "a" * 57 + "...")])
def test_a_long_text_is_cut_short_in_a_message(length, shown):
    assert said(proposed(DAY, "AAA", "a" * length, sources=rumour())) == [f"to[0]: {shown!r} {NO_CODE}"]


# Parties.

DECLARED = {"UKR", "RUS", "TUR"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (proposed(DAY, "UKR", "RSU"), ["to[0]: party 'RSU' is not declared in 'parties'; did you mean 'RUS'?"]),
        (proposed(DAY, "UKR", "XYZ", "RUS"), ["to[0]: party 'XYZ' is not declared in 'parties'"]),
        (told(Stalled, DAY, by="USA"), ["by: party 'USA' is not declared in 'parties'"]),
        (told(Held, DAY, absent=("RUS", "USA")), ["absent[1]: party 'USA' is not declared in 'parties'"]),
        (told(Scheduled, DAY, on=DAY, heads={"USA": "A name"}), ["heads.USA: party 'USA' is not declared in 'parties'"]),
    ],
)
def test_a_party_that_is_not_declared_is_a_fault_where_parties_are(event, expected):
    assert said(event, declared=DECLARED) == expected
    assert said(event) == []


def test_what_is_no_code_is_not_called_undeclared_as_well():
    assert said(proposed(DAY, "UKR", "rus"), declared=DECLARED) == [f"to[0]: 'rus' {NO_CODE}; did you mean 'RUS'?"]


def test_a_party_that_only_speaks_need_not_take_part():
    """Third states make statements of support; it is only warned about."""
    assert said(told(Held, DAY, sources=says("USA")), declared=DECLARED) == [
        "warning: sources[0].speaks_for: speaks for 'USA', which is no declared party"
    ]
    assert said(told(Held, DAY, sources=says("TURK")), declared=DECLARED) == [
        "warning: sources[0].speaks_for: speaks for 'TURK', which is no declared party; did you mean 'TUR'?"
    ]
    assert said(told(Noted, DAY, text="So", by="USA"), declared=DECLARED) == ["warning: by: 'USA' is no declared party"]


def test_a_party_is_declared_once():
    twice = (Party(code="UKR"), Party(code="RUS"), Party(code="UKR", role="host"))

    assert said(told(Described, DAY, parties=twice)) == ["parties[2].code: UKR is declared twice"]


# Sources.


@pytest.mark.parametrize(
    "event",
    [
        proposed(DAY, "AAA", "BBB", sources=()),
        answered(DAY, "AAA", "accepted", sources=()),
        *(told(kind, DAY, sources=()) for kind in (Held, Stalled, Concluded)),
        told(Noted, DAY, confirms="x", sources=()),
        told(Noted, DAY, denies="x", sources=()),
    ],
)
def test_an_event_has_at_least_one_source(event):
    assert said(event) == [f"sources: a {event.kind!r} event needs at least one source: add 'sources'"]


@pytest.mark.parametrize(
    "event",
    [
        told(Described, DAY, title="So", sources=()),
        told(Retracted, DAY, retracts="x", sources=()),
        told(Noted, DAY, text="So", sources=()),
    ],
)
def test_what_needs_no_source(event):
    assert said(event) == []


SOURCE = Source(attribution="media", outlet="A paper")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (attrs.evolve(SOURCE, outlet=None), "sources[0]: does not say who: name an outlet, a speaker or a url"),
        (attrs.evolve(SOURCE, reliability="G"), "sources[0].reliability: 'G' is no reliability: A to F"),
        (attrs.evolve(SOURCE, reliability="X"), "sources[0].reliability: 'X' is no reliability: A to F"),
        (attrs.evolve(SOURCE, reliability="AB"), "sources[0].reliability: 'AB' is no reliability: A to F"),
        (attrs.evolve(SOURCE, reliability="b"), "sources[0].reliability: 'b' is no reliability: A to F"),
        (attrs.evolve(SOURCE, credibility=0), "sources[0].credibility: 0 is no credibility: 1 to 6"),
        (attrs.evolve(SOURCE, credibility=7), "sources[0].credibility: 7 is no credibility: 1 to 6"),
        (
            attrs.evolve(SOURCE, url="example.org"),
            "sources[0].url: 'example.org' is not a web address: it begins with https:// or http://",
        ),
        (
            attrs.evolve(SOURCE, url="javascript:alert(1)"),
            "sources[0].url: 'javascript:alert(1)' is not a web address: it begins with https:// or http://",
        ),
        (
            attrs.evolve(SOURCE, url="https://a b"),
            "sources[0].url: 'https://a b' is not a web address: it begins with https:// or http://",
        ),
        (
            attrs.evolve(SOURCE, url="https://" + "a" * 60 + " "),
            f"sources[0].url: 'https://{'a' * 49}...' is not a web address: it begins with https:// or http://",
        ),
        (attrs.evolve(SOURCE, published="2025/.."), "sources[0].published: 2025/.. has no end: name the day of publication"),
        (attrs.evolve(SOURCE, published=".."), "sources[0].published: .. has no end: name the day of publication"),
    ],
)
def test_what_is_wrong_with_a_source(source, expected):
    assert said(told(Held, DAY, sources=(source,))) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        attrs.evolve(SOURCE, outlet=None, speaker="A person"),
        attrs.evolve(SOURCE, outlet=None, url="http://example.org"),
        attrs.evolve(SOURCE, url="https://example.org/a?b=c#d"),
        *(attrs.evolve(SOURCE, reliability=letter) for letter in "ABCDEF"),
        *(attrs.evolve(SOURCE, credibility=number) for number in range(1, 7)),
        attrs.evolve(SOURCE, published="2025-07"),
    ],
)
def test_what_a_source_may_be(source):
    assert said(told(Held, DAY, sources=(source,))) == []


# Texts and numbers.


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (told(Held, DAY, note=""), "note"),
        (told(Held, DAY, venue=" \t"), "venue"),
        (told(Held, DAY, outcomes={" ": "agreed"}), "outcomes. "),
        (told(Scheduled, DAY, on=DAY, heads={"UKR": ""}), "heads.UKR"),
        (proposed(DAY, "AAA", "BBB", agenda=("one", "")), "agenda[1]"),
        (answered(DAY, "BBB", "accepted", conditions=("",)), "conditions[0]"),
        (told(Held, DAY, sources=(attrs.evolve(SOURCE, note=""),)), "sources[0].note"),
        (told(Stalled, DAY, sources=(attrs.evolve(SOURCE, note=""),)), "sources[0].note"),
        (told(Described, DAY, title=""), "title"),
        (told(Described, DAY, parties=(Party(code="UKR", name=" "),)), "parties[0].name"),
        (told(Retracted, DAY, retracts="x", reason=""), "reason"),
    ],
)
def test_a_text_is_not_empty(event, path):
    assert said(event) == [f"{path}: is empty: leave the field out where there is nothing to say"]


def test_a_text_is_not_too_long():
    assert said(told(Held, DAY, note="a" * 10_000)) == []
    assert said(told(Held, DAY, note="a" * 10_001)) == ["note: has 10001 characters: at most 10000 are read"]


def test_a_text_or_list_of_the_greatest_length_is_no_fault_beside_one_that_is():
    """Lengths are looked at one by one only where something in the event is wrong, or not plain ASCII."""
    assert said(proposed(DAY, "AAA", "BBB", agenda=["\u00e9"] * 1_000, note="\u00e9" * 10_000)) == []


def test_a_list_is_not_too_long():
    assert said(proposed(DAY, "AAA", "BBB", agenda=["x"] * 1_000)) == []
    assert said(proposed(DAY, "AAA", "BBB", agenda=["x"] * 1_001)) == ["agenda: has 1001 entries: at most 1000 are read"]


def test_a_mapping_is_not_too_long():
    assert said(told(Held, DAY, outcomes={str(item): "agreed" for item in range(1_001)})) == [
        "outcomes: has 1001 entries: at most 1000 are read"
    ]


@pytest.mark.parametrize("half", ["\ud800", "so \udfff"])
def test_a_text_holds_whole_characters(half):
    assert said(told(Held, DAY, note=half)) == [
        "note: holds half of a character (a lone UTF-16 surrogate): write the whole character"
    ]


def test_a_text_may_hold_any_other_character():
    assert said(told(Held, DAY, note="\x00\u202e\U0001f54a")) == []


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("event", [proposed(DAY, "AAA", "BBB"), told(Held, DAY), told(Scheduled, DAY, on=DAY)])
def test_rounds_count_from_one(event, number):
    assert said(attrs.evolve(event, round=number)) == [f"round: round {number} cannot be: rounds count from 1"]
    assert said(attrs.evolve(event, round=1)) == []


def test_a_round_can_be_written_down():
    assert said(told(Held, DAY, round=LARGEST_ROUND)) == []
    assert said(told(Held, DAY, round=10**30)) == [f"round: round {10**30} cannot be: at most 9999 are read"]


# Days.


@pytest.mark.parametrize(
    ("event", "hint"),
    [(told(Scheduled, "2025-07-04", on="2025-07-04"), "; did you mean 'on'?"), (told(Held, "2025-07-04"), "")],
)
def test_an_event_does_not_begin_after_the_day_of_recording(event, hint):
    message = "an event is what has been made public by then"

    assert said(event, recorded=RECORDED) == [
        f"occurred: 2025-07-04 lies after the day on which it was recorded (2025-07-02): {message}{hint}"
    ]
    assert said(attrs.evolve(event, recorded=RECORDED)) == said(event, recorded=RECORDED)
    assert said(attrs.evolve(event, recorded=RECORDED), recorded=datetime(2026, 1, 1, tzinfo=UTC)) != []


@pytest.mark.parametrize("occurred", ["2025-07-03", "2025-07", "2025-07-03/2025-08", "../2025-08", "2025-07-03T23:59+14:00"])
def test_one_day_of_grace_for_time_zones(occurred):
    """And what may have begun by then is no fault."""
    assert said(told(Held, occurred), recorded=RECORDED) == []


def test_the_day_of_recording_is_the_one_in_utc():
    """Early on the 5th in Auckland it is still the 4th."""
    early = datetime(2025, 7, 5, 6, tzinfo=timezone(timedelta(hours=12)))

    assert said(told(Held, "2025-07-05"), recorded=early) == []
    assert len(said(told(Held, "2025-07-06"), recorded=early)) == 1


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a system that can change its time zone")
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_the_time_zone_of_the_machine_never_matters(zone, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        for hour in (1, 23):
            recorded = datetime(2025, 7, 4, hour, tzinfo=UTC)
            assert said(told(Held, "2025-07-05"), recorded=recorded) == []
            assert len(said(told(Held, "2025-07-06"), recorded=recorded)) == 1
            assert told(Held, "2025", recorded=recorded).day == date(2025, 7, 4)
    time.tzset()


def test_far_days_are_compared_without_an_accident():
    assert len(said(told(Held, "9999-12-31"), recorded=RECORDED)) == 1
    assert said(told(Held, "0001-01-01"), recorded=RECORDED) == []
    assert said(told(Held, date.max), recorded=datetime(9999, 12, 31, tzinfo=UTC)) == []


def test_an_event_occurred_on_some_day():
    assert said(told(Held, "..")) == ["occurred: '..' names no day: say when it occurred"]


def test_an_open_ended_event_was_recorded_or_published_on_some_day():
    assert said(told(Held, "2025-07-01/..")) == [
        "recorded: 2025-07-01/.. has no end: say when it was recorded, or when a source was published"
    ]
    assert said(told(Held, "2025-07-01/.."), recorded=RECORDED) == []
    assert said(told(Held, "2025-07-01/..", sources=says(published=DAY))) == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (proposed(DAY, "AAA", "BBB", window=".."), "window"),
        (proposed(DAY, "AAA", "BBB", respond_by=".."), "respond_by"),
        (answered(DAY, "BBB", "countered", window=".."), "window"),
        (answered(DAY, "BBB", "countered", respond_by=".."), "respond_by"),
        (told(Scheduled, DAY, on=".."), "on"),
    ],
)
def test_a_date_names_some_day(event, field):
    assert said(event) == [f"{field}: '..' names no day: give a date, or leave the field out"]


def test_an_open_end_of_a_meeting_says_that_it_lasts():
    assert (
        said(told(Held, DAY, until="..")) == said(told(Held, DAY, until="2025-07-09")) == said(told(Held, DAY, until=DAY)) == []
    )


def test_a_meeting_does_not_end_before_it_began():
    assert said(told(Held, DAY, until="2025-06-30")) == ["until: 2025-06-30 is before the meeting began (2025-07-01)"]
    assert said(told(Held, "2025-07", until="2025-07-01")) == []
    assert said(told(Held, "../2025-07-10", until="2025-06-30")) == []


# Who addresses whom.


@pytest.mark.parametrize("to", [(), ("AAA",), ("AAA", "AAA")])
def test_a_proposal_is_addressed_to_another_party(to):
    assert said(proposed(DAY, "AAA", *to)) == ["to: is addressed to nobody but its proposer: name at least one other party"]


def test_a_party_cannot_answer_its_own_proposal():
    assert said(answered(DAY, "AAA", "accepted", to="AAA")) == [
        "to: AAA cannot answer its own proposal: 'to' names whose proposal it answers"
    ]


# Other tracks and other events.


def test_a_track_merges_into_another_one():
    assert said(told(Concluded, DAY, into="scenario")) == ["into: a track cannot be merged into itself"]
    assert said(told(Concluded, DAY, into="a b")) == [
        "into: 'a b' is not a track id: letters, digits, '.', '_' and '-', at most 128"
    ]
    assert said(told(Concluded, DAY, into="another")) == []


@pytest.mark.parametrize("kind", [Described, Noted])
def test_a_track_is_linked_to_another_one(kind):
    links = (Link("prepares", "another"), Link("follows", "scenario"), Link("part_of", "?"))

    assert said(told(kind, DAY, links=links)) == [
        "links[1].follows: a track cannot be linked to itself",
        "links[2].part_of: '?' is not a track id: letters, digits, '.', '_' and '-', at most 128",
    ]


def test_a_note_says_something():
    assert said(told(Noted, DAY)) == ["text: says nothing: give a 'text'"]
    for field in ({"text": "So"}, {"note": "So"}, {"confirms": "x"}, {"denies": "x"}, {"links": ()}):
        assert said(told(Noted, DAY, **field)) == []


def test_a_note_does_not_confirm_what_it_denies():
    assert said(told(Noted, DAY, confirms="x", denies="x")) == ["denies: confirms and denies the same event: decide"]
    assert said(told(Noted, DAY, confirms="x", denies="y")) == []


@pytest.mark.parametrize("verb", ["retracts", "confirms", "denies"])
def test_what_an_event_speaks_of_is_an_earlier_event_of_its_track(verb):
    event = told(Retracted if verb == "retracts" else Noted, DAY, **{verb: "helt-1"})

    assert said(event) == []
    assert said(event, earlier={"helt-1": "held"}) == []
    assert said(event, earlier={}) == [f"{verb}: 'helt-1' names no earlier event of this track"]
    assert said(event, earlier={"held-1": "held"}) == [
        f"{verb}: 'helt-1' names no earlier event of this track; did you mean 'held-1'?"
    ]


@pytest.mark.parametrize("kind", ["described", "noted", "retracted"])
def test_confirming_what_moves_nothing_is_warned_about(kind):
    assert said(told(Noted, DAY, confirms="x"), earlier={"x": kind}) == [
        f"warning: confirms: confirming a {kind!r} event changes nothing"
    ]
    assert said(told(Noted, DAY, denies="x"), earlier={"x": kind}) == []


# Slips.


def test_an_official_answer_that_does_not_say_for_whom_is_warned_about():
    """It is the slip that loses official answers."""
    assert said(answered(DAY, "RUS", "accepted", sources=(*rumour(), *says()))) == [
        "warning: sources[1]: an official source without 'speaks_for' does not make an answer official: "
        "add speaks_for: RUS, if that is for whom it speaks"
    ]
    assert said(answered(DAY, "RUS", "accepted", sources=says("RUS"))) == []
    assert said(answered(DAY, "RUS", "accepted", sources=rumour())) == []
    assert said(proposed(DAY, "RUS", "UKR", sources=says())) == []


def test_a_meeting_without_a_date_is_warned_about():
    assert said(told(Scheduled, DAY)) == ["warning: on: a meeting is set, but 'on' does not say for when"]


def test_a_meeting_before_the_day_on_which_it_was_set_is_warned_about():
    assert said(told(Scheduled, DAY, on="2025-06-30")) == [
        "warning: on: the meeting (2025-06-30) lies before the day on which it was set (2025-07-01)"
    ]
    for on in (DAY, "2025-06-30/..", "2025-07"):
        assert said(told(Scheduled, DAY, on=on)) == []
    assert said(told(Scheduled, "../2025-07-01", on="2025-06-30")) == []


@pytest.mark.parametrize(
    "terms",
    [
        {"round": 1},
        {"venue": "Here"},
        {"window": DAY},
        {"level": "leaders"},
        {"tier": "1.5"},
        {"format": "plenary"},
        {"agenda": ("One",)},
        {"respond_by": DAY},
    ],
)
def test_terms_of_an_answer_that_counters_nothing_are_warned_about(terms):
    (field,) = terms

    assert said(answered(DAY, "RUS", "accepted", **terms)) == [
        f"warning: {field}: {field!r} says what a counter-proposal proposes, but the answer is 'accepted'"
    ]
    assert said(answered(DAY, "RUS", "countered", **terms)) == []


# All at once.


def test_every_fault_of_an_event_is_named_at_once():
    event = Proposed(track="?", id="!", occurred="2030-01-01", by="a", to=(), round=0, note="", sources=(SOURCE,))

    assert [fault.path for fault in faults(event, recorded=RECORDED)] == [
        ("note",),
        ("track",),
        ("id",),
        ("by",),
        ("round",),
        ("to",),
        ("occurred",),
    ]


def test_what_an_event_says_by_itself_and_of_others_is_judged_together():
    event = told(Noted, DAY, text="", by="USA", confirms="x", denies="y")

    assert said(event, earlier={"x": "noted"}, declared=DECLARED) == [
        "text: is empty: leave the field out where there is nothing to say",
        "warning: by: 'USA' is no declared party",
        "warning: confirms: confirming a 'noted' event changes nothing",
        "denies: 'y' names no earlier event of this track",
    ]
    assert len(said(told(Stalled, DAY, by="USA", note=""), earlier={}, declared=DECLARED)) == 2


def test_a_record_of_facts_refuses_what_is_hypothetical():
    """Unless it is asked to take it; what is hypothetical may also lie ahead."""
    event = told(Held, DAY, hypothetical=True)
    ahead = told(Held, "2031-07-01", hypothetical=True)

    assert said(event) == [f"hypothetical: {NO_FACT}"]
    assert errors(faults(event)) == faults(event)
    assert said(event, hypothetical=True) == said(told(Held, DAY), hypothetical=True) == []
    assert said(ahead, hypothetical=True, recorded=RECORDED) == []


def test_a_warning_is_no_error():
    found = faults(answered(DAY, "RUS", "accepted", to="RUS", sources=says()))

    assert [fault.severity for fault in found] == ["error", "warning"]
    assert [fault.path for fault in errors(found)] == [("to",)]


def test_a_fault_says_where():
    fault = Fault("is wrong", ("sources", 0, "url"))

    assert str(fault) == "sources[0].url: is wrong"
    assert str(attrs.evolve(fault, file="a.yaml")) == "a.yaml:sources[0].url: is wrong"
    assert str(attrs.evolve(fault, file="a.yaml", line=3, column=9)) == "a.yaml:3:9: is wrong"
    assert str(Fault("is wrong")) == "is wrong"


# The nearest word.


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("acepted", "; did you mean 'accepted'?"),
        ("ACCEPTED", "; did you mean 'accepted'?"),
        ("declnied", "; did you mean 'declined'?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_is_offered(word, hint):
    assert nearest(word, ["accepted", "declined", "countered"]) == hint


def test_the_nearest_word_is_written_as_it_is_known():
    assert nearest("held-1", ["Held-1"]) == "; did you mean 'Held-1'?"


def test_an_answer_of_any_party_may_be_recorded():
    """Whether it meets a proposal is for the fold to say, not for the rules."""
    assert said(answered(DAY, "ZZZ", "accepted", to="YYY")) == []
    assert isinstance(answered(DAY, "ZZZ", "accepted"), Responded)
