"""Appends that go to the server once: the same as all others, and only where nobody else went on with the track."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from support import require
from support_postgres import NAMES, url_for

from diplostate.errors import InvalidEvent, LedgerError, NotAllowed, VersionConflict
from diplostate.ledger import postgres_draft
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.sealing import verify
from diplostate.talks.events import Noted, Retracted, Scheduled
from diplostate.testing.conformance import held, proposed, responded, said
from ledger.test_postgres import opened, raw

NOON = datetime(2025, 7, 22, 12, tzinfo=UTC)


@pytest.fixture(params=NAMES)
def url(request, tmp_path):
    require("postgres")
    return url_for(request.param, tmp_path)


@pytest.fixture
def ledger(url):
    with opened(url) as ledger:
        yield ledger


@pytest.fixture
def ways(monkeypatch):
    """Which ways appends tried since this was last asked: "short", ready before the lane, or "long"."""
    from diplostate.ledger.postgres_database import Session

    begin, through, tried = Session.begin, Session.pass_through, []

    def begun(session, *questions):
        tried.extend("long" for _ in questions)
        return begin(session, *questions)

    def passed(session, change):
        tried.append("short")
        return through(session, change)

    def asked():
        told = " ".join(tried)
        tried.clear()
        return told

    monkeypatch.setattr(Session, "begin", begun)
    monkeypatch.setattr(Session, "pass_through", passed)
    return asked


class Ticking:
    """A clock that goes on by a second each time, from noon or with a lead."""

    def __init__(self, lead=timedelta(0)):
        self.now = NOON + lead

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def numbered():
    return map("event-{}".format, range(1, 100)).__next__


def is_sound(ledger):
    """The chain holds, and the statuses are what the events come to."""
    verify(ledger.rows())
    anew = StatusProjector()
    return dict(ledger.projections()) == {track: anew.project(ledger.events(track)) for track in ledger.tracks()}


TALKS = (
    proposed("UKR", "RUS"),
    responded("RUS", "acknowledged"),
    responded("RUS", "accepted", note="Ankündigung: „морем“ 🕊"),
    Scheduled(track="one", occurred="2025-07-22", on="2025-07-23", sources=said("UKR")),
    held("2025-07"),
)


def test_an_event_that_goes_on_with_a_track_goes_to_the_server_once(ledger, ways):
    for event in TALKS:
        ledger.append([event])
    assert ways() == "long short short short short"
    assert is_sound(ledger)


def test_what_is_kept_is_the_same_to_the_byte_as_in_other_stores(url):
    with MemoryLedger(clock=Ticking(), new_id=numbered()) as plain, opened(url, clock=Ticking(), new_id=numbered()) as ledger:
        for event in TALKS:
            assert plain.append([event]) == ledger.append([event])

        assert list(plain.rows()) == list(ledger.rows())
        assert list(plain.projections()) == list(ledger.projections())
        assert list(plain.read()) == list(ledger.read())


def test_where_others_went_on_with_the_track_it_goes_the_long_way(ledger, url, ways):
    with opened(url) as other:
        other.append(TALKS[:1])
        ledger.append(TALKS[1:2])
        ways()
        for writer, event, way in (
            (other, TALKS[2], "short long"),  # it had been alone so far
            (other, TALKS[3], "long"),  # it knows that it is not
            (other, held("2025-07-25"), "short"),  # and that it is again
            (ledger, held("2025-07-26"), "short long"),
            (other, held("2025-07-27"), "short long"),
            (ledger, held("2025-07-28"), "long"),
            (ledger, held("2025-07-29"), "long"),
            (ledger, held("2025-07-30"), "short"),
        ):
            writer.append([event])
            assert ways() == way, event
        assert is_sound(ledger)


def test_others_may_go_on_with_other_tracks(ledger, url, ways):
    ledger.append(TALKS[:1])
    with opened(url) as other:
        other.append([held("2025-07-20", track="two")])
    ways()

    assert ledger.append(TALKS[1:2])[0].position == 3
    assert ways() == "short"
    assert is_sound(ledger)


def test_the_time_of_recording_never_goes_back(url):
    """Also where another writer has a clock that goes before; then what was ready has to follow it."""
    ahead = timedelta(hours=1)
    with opened(url, clock=Ticking()) as behind, opened(url, clock=Ticking(ahead)) as before:
        behind.append([held("2025-07")])
        before.append([held("2025-07", track="two")])
        (event,) = behind.append([held("2025-07")])

        assert event.recorded == event.known == NOON + ahead + timedelta(seconds=1)
        assert behind.event(event.id) == event
        assert is_sound(behind)
        behind.append([held("2025-07")])
        assert is_sound(behind)


def test_what_is_ready_is_of_use_only_on_its_own_day(url, ways):
    """When an event of some day in July counts depends on the day on which it was recorded."""
    with opened(url, clock=Ticking()) as behind, opened(url, clock=Ticking(timedelta(days=1))) as before:
        behind.append([held("2025-07")])
        before.append([held("2025-07", track="two")])
        ways()
        (event,) = behind.append([held("2025-07")])

        assert (event.day.day, ways()) == (23, "short long")
        assert is_sound(behind)


def test_clocks_that_are_not_in_utc_go_the_long_way(ledger, url, ways):
    ledger.append(TALKS[:1])
    with opened(url, clock=lambda: datetime.now(timezone(timedelta(hours=3)))) as elsewhere:
        elsewhere.append([held("2025-07-20", track="two")])
    ways()
    ledger.append(TALKS[1:2])
    assert ways() == "short long"
    assert is_sound(ledger)


def test_a_clock_without_a_time_zone_is_refused(url):
    clock = Ticking()
    with opened(url, clock=clock) as ledger:
        ledger.append(TALKS[:1])
        clock.now = clock.now.replace(tzinfo=None)
        with pytest.raises((InvalidEvent, TypeError)):
            ledger.append(TALKS[1:2])


@pytest.mark.parametrize("note", ['"position":9007199254740991', '"recorded":"2025-07-22T12:00:02Z"'])
def test_texts_that_look_like_what_is_filled_in_stay_as_they_are(url, note, ways):
    with opened(url, clock=Ticking()) as ledger:
        ledger.append([held("2025-07-20", note=note)])
        ledger.append([held("2025-07-21", note=note)])
        assert ways() == "long short"
        assert [event.note for event in ledger.read()] == [note, note]
        assert is_sound(ledger)


def test_events_recorded_at_the_same_instant_are_not_mixed_up(url, ways):
    with opened(url, clock=lambda: NOON) as ledger:
        for event in TALKS:
            ledger.append([event])
        assert ways() == " ".join(["long"] * len(TALKS))
        assert is_sound(ledger)


def test_refusals_are_those_of_the_record(ledger):
    ledger.append(TALKS[:1])
    with pytest.raises(NotAllowed):
        ledger.append([responded("USA", "accepted")])
    with pytest.raises(VersionConflict):
        ledger.append(TALKS[1:2], expected_version={"one": 0})
    with pytest.raises(VersionConflict):
        ledger.append(TALKS[1:2], expected_version={"one": 1, "two": 1})
    with pytest.raises(InvalidEvent):
        ledger.append([held("2025-07-20", sources=[])])
    assert ledger.append(TALKS[1:2], expected_version={"one": 1, "two": 0})[0].version == 2
    assert ledger.append(TALKS[2:3], expected_version={"one": 2})[0].version == 3


def test_what_needs_a_look_at_the_record_goes_the_long_way(ledger):
    (first,) = ledger.append(TALKS[:1])
    ledger.append([Noted(track="one", occurred="2025-07-21", confirms=first.id, sources=said("RUS"))])
    ledger.append([Retracted(track="one", occurred="2025-07-21", retracts=first.id)])
    ledger.append([held("2025-07-01")])
    assert is_sound(ledger)


def test_an_event_that_is_there_is_found(ledger):
    stored = [ledger.append([attr])[0] for attr in (held("2025-07-20", id="mine"), held("2025-07-21", id="other"))]

    assert ledger.append([held("2025-07-20", id="mine")]) == (stored[0],)
    assert ledger.append([held("2025-07-21", id="other")]) == (stored[1],)
    assert ledger.head == 2


def test_events_cut_off_by_force_are_not_numbered_again(ledger, url):
    ledger.append(TALKS[:1])
    ledger.append(TALKS[1:2])
    with raw(url) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_no_delete")
        owner.execute("DELETE FROM events WHERE position = 2")
    assert ledger.append(TALKS[1:2])[0].position == 3


@pytest.fixture
def lose(monkeypatch):
    """Lose the connection at the next appends that are ready before the lane, each before or after it was done."""
    import psycopg

    from diplostate.ledger.postgres_database import Session

    through = Session.pass_through

    def arrange(*moments):
        todo = list(moments)

        def break_off(session, change):
            moment = todo.pop(0) if todo else ""
            if moment == "before":
                change = ("SELECT", ())
            rows = through(session, change)
            if moment:
                session.is_committing = True
                session.connection.close()
                raise psycopg.OperationalError("the server closed the connection unexpectedly")
            return rows

        monkeypatch.setattr(Session, "pass_through", break_off)

    return arrange


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("event_id", [None, "mine"])
def test_an_append_of_which_nobody_heard_is_never_done_twice(ledger, lose, moment, event_id):
    ledger.append(TALKS[:1])
    lose(moment)
    stored = ledger.append([held("2025-07-20", id=event_id)], expected_version={"one": 1})

    assert tuple(ledger.read())[1:] == stored
    assert is_sound(ledger)


def test_where_nobody_can_tell_the_writer_is_told_what_to_look_for(ledger, lose):
    ledger.append(TALKS[:1])
    lose("before", "before")
    with pytest.raises(LedgerError, match="nobody can tell whether event 'mine' was written: append the same again"):
        ledger.append([held("2025-07-20", id="mine")])
    assert ledger.append([held("2025-07-20", id="mine")])[0].position == 2


def test_a_projector_that_knows_of_no_drafts_is_asked_in_the_lane(url, ways):
    class Counting:
        fingerprint = "counting"

        def project(self, events):
            return str(len(list(events)))

        def admit(self, track, new, *, previous, history, strict):
            return str(int(previous or 0) + len(new))

    with opened(url, projector=Counting()) as ledger:
        ledger.append(TALKS[:1])
        ledger.append(TALKS[1:2])
        assert ways() == "long long"
        assert dict(ledger.projections()) == {"one": "2"}


def test_not_all_tracks_are_kept_in_memory(ledger, ways, monkeypatch):
    monkeypatch.setattr(postgres_draft, "MOST_TRACKS", 1)
    for track in ("one", "two", "one"):
        ledger.append([held("2025-07-20", track=track)])
    assert ways() == "long long long"
