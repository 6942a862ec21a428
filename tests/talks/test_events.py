"""Events: facts that never change, made from what Python callers have at hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import attrs
import pytest

from diplostate.errors import InvalidDate, InvalidEvent
from diplostate.talks.events import (
    KINDS,
    MOVES,
    TERMS,
    Concluded,
    Described,
    Held,
    Link,
    Party,
    Proposed,
    Responded,
    Scheduled,
    Stalled,
    Terms,
)
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier
from diplostate.testing.scenario import answered, proposed, rumour, says, told

DAY = "2025-07-01"


def test_the_stored_words_are_those_of_the_page():
    """A table of stable names: changing one would orphan every record."""
    assert list(KINDS) == [
        "proposed",
        "responded",
        "scheduled",
        "held",
        "stalled",
        "concluded",
        "described",
        "noted",
        "retracted",
    ]
    assert all(KINDS[word].kind == word for word in KINDS)
    assert [cls.kind for cls in MOVES] == list(KINDS)[:6]
    words = {enum: [str(word) for word in enum] for enum in (Role, Relation, Answer, StallReason, Outcome, ItemOutcome, Tier)}
    assert words == {
        Role: ["principal", "mediator", "host", "guarantor", "observer"],
        Relation: ["prepares", "follows", "parallels", "part_of"],
        Answer: ["acknowledged", "accepted", "countered", "declined"],
        StallReason: ["postponed", "suspended", "cancelled", "collapsed", "withdrawn", "lapsed"],
        Outcome: ["agreement", "merged", "terminated"],
        ItemOutcome: ["raised", "discussed", "agreed", "implemented", "dropped"],
        Tier: ["1", "1.5", "2"],
    }
    assert TERMS == ("round", "venue", "window", "level", "tier", "format", "agenda", "respond_by")


def test_an_event_never_changes():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        told(Held, DAY).round = 2


def test_what_the_machine_reads_is_the_kind_and_of_an_answer_which_one():
    assert told(Held, DAY).symbol == "held"
    assert answered(DAY, "AAA", "declined").symbol == "declined"


def test_a_date_may_come_as_text_as_a_day_or_as_an_instant():
    days = [
        told(Held, occurred).day
        for occurred in (DAY, date(2025, 7, 1), datetime(2025, 7, 1, 1, tzinfo=timezone(timedelta(hours=3))))
    ]

    assert days == [date(2025, 7, 1)] * 3
    with pytest.raises(InvalidDate):
        told(Held, "yesterday")


def test_recorded_is_kept_in_utc():
    event = told(Held, DAY, recorded=datetime(2025, 7, 2, 1, tzinfo=timezone(timedelta(hours=3))))

    assert event.recorded == datetime(2025, 7, 1, 22, tzinfo=UTC)
    assert event.recorded.utcoffset() == timedelta(0)


def test_a_naive_time_of_recording_is_refused():
    with pytest.raises(InvalidEvent) as caught:
        told(Held, DAY, recorded=datetime(2025, 7, 1, 12))  # noqa: DTZ001

    assert str(caught.value) == "recorded 2025-07-01T12:00:00 has no time zone: give an aware datetime"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: proposed(DAY, "AAA", "BBB", agenda="peace"), "'peace' stands alone where a list is expected: write ['peace']"),
        (lambda: told(Held, DAY, absent="BBB"), "'BBB' stands alone where a list is expected: write ['BBB']"),
        (
            lambda: Proposed(track="t", occurred=DAY, by="AAA", to="BBB"),
            "'BBB' stands alone where a list is expected: write ['BBB']",
        ),
    ],
)
def test_one_text_is_not_taken_for_a_list_of_letters(make, text):
    with pytest.raises(InvalidEvent) as caught:
        make()

    assert str(caught.value) == text


def test_a_list_may_come_as_anything_that_can_be_walked_through():
    assert told(Held, DAY, absent=(code for code in ("AAA", "BBB"))).absent == ("AAA", "BBB")
    assert told(Held, DAY, absent={"AAA"}).absent == ("AAA",)


def test_lists_and_mappings_are_frozen():
    event = told(Scheduled, DAY, heads={"RUS": "b", "UKR": "a"}, sources=list(says()))
    held = told(Held, DAY, outcomes={"prisoners": "agreed", "children": "raised"}, absent=["AAA"])
    described = told(Described, DAY, parties=[Party(code="AAA")], links=[Link("follows", "first")])

    assert event.heads == (("RUS", "b"), ("UKR", "a"))
    assert event.sources == says()
    assert held.outcomes == (("children", ItemOutcome.RAISED), ("prisoners", ItemOutcome.AGREED))
    assert held.absent == ("AAA",)
    assert described.parties == (Party(code="AAA"),)
    assert described.links == (Link(Relation.FOLLOWS, "first"),)
    assert hash(event) != hash(held)


@pytest.mark.parametrize(
    "make",
    [
        lambda: answered(DAY, "AAA", "maybe"),
        lambda: proposed(DAY, "AAA", "BBB", tier="3"),
        lambda: told(Held, DAY, outcomes={"a": "won"}),
        lambda: Party(code="AAA", role="friend"),
        lambda: Link("after", "a"),
    ],
)
def test_only_the_words_of_the_page_are_taken(make):
    with pytest.raises(ValueError, match=r"is no \w+: it is one of "):
        make()


def test_the_terms_of_a_proposal_are_a_value_of_their_own():
    event = proposed(DAY, "AAA", "BBB", round=2, window="2025-07", agenda=["one"], tier="1.5")

    assert event.terms == Terms(round=2, window=event.window, agenda=("one",), tier=Tier.ONE_AND_A_HALF)


def test_newer_terms_go_before_older_ones_and_gaps_are_filled():
    """Of every field by itself."""
    full = Terms(
        round=1,
        venue="a",
        window=proposed(DAY, "A", "B", window="2025").window,
        level="b",
        tier=Tier.ONE,
        format="c",
        agenda=("d",),
        respond_by=proposed(DAY, "A", "B", window="2026").window,
    )
    for name in TERMS:
        newer = Terms(**{name: getattr(full, name)})
        older = attrs.evolve(full, **{name: attrs.fields_dict(Terms)[name].default})

        assert older.updated(newer) == full
        assert full.updated(older) == full


def test_an_event_has_its_place_only_from_a_ledger():
    event = told(Held, DAY)

    assert (event.id, event.recorded, event.version, event.position) == (None, None, None, None)


def test_who_speaks_officially():
    event = answered(DAY, "AAA", "accepted", sources=(*says("AAA"), *says(), attrs.evolve(says("BBB")[0], attribution="media")))

    assert event.speakers == ("AAA", None)
    assert isinstance(event, Responded)


PROPOSED, STALLED = proposed(DAY, "AAA", "BBB"), told(Stalled, DAY, by="AAA")


@pytest.mark.parametrize(
    ("event", "stands"),
    [
        *((told(kind, DAY, sources=says("BBB")), True) for kind in (Scheduled, Held, Stalled, Concluded, Described)),
        *((told(kind, DAY, sources=rumour()), False) for kind in (Scheduled, Held, Stalled, Concluded, Described)),
        *((attrs.evolve(event, sources=says("AAA")), True) for event in (PROPOSED, STALLED)),
        *((attrs.evolve(event, sources=says()), True) for event in (PROPOSED, STALLED)),
        *((attrs.evolve(event, sources=says("CCC")), None) for event in (PROPOSED, STALLED)),
        *((attrs.evolve(event, sources=rumour()), False) for event in (PROPOSED, STALLED)),
        (answered(DAY, "AAA", "accepted", sources=says("AAA")), True),
        (answered(DAY, "AAA", "accepted", sources=says()), False),
        (answered(DAY, "AAA", "accepted", sources=says("BBB")), False),
    ],
)
def test_whether_its_own_sources_make_an_event_official(event, stands):
    """None: that depends on whether a mediator or a host speaks, which the event itself does not say."""
    assert event.stands is stands
