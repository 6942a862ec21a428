"""The case that started it: where did the talks stand on the evening of 21 July 2025, who owed an answer, since when, and
how do we know?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diplostate.talks.attention import flags
from diplostate.talks.events import Described, Link, Noted, Party, Terms
from diplostate.talks.fold import answerable
from diplostate.talks.record import read
from diplostate.talks.sources import Source
from diplostate.testing.scenario import answered, given, proposed, says, told

PRESIDENT = Source(
    attribution="official", outlet="Office of the President of Ukraine", speaker="Volodymyr Zelensky", speaks_for="UKR"
)
RIA = Source(attribution="anonymous", outlet="RIA Novosti", note="sources close to Moscow's negotiation team")
AGENDA = ("return of prisoners of war", "return of children taken to Russia", "groundwork for a leaders' summit")

RECORD = given(
    told(
        Described,
        "2025-07-19",
        title="Ukraine–Russia direct talks in Türkiye",
        parties=(
            Party(code="UKR", name="Ukraine"),
            Party(code="RUS", name="Russia"),
            Party(code="TUR", name="Türkiye", role="host"),
        ),
        links=(Link("prepares", "ukr-rus-leaders"),),
        sources=(),
        id="head",
    ),
    proposed("2025-07-19", "UKR", "RUS", window="2025-07-21/2025-07-27", sources=(PRESIDENT,), id="proposal"),
    proposed(
        "2025-07-21T08:00Z",
        "UKR",
        "RUS",
        venue="Türkiye",
        round=3,
        agenda=AGENDA,
        sources=(PRESIDENT,),
        note="Put forward by Rustem Umerov; to the country's ambassadors",
        id="restated",
    ),
    told(
        Noted,
        "2025-07-21",
        by="UKR",
        text="Ambassadors are asked to win support and to inform host countries",
        sources=(PRESIDENT,),
        id="asks",
    ),
    answered("2025-07-21T10:00Z", "RUS", "acknowledged", sources=(RIA,), id="receipt"),
)
EVENING = RECORD.when(as_of="2025-07-21")


def test_where_do_the_talks_stand():
    assert EVENING.status.headline(date(2025, 7, 21)) == "proposal pending official response"


def test_who_owes_an_answer_and_since_when():
    """Russia, since 19 July; the restatement of 21 July, with Türkiye named, asks for nothing anew."""
    EVENING.then(phase="PENDING", awaiting=("RUS",), asked="2025-07-19", since="2025-07-19")
    assert EVENING.status.open.restated.id == "restated"


def test_what_lies_on_the_table():
    """A round in Türkiye in the week of 21 July: the window of the 19th survives the restatement of the 21st."""
    window = RECORD.events[1].window

    assert EVENING.status.open.terms == Terms(round=3, venue="Türkiye", window=window, agenda=AGENDA)
    assert EVENING.when(as_of="2025-07-20").status.open.terms == Terms(window=window)


def test_reported_but_not_official_receipt_was_confirmed():
    reported = EVENING.when(as_of="2025-07-21", evidence="reported").status

    assert EVENING.status.open.acknowledged == ()
    assert reported.open.acknowledged == ("RUS",)
    assert (reported.phase, reported.awaiting) == ("PENDING", ("RUS",))


def test_how_do_we_know():
    """Every event with its standing, and those that did not count with the reason."""
    assert [(entry.event.id, entry.standing, entry.fate) for entry in read(RECORD.events, as_of="2025-07-21").entries] == [
        ("head", "reported", "moves nothing"),
        ("proposal", "official", "counted"),
        ("restated", "official", "counted"),
        ("asks", "official", "moves nothing"),
        ("receipt", "reported", "below the evidence asked for"),
    ]


def test_by_the_hour_the_receipt_came_after_the_restatement():
    """Where the question is an instant, times of day cut."""
    nine = RECORD.when(as_of="2025-07-21T09:00Z", evidence="reported").status
    eleven = RECORD.when(as_of=datetime(2025, 7, 21, 11, tzinfo=UTC), evidence="reported").status

    assert (nine.open.terms.venue, nine.open.acknowledged) == ("Türkiye", ())
    assert eleven.open.acknowledged == ("RUS",)


def test_nobody_needs_to_be_reminded_yet():
    assert flags(EVENING.status, date(2025, 7, 21)) == ()
    assert [flag.name for flag in flags(EVENING.status, date(2025, 8, 2))] == ["unanswered"]


def test_only_russia_may_answer_next():
    assert answerable(EVENING.status) == {("RUS", None), ("RUS", "UKR")}


@pytest.mark.parametrize(
    ("answer", "headline"),
    [
        ("accepted", "proposal accepted, date not set"),
        ("declined", "proposal declined"),
        ("countered", "counter-proposal pending official response"),
    ],
)
def test_what_an_official_answer_would_have_made_of_it(answer, headline):
    official = answered("2025-07-22", "RUS", answer, sources=says("RUS"))

    assert given(*RECORD.events, official).status.headline() == headline
    assert given(*RECORD.events, official).when(as_of="2025-07-21").status == EVENING.status


def test_the_summit_is_a_track_of_its_own_that_this_one_prepares():
    assert EVENING.status.description.links == (Link("prepares", "ukr-rus-leaders"),)
