"""What changes while one looks on: by events as they come, and by time alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings

from diplostate.errors import TrackNotFound
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports.recorded import Standings
from diplostate.reports.render import render
from diplostate.reports.status import Only
from diplostate.reports.watch import line, view, watch
from diplostate.talks.events import MOVES, Noted, Retracted
from diplostate.talks.fold import reduce
from diplostate.talks.record import read
from diplostate.talks.sources import Source
from diplostate.testing.conformance import held, proposed, responded, said
from diplostate.testing.strategies import logs

MORNING = datetime(2025, 8, 1, 7, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = MORNING

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(clock):
    with MemoryLedger(clock=clock) as ledger:
        yield ledger


def told(ledger, after=0, **options):
    """All changes that are there to be told."""
    with ledger.subscribe(after=after) as feed:
        return list(watch(ledger, feed, once=True, clock=lambda: MORNING, **options))


def headlines(change):
    return change.told.before.official.headline(), change.told.after.official.headline()


def test_each_change_is_told_with_what_was_before_and_after(ledger, clock):
    ledger.append([proposed("UKR", "RUS")])
    clock.now += timedelta(hours=1)
    ledger.append([responded("RUS", "accepted")])
    first, second = told(ledger)

    assert headlines(first) == ("no talks proposed", "proposal pending official response")
    assert headlines(second) == ("proposal pending official response", "proposal accepted, date not set")
    assert [change.position for change in (first, second)] == [1, 2]
    assert second.says == "RUS accepted the proposal"
    assert [headlines(change) for change in told(ledger, after=1)] == [headlines(second)]


def test_events_after_which_everything_stands_as_before_are_not_told(ledger):
    ledger.append([Noted(track="one", occurred="2025-07-19", by="TUR", text="Good luck.", sources=said("TUR"))])

    assert told(ledger) == []


def test_a_correction_is_one_change(ledger, clock):
    ledger.append([proposed("UKR", "RUS", id="wrong"), held("2025-07-20", track="two")])
    clock.now += timedelta(hours=1)
    retracted = Retracted(track="one", occurred="2025-08-01", retracts="wrong")
    ledger.append([retracted, proposed("UKR", "TUR"), held("2025-07-22", track="two")])
    changes = told(ledger, after=2)

    assert [change.told.track for change in changes] == ["one", "two"]
    assert changes[0].told.before.official.awaiting == ("RUS",)
    assert changes[0].told.after.official.awaiting == ("TUR",)
    assert [change.position for change in changes] == [4, 5]


def test_what_is_only_reported_is_told_too(ledger):
    ledger.append([proposed("UKR", "RUS", sources=[Source(attribution="media", outlet="A newspaper")])])
    (change,) = told(ledger)

    assert headlines(change) == ("no talks proposed", "no talks proposed")
    assert "Reported  not official: no talks proposed → proposal pending official response" in render(view(change))


def test_an_anomaly_is_told(ledger):
    ledger.append([responded("RUS", "accepted")], strict=False)

    assert "RUS accepted a proposal that is not there" in render(view(told(ledger)[0]))


def test_only_what_is_asked_for_is_told(ledger):
    ledger.append([proposed("UKR", "RUS"), proposed("USA", "IRN", track="two"), held("2025-07-20", track="three")])

    assert [change.told.track for change in told(ledger, tracks=["one", "three"])] == ["one", "three"]
    assert [change.told.track for change in told(ledger, only=Only(party="IRN"))] == ["two"]
    with pytest.raises(TrackNotFound, match="did you mean 'three'"):
        told(ledger, tracks=["thre"])


@settings(max_examples=25)
@given(logs())
def test_the_changes_lead_to_where_the_tracks_stand(log):
    """Each begins where the one before it ended, whatever was recorded late, retracted or confirmed."""
    with MemoryLedger() as ledger:
        for event in log:
            ledger.append([event], strict=False)
        stands = {}
        for change in told(ledger):
            track, place = change.told.track, change.told.events[-1].version
            record = list(islice(ledger.events(track), place))
            after = Standings(official=reduce(record), reported=reduce(record, evidence="reported"))
            assert change.told.after == after
            new = {event.id for event in change.told.events}
            standings = {entry.event.id: entry.standing for entry in read(record).entries if isinstance(entry.event, MOVES)}
            told_so = {entry.event.id: entry.standing for entry in change.told.entries if isinstance(entry.event, MOVES)}
            assert told_so == {name: standing for name, standing in standings.items() if name in new}
            assert headlines(change)[0] == stands.get(track, "no talks proposed")
            stands[track] = headlines(change)[1]
        assert {track: reduce(ledger.events(track)).headline() for track in stands} == stands


def watched_while(ledger, clock, meanwhile=lambda: None, **passes):
    """What is told when so much time passes and something is done meanwhile."""
    with ledger.subscribe(after=ledger.head) as feed:
        once = iter([True])

        def wait(seconds):
            assert seconds == 60
            if next(once, False):
                meanwhile()
                clock.now += timedelta(**passes)
            else:
                feed.close()
            return ledger.head > feed.position

        feed.wait = wait
        return list(watch(ledger, feed, clock=clock))


def test_a_flag_that_time_raises_is_told_once(ledger, clock):
    """What was flagged before one looked on is what the report on the status is for."""
    ledger.append([proposed("UKR", "RUS", day="2025-07-19"), proposed("USA", "IRN", day="2025-07-01", track="two")])
    (change,) = watched_while(ledger, clock, days=1)

    assert (change.told.track, change.told.events, change.position) == ("one", (), 2)
    assert [flag.name for flag in change.raised] == ["unanswered"]
    assert render(view(change)).splitlines() == [
        "one",
        "  Status  stays: proposal pending official response",
        "  Flags   unanswered: No answer from RUS, asked on 19 July, for 14 days.",
    ]
    assert watched_while(ledger, clock, days=1) == []
    assert watched_while(ledger, clock, seconds=1) == []


def test_a_flag_that_came_with_an_event_is_told_with_it(ledger, clock):
    proposal = proposed("UKR", "RUS", day="2025-07-01")
    (change,) = watched_while(ledger, clock, lambda: ledger.append([proposal]), seconds=90)

    assert [flag.name for flag in change.raised] == ["unanswered"]
    assert headlines(change)[1] == "proposal pending official response"


def test_json_is_one_line_for_each_change(ledger):
    ledger.append([proposed("UKR", "RUS")])
    (change,) = told(ledger)
    data = json.loads(line(change))

    assert line(change).count("\n") == 1
    assert render(view(change), "json") == line(change)
    assert data["schema"] == "diplostate.change/1"
    assert (data["track"], data["position"], data["flags"]) == ("one", 1, [])
    assert data["after"]["official"]["awaiting"] == ["RUS"]
    assert [event["by"] for event in data["events"]] == ["UKR"]
