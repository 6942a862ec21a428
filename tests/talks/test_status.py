"""The status in words: headlines, what is under way, who stayed away."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diplostate.talks.events import Concluded, Described, Held, Party, Scheduled, Stalled
from diplostate.talks.status import Status, listed
from diplostate.talks.words import StallReason
from diplostate.testing.scenario import answered, given, proposed, told

CAST = told(
    Described,
    "2025-06-01",
    parties=(
        Party(code="AAA", name="Alpha"),
        Party(code="BBB", name="Beta"),
        Party(code="CCC"),
        Party(code="DDD", name="Delta", role="mediator"),
    ),
)


@pytest.mark.parametrize(
    ("event", "headline"),
    [
        (None, "no talks proposed"),
        (proposed("2025-07-01", "AAA", "BBB"), "proposal pending official response"),
        (told(Scheduled, "2025-07-01"), "talks scheduled"),
        (told(Held, "2025-07-01"), "talks held"),
        (told(Stalled, "2025-07-01"), "talks stalled"),
        (told(Concluded, "2025-07-01", outcome="agreement"), "track concluded"),
    ],
)
def test_every_phase_in_words(event, headline):
    assert given(*([event] if event else [])).status.headline() == headline


@pytest.mark.parametrize(
    ("answer", "headline"),
    [
        ("acknowledged", "proposal pending official response"),
        ("accepted", "proposal accepted, date not set"),
        ("declined", "proposal declined"),
        ("countered", "counter-proposal pending official response"),
    ],
)
def test_every_answer_in_words(answer, headline):
    assert given(proposed("2025-07-01", "AAA", "BBB"), answered("2025-07-02", "BBB", answer)).status.headline() == headline


def test_a_countered_proposal_that_is_answered_into_again_is_a_proposal():
    log = given(
        proposed("2025-07-01", "AAA", "BBB", "CCC"),
        answered("2025-07-02", "BBB", "countered"),
        answered("2025-07-03", "CCC", "acknowledged", to="AAA"),
    )

    assert log.status.headline() == "proposal pending official response"


@pytest.mark.parametrize("reason", StallReason)
def test_a_stall_says_its_reason(reason):
    assert given(told(Stalled, "2025-07-01", reason=reason)).status.headline() == f"talks stalled ({reason})"


def test_an_accepted_counter_is_a_proposal_accepted():
    log = given(
        proposed("2025-07-01", "AAA", "BBB"),
        answered("2025-07-02", "BBB", "countered"),
        answered("2025-07-03", "AAA", "accepted"),
    )

    assert log.status.headline() == "proposal accepted, date not set"


# Under way.


@pytest.mark.parametrize(
    ("until", "now", "under_way"),
    [
        (None, date(2025, 7, 1), False),
        ("..", date(2099, 1, 1), True),
        ("2025-07-05/..", date(2099, 1, 1), True),
        ("2025-07-05", date(2025, 7, 4), True),
        ("2025-07-05", date(2025, 7, 5), True),
        ("2025-07-05", date(2025, 7, 6), False),
        ("2025-07", date(2025, 7, 31), True),
        ("2025-07", date(2025, 8, 1), False),
        ("2025-07-05", datetime(2025, 7, 5, 23, tzinfo=UTC), True),
        ("2025-07-05", datetime(2025, 7, 6, 0, tzinfo=UTC), False),
        ("2025-07-05T12:00Z", datetime(2025, 7, 5, 12, tzinfo=UTC), True),
        ("2025-07-05T12:00Z", datetime(2025, 7, 5, 12, 1, tzinfo=UTC), False),
        ("2025-07-05T12:00Z", date(2025, 7, 5), True),
        ("2025-07-05T12:00Z", date(2025, 7, 6), False),
        ("2025-07-05T01:00+03:00", datetime(2025, 7, 4, 22, tzinfo=UTC), True),
        ("2025-07-05T01:00+03:00", datetime(2025, 7, 4, 22, 1, tzinfo=UTC), False),
    ],
)
def test_talks_are_under_way_until_they_have_ended(until, now, under_way):
    status = given(told(Held, "2025-07-01", until=until)).status

    assert status.is_under_way(now) == under_way
    assert status.headline(now) == ("talks under way" if under_way else "talks held")


def test_without_a_now_nobody_can_say_that_they_are_under_way():
    assert given(told(Held, "2025-07-01", until="..")).status.headline() == "talks held"


@pytest.mark.parametrize("kind", [Scheduled, Stalled, Concluded])
def test_what_follows_a_meeting_ends_it(kind):
    status = given(told(Held, "2025-07-01", until=".."), told(kind, "2025-07-02")).status

    assert not status.is_under_way(date(2025, 7, 2))
    assert not Status().is_under_way(date(2025, 7, 2))


def test_a_meeting_goes_on_while_it_is_prepared_how_to_go_on():
    """Only what changes the phase ends it: a proposal does, and the meeting is remembered as the latest."""
    status = given(told(Held, "2025-07-01", until=".."), proposed("2025-07-02", "AAA", "BBB")).status

    assert not status.is_under_way(date(2025, 7, 2))
    assert status.session.id == "e1"


# Who stayed away.


@pytest.mark.parametrize(
    ("absent", "headline"),
    [
        (("BBB",), "talks held without Beta"),
        (("BBB", "AAA"), "talks held without Beta and Alpha"),
        (("AAA", "BBB", "CCC"), "talks held without Alpha, Beta and CCC"),
        (("DDD",), "talks held"),
        (("DDD", "CCC"), "talks held without CCC"),
        (("ZZZ",), "talks held without ZZZ"),
    ],
)
def test_talks_were_held_without_the_principals_that_stayed_away(absent, headline):
    assert given(CAST, told(Held, "2025-07-01", absent=absent)).status.headline() == headline


def test_while_talks_are_under_way_that_is_said_first():
    status = given(CAST, told(Held, "2025-07-01", absent=("BBB",), until="..")).status

    assert status.headline(date(2025, 7, 1)) == "talks under way"
    assert status.stayed_away == ("BBB",)


def test_nobody_stayed_away_from_no_meeting():
    assert Status().stayed_away == ()


def test_who_stayed_away_is_asked_of_the_latest_meeting():
    log = given(CAST, told(Held, "2025-07-01", absent=("BBB",)), told(Held, "2025-07-02"))

    log.then(stayed_away=()).when(as_of="2025-07-01").then(stayed_away=("BBB",))


@pytest.mark.parametrize(
    ("names", "text"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), ("AB", "A and B")]
)
def test_names_are_listed_as_people_list_them(names, text):
    assert listed(names) == text


def test_without_an_open_proposal_nobody_is_awaited():
    status = Status()

    assert (status.open, status.awaiting, status.accepted, status.declined, status.asked, status.last_sign) == (
        None,
        (),
        (),
        (),
        None,
        None,
    )
