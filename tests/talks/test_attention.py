"""Attention flags: each from the first day on which it holds, at an explicit now."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diplostate.errors import InvalidDate
from diplostate.talks.attention import FLAGS, Flag, Limits, flags
from diplostate.talks.events import Concluded, Described, Held, Noted, Party, Scheduled, Stalled
from diplostate.talks.status import Status
from diplostate.testing.scenario import answered, given, proposed, rumour, told

PARTIES = told(Described, "2025-07-01", parties=(Party(code="RUS", name="Russia"), Party(code="UKR"), Party(code="USA")))


def _names(status: Status, now: str, **limits: int) -> list[str]:
    return [flag.name for flag in flags(status, date.fromisoformat(now), limits=Limits(**limits))]


def test_a_status_without_events_needs_no_attention():
    assert flags(Status(), date(2025, 7, 21)) == ()


def test_a_proposal_is_unanswered_from_the_fourteenth_day_on():
    status = given(PARTIES, proposed("2025-07-01", "UKR", "RUS")).status

    assert flags(status, date(2025, 7, 14)) == ()
    assert flags(status, date(2025, 7, 20)) == (
        Flag(name="unanswered", since=date(2025, 7, 15), sentence="No answer from Russia, asked on 2025-07-01, for 19 days."),
    )
    assert _names(status, "2025-07-15") == ["unanswered"]


def test_all_who_are_awaited_are_named():
    status = given(PARTIES, proposed("2025-07-01", "UKR", "USA", "RUS")).status
    (flag,) = flags(status, date(2025, 7, 15))

    assert flag.sentence == "No answer from Russia and USA, asked on 2025-07-01, for 14 days."


def test_the_limits_are_options():
    status = given(proposed("2025-07-01", "UKR", "RUS")).status

    assert _names(status, "2025-07-02", unanswered_days=1) == ["unanswered"]
    assert _names(status, "2025-07-15", unanswered_days=15) == []
    assert _names(status, "2025-07-04", silence_days=3) == ["silent"]
    assert Limits() == Limits(unanswered_days=14, silence_days=62)


def test_a_restatement_does_not_reset_the_clock_of_the_answer():
    status = given(proposed("2025-07-01", "UKR", "RUS"), proposed("2025-07-14", "UKR", "RUS")).status

    assert _names(status, "2025-07-15") == ["unanswered"]


def test_only_a_pending_proposal_is_unanswered():
    """Somebody is awaited in these phases too, but nobody owes an answer before all else."""
    asked = proposed("2025-07-01", "UKR", "RUS", "USA", respond_by="2025-07-05")
    stalled = given(asked, told(Stalled, "2025-07-02")).status
    scheduled = given(asked, told(Scheduled, "2025-07-02")).status
    declined = given(asked, answered("2025-07-02", "RUS", "declined")).status

    for status in (stalled, scheduled, declined):
        assert status.awaiting
        assert flags(status, date(2025, 7, 30)) == ()


def test_an_answer_is_overdue_from_the_day_after_it_was_due():
    status = given(PARTIES, proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07-05")).status

    assert flags(status, date(2025, 7, 5)) == ()
    assert flags(status, date(2025, 7, 6)) == (
        Flag(name="overdue", since=date(2025, 7, 6), sentence="An answer from Russia was due by 2025-07-05."),
    )


def test_a_restatement_may_give_more_time():
    first = proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07-05")
    status = given(first, proposed("2025-07-02", "UKR", "RUS", respond_by="2025-07-08")).status

    assert _names(status, "2025-07-08") == []
    assert _names(status, "2025-07-09") == ["overdue"]


def test_an_imprecise_date_is_past_when_all_its_days_are():
    status = given(proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07")).status

    assert _names(status, "2025-07-31", unanswered_days=99) == []
    assert _names(status, "2025-08-01", unanswered_days=99) == ["overdue"]


@pytest.mark.parametrize("open_ended", ["2025-07-05/..", "2025-07-05/"])
def test_a_date_without_an_end_is_never_past(open_ended):
    asked = given(proposed("2025-07-01", "UKR", "RUS", respond_by=open_ended)).status
    set_ = given(told(Scheduled, "2025-07-01", on=open_ended)).status

    assert _names(asked, "2099-01-01", unanswered_days=99_999, silence_days=99_999) == []
    assert _names(set_, "2099-01-01", silence_days=99_999) == []


def test_a_time_of_day_is_past_to_the_minute_where_now_is_an_instant():
    status = given(proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07-05T12:00Z")).status
    noon = datetime(2025, 7, 5, 12, tzinfo=UTC)

    assert flags(status, noon) == ()
    assert flags(status, date(2025, 7, 5)) == ()
    assert [flag.since for flag in flags(status, noon.replace(minute=1))] == [date(2025, 7, 5)]
    assert [flag.since for flag in flags(status, date(2025, 7, 6))] == [date(2025, 7, 6)]


def test_a_meeting_is_missed_from_the_day_after_its_date():
    status = given(told(Scheduled, "2025-07-01", on="2025-07-05")).status

    assert flags(status, date(2025, 7, 5)) == ()
    assert flags(status, date(2025, 7, 6)) == (
        Flag(
            name="missed",
            since=date(2025, 7, 6),
            sentence="The date of the meeting, 2025-07-05, is past and nothing was recorded.",
        ),
    )


def test_a_meeting_without_a_date_is_never_missed():
    assert _names(given(told(Scheduled, "2025-07-01")).status, "2025-08-30") == []


def test_a_meeting_that_was_held_or_called_off_is_not_missed():
    set_ = told(Scheduled, "2025-07-01", on="2025-07-05")

    assert _names(given(set_, told(Held, "2025-07-05")).status, "2025-07-09") == []
    assert _names(given(set_, told(Stalled, "2025-07-04", reason="cancelled")).status, "2025-07-09") == []


def test_a_track_is_silent_from_the_sixty_second_day_on():
    status = given(told(Held, "2025-07-01")).status

    assert flags(status, date(2025, 8, 31)) == ()
    assert flags(status, date(2025, 9, 1)) == (
        Flag(name="silent", since=date(2025, 9, 1), sentence="No event since 2025-07-01, for 62 days."),
    )


def test_a_note_breaks_the_silence_and_a_description_does_not():
    held = told(Held, "2025-07-01")

    assert _names(given(held, told(Noted, "2025-08-01", text="A remark")).status, "2025-09-01") == []
    assert _names(given(held, told(Described, "2025-08-01", title="A name")).status, "2025-09-01") == ["silent"]


def test_below_the_evidence_nothing_was_heard():
    log = given(told(Held, "2025-07-01"), told(Held, "2025-08-01", sources=rumour()))

    assert _names(log.status, "2025-09-01") == ["silent"]
    assert _names(log.when(evidence="reported").status, "2025-09-01") == []


def test_a_concluded_track_may_be_silent_for_ever():
    assert _names(given(told(Concluded, "2025-07-01")).status, "2099-01-01") == []


def test_notes_alone_can_fall_silent():
    """No talks proposed, but events: the last of them is long ago."""
    assert _names(given(told(Noted, "2025-07-01", text="A wish")).status, "2025-09-01") == ["silent"]


def test_before_its_events_nothing_is_late():
    status = given(proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07-05")).status

    assert _names(status, "2025-06-01") == []


def test_flags_come_in_their_order():
    status = given(proposed("2025-07-01", "UKR", "RUS", respond_by="2025-07-05")).status

    assert FLAGS == ("unanswered", "overdue", "missed", "silent")
    assert _names(status, "2025-12-01") == ["unanswered", "overdue", "silent"]
    assert _names(given(told(Scheduled, "2025-07-01", on="2025-07-05")).status, "2025-12-01") == ["missed", "silent"]


def test_now_is_a_day_or_an_aware_instant():
    with pytest.raises(InvalidDate) as caught:
        flags(Status(), datetime(2025, 7, 21, 12))  # noqa: DTZ001

    assert str(caught.value) == "'2025-07-21T12:00:00' has no time zone: give an aware datetime"
