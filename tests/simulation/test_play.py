"""The clock that walks a ledger: in the right order, with the right statuses, and with nothing of the future in sight."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_ledgers import ledgers

import diplostate
from diplostate.errors import DiplostateError, Invalid, InvalidEvent, NotAllowed, TrackNotFound
from diplostate.ledger.codec import status_to_dict, to_dict
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.simulation import order
from diplostate.simulation.play import play
from diplostate.talks.events import Described, Noted, Party, Retracted
from diplostate.talks.fold import reduce
from diplostate.talks.record import Fate, read
from diplostate.testing.conformance import NOON, held, proposed, responded, said
from diplostate.testing.strategies import FIRST_DAY, days, logs

TALKS = "ukr-rus-turkiye"
EVIDENCES = st.sampled_from(["official", "reported", "B2"])
AXES = st.sampled_from(["happened", "known"])
PATIENT = settings(deadline=None)
FEW = settings(deadline=None, max_examples=max(10, settings.default.max_examples // 5))
"""For what takes long: days of a simulation that looks at everything."""


def text(played):
    """All that there is to see of a step."""
    return played.now, to_dict(played.event), status_to_dict(played.before), status_to_dict(played.after)


# The order, and the statuses.


@PATIENT
@given(ledgers(), EVIDENCES)
def test_what_happened_comes_in_the_order_of_the_fold_and_comes_to_its_statuses(ledger, evidence):
    """Every event but those that were retracted, by the day on which it counts; after each day, the status as of that day."""
    steps = list(play(ledger, evidence=evidence))

    places = [(step.now, step.event.position) for step in steps]
    assert places == sorted(places)
    assert all(step.now == step.event.day for step in steps)
    entries = [entry for track in ledger.tracks() for entry in read(ledger.events(track)).entries]
    wanted = {
        entry.event.id for entry in entries if entry.fate is not Fate.RETRACTED and not isinstance(entry.event, Retracted)
    }
    assert {step.event.id for step in steps} == wanted
    assert len(steps) == len(wanted)
    last = {(step.event.track, step.now): step.after for step in steps}
    for (track, day), after in last.items():
        assert after == reduce(ledger.events(track), as_of=day, evidence=evidence)


@PATIENT
@given(ledgers(), EVIDENCES)
def test_what_was_known_comes_as_it_was_recorded_and_comes_to_what_was_known(ledger, evidence):
    """Every event, retracted ones and their retractions too."""
    steps = list(play(ledger, axis="known", evidence=evidence))

    assert [step.event.id for step in steps] == [
        event.id for event in sorted(ledger.read(), key=lambda event: (event.known, event.position))
    ]
    for track in ledger.tracks():
        own = [step for step in steps if step.event.track == track]
        for step, following in itertools.zip_longest(own, own[1:]):
            assert step.now == step.event.known
            if following is None or following.now > step.now:
                assert step.after == reduce(ledger.events(track), known_at=step.now, evidence=evidence)


@PATIENT
@given(ledgers(), AXES, EVIDENCES)
def test_before_is_what_after_was(ledger, axis, evidence):
    """In each track; and what is asked for in between is the last one."""
    walk, latest = play(ledger, axis=axis, evidence=evidence), {}
    for event, before, after in walk:
        assert before == latest.get(event.track, reduce([]))
        latest[event.track] = after
        assert walk.status(event.track) == after
        assert dict(walk.statuses()) == latest
        assert reduce(walk.events(event.track), evidence=evidence) == after


@PATIENT
@given(ledgers(), AXES, st.integers(1, 3), st.integers(0, 2))
def test_a_walk_in_small_chunks_is_the_same(ledger, axis, chunk, gap):
    """However few events are held at a time."""
    expected = [text(step) for step in play(ledger, axis=axis)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "_CHUNK", chunk)
        patch.setattr(order, "_GAP", gap)
        assert [text(step) for step in play(ledger, axis=axis)] == expected


@PATIENT
@given(ledgers(), AXES)
def test_the_same_ledger_gives_the_same_walk_to_the_byte(ledger, axis):
    """A second time, and from a copy."""
    one, other = (repr([text(step) for step in play(ledger, axis=axis)]) for _ in range(2))

    assert one == other
    with MemoryLedger(ledger.read()) as copy:
        assert repr([text(step) for step in play(copy, axis=axis)]) == one


def test_a_walk_through_sqlite_is_the_same(seeds, tmp_path):
    with SqliteLedger(tmp_path / "talks.sqlite") as ledger:
        ledger.append(list(seeds.read()), strict=False)
        assert [text(step) for step in play(ledger)] == [text(step) for step in play(seeds)]


def test_a_step_unpacks_and_says_when(seeds):
    first = next(step for step in diplostate.play(seeds) if step.event.kind == "proposed")
    event, before, after = first

    assert (event.track, before.phase, after.phase, first.now) == (TALKS, "IDLE", "PENDING", date(2025, 7, 19))


def test_some_tracks_can_be_walked_alone(seeds):
    assert {step.event.track for step in play(seeds, tracks=[TALKS])} == {TALKS}
    with pytest.raises(TrackNotFound, match="did you mean"):
        play(seeds, tracks=["ukr-rus-turkey"])


# Start and end.


@PATIENT
@given(ledgers(), AXES, days(), days())
def test_from_start_to_end_is_that_part_of_the_walk(ledger, axis, one, other):
    """Inclusive; what came before the start counts, though it is not told."""
    start, end = min(one, other), max(one, other)
    found = [text(step) for step in play(ledger, axis=axis, start=start, end=end)]

    def day(step):
        return step.now if axis == "happened" else step.now.date()

    assert found == [text(step) for step in play(ledger, axis=axis) if start <= day(step) <= end]


def test_before_the_first_event_the_clock_stands_before_the_start(seeds):
    assert play(seeds).now is None
    assert play(seeds, start="2025-07-21").now == date(2025, 7, 20)
    assert play(seeds, start="2025-07-21").status(TALKS).phase == "PENDING"
    assert play(seeds, start="2025-07-21", axis="known").now == datetime(2025, 7, 20, 23, 59, 59, 999999, UTC)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"axis": "valid"}, "'valid' is no axis of time"),
        ({"start": "2025-07-22", "end": "2025-07-21"}, "swap them"),
        ({"start": "2025-07"}, "not one day"),
        ({"end": "2025-07-21T10:00Z"}, "goes by days"),
        ({"evidence": "gossip"}, "no evidence"),
    ],
)
def test_what_cannot_be_read_is_refused(seeds, options, message):
    with pytest.raises(Invalid, match=message):
        play(seeds, **options)


def test_instants_are_for_the_axis_of_what_was_known(seeds):
    noon = play(seeds, axis="known", start="2025-07-19T12:00Z", end="2025-07-21T23:59:59Z")

    assert len(list(noon)) == seeds.head
    assert len(list(play(seeds, axis="known", end="2025-07-21T23:59:58Z"))) == 4


# The clock.


def test_the_clock_goes_to_a_moment_though_nothing_happens(seeds):
    walk = play(seeds)

    assert [len(list(walk.advance(day))) for day in ("2025-07-18", "2025-07-19", "2025-07-20", "2025-07-21")] == [0, 4, 0, 19]
    assert walk.now == date(2025, 7, 21)
    assert list(walk.advance(date(2035, 1, 1))) == []
    assert walk.now == date(2035, 1, 1)
    with pytest.raises(Invalid, match="never goes back"):
        walk.advance("2034-12-31")


def test_a_day_can_be_interrupted(seeds):
    """What has not been told is not in sight."""
    walk = play(seeds)
    assert next(walk.advance("2025-07-21")).event.track == "ukr-rus-leaders"
    assert walk.tracks() == ("ukr-rus-leaders",)
    with pytest.raises(TrackNotFound):
        walk.status(TALKS)
    assert len(list(walk.advance("2025-07-21"))) == 22


def test_what_is_appended_meanwhile_is_not_seen():
    with MemoryLedger(clock=lambda: NOON) as ledger:
        ledger.append([proposed("UKR", "RUS")])
        walk = play(ledger)
        ledger.append([held("2025-07-20"), held("2025-07-20", track="two")])

        assert [step.event.kind for step in walk] == ["proposed"]
        walk.schedule(responded("RUS", "accepted", "2025-07-21"))
        assert [step.after.phase for step in walk] == ["ACCEPTED"]


def late():
    """A meeting of 1 July that was recorded on 5 July, and retracted on 9 July."""
    at = {day: datetime(2025, 7, day, 12, tzinfo=UTC) for day in (2, 5, 9)}
    ledger = MemoryLedger()
    ledger.append([proposed("UKR", "RUS", "2025-07-02", id="a", recorded=at[2])])
    ledger.append([held("2025-07-01", id="b", recorded=at[5])])
    ledger.append([held("2025-07-08", id="c", recorded=at[9])])
    return ledger, Retracted(track="one", occurred="2025-07-09", retracts="b", id="d", recorded=at[9])


def test_on_the_axis_of_what_happened_late_knowledge_is_there_from_the_start():
    """Unless it is asked what was known."""
    ledger, retraction = late()
    walk = play(ledger)
    list(walk.advance("2025-07-01"))
    assert (walk.status("one").phase, walk.status("one", known=True).phase) == ("HELD", "IDLE")
    list(walk.advance("2025-07-05"))
    assert (walk.status("one").rounds, walk.status("one", known=True).rounds) == (1, 1)
    ledger.append([retraction])

    walk = play(ledger)
    assert [step.event.id for step in walk.advance("2025-07-08")] == ["a", "c"]
    assert (walk.status("one").rounds, walk.status("one", known=True).rounds) == (1, 1)
    walk = play(ledger)
    list(walk.advance("2025-07-06"))
    assert (walk.status("one").rounds, walk.status("one", known=True).rounds) == (0, 1)
    list(walk.advance("2025-07-09"))
    assert (walk.status("one").rounds, walk.status("one", known=True).rounds) == (1, 1)


def test_on_the_axis_of_what_was_known_events_come_when_the_record_learns_of_them():
    ledger, retraction = late()
    ledger.append([retraction])

    assert [(step.event.id, step.now.day, step.after.phase, step.after.rounds) for step in play(ledger, axis="known")] == [
        ("a", 2, "PENDING", 0),
        ("b", 5, "PENDING", 1),
        ("c", 9, "HELD", 2),
        ("d", 9, "HELD", 1),
    ]


# Nothing of the future.


class Curious:
    """A simulation that looks at everything, and acts by what it sees."""

    def __init__(self, walk):
        self.walk, self.seen = walk, []

    def live(self, until):
        day = FIRST_DAY - timedelta(days=3)
        while day < until:
            day += timedelta(days=1)
            while self.walk.now != self.go(day):
                self.look()
            self.look()
            if crc32(str(self.seen[-3:]).encode()) % 3 == 0:
                self.act(day)
        return self.seen

    def go(self, day):
        """As far as it comes; where it stands then."""
        try:
            for step in self.walk.advance(day):
                self.note(text(step))
                self.look()
        except DiplostateError as error:
            self.note(str(error))
            return None
        return self.walk.now

    def note(self, *facts):
        self.seen.append(facts)

    def look(self):
        walk = self.walk
        self.note(walk.now, walk.tracks(), [(track, status_to_dict(status)) for track, status in walk.statuses().items()])
        for track in walk.tracks():
            self.note([to_dict(event) for event in walk.events(track)], status_to_dict(walk.status(track, known=True)))
        self.note(str(self.error(lambda: walk.status("nowhere"))), [to_dict(event) for event in walk.own])

    def act(self, day):
        ahead = timedelta(days=len(self.seen) % 4)
        by = ("UKR", "RUS")[len(self.seen) % 2]
        event = (proposed("UKR", "RUS", day + ahead), responded(by, "declined", day + ahead))[len(self.seen) % 2]
        self.walk.schedule(event, strict=False)

    @staticmethod
    def error(work):
        with pytest.raises(TrackNotFound) as found:
            work()
        return found.value


def otherwise(event, is_future):
    """The same event, or where it lies in the future another one in its place."""
    if not is_future:
        return event
    return held("2036-01-01", id=event.id, track=event.track, recorded=datetime(2036, 1, 1, tzinfo=UTC), note="something else")


@FEW
@given(ledgers(), days())
def test_nothing_that_happens_later_can_be_seen(ledger, today):
    """Two ledgers that differ only in what happens after today cannot be told apart today, whatever is done."""
    retracted = {event.retracts for event in ledger.read() if isinstance(event, Retracted)}
    kept = [event for event in ledger.read() if event.id not in retracted and not isinstance(event, Retracted)]
    same, other = MemoryLedger(kept), MemoryLedger(otherwise(event, event.day > today) for event in kept)

    assert Curious(play(other)).live(today) == Curious(play(same)).live(today)


@FEW
@given(ledgers(), days())
def test_nothing_that_is_recorded_later_can_be_seen_where_the_clock_follows_what_was_known(ledger, today):
    """Neither late events nor retractions."""
    other = MemoryLedger(otherwise(event, event.known.date() > today) for event in ledger.read())

    assert Curious(play(other, axis="known")).live(today) == Curious(play(ledger, axis="known")).live(today)


@PATIENT
@given(ledgers(), days())
def test_nothing_that_is_recorded_later_can_be_seen_where_it_is_asked_what_was_known(ledger, today):
    """On the axis of what happened too."""
    other = MemoryLedger(otherwise(event, event.day > today or event.known.date() > today) for event in ledger.read())

    def known(walk):
        list(walk.advance(today))
        return {track: walk.status(track, known=True) for track in ledger.tracks() if track in walk.tracks()}

    one, two = known(play(ledger)), known(play(other))
    assert {track: one[track] for track in one.keys() & two.keys()} == {track: two[track] for track in one.keys() & two.keys()}
    for track, status in one.items():
        assert status == reduce(ledger.events(track), as_of=today, known_at=today)


# What a simulation adds.


def test_what_is_scheduled_comes_when_its_time_comes(seeds):
    walk = play(seeds)
    walk.schedule(responded("RUS", "declined", "2025-07-25", track=TALKS))
    walk.schedule(responded("RUS", "accepted", "2025-07-20", track=TALKS))
    moves = [
        (step.now.day, step.event.symbol, step.event.hypothetical, step.after.phase)
        for step in walk
        if step.after != step.before
    ]

    assert [move for move in moves if move[1] != "described" and move[1] != "noted"] == [
        (19, "proposed", False, "PENDING"),
        (20, "accepted", True, "ACCEPTED"),
        (21, "proposed", False, "PENDING"),
        (25, "declined", True, "DECLINED"),
    ]
    assert [event.symbol for event in walk.own] == ["accepted", "declined"]
    assert diplostate.status(seeds, TALKS).phase == "PENDING"
    assert diplostate.status(walk.branch(), TALKS).phase == "DECLINED"
    assert [event.id for event in walk.branch().own] == [event.id for event in walk.own]


def test_a_simulation_reacts_to_what_it_sees(seeds):
    """What it schedules while it walks comes in the same walk, behind the events of that day."""
    walk = play(seeds)
    for event, _, after in walk:
        if event.track == TALKS and after.awaiting == ("RUS",) and event.symbol == "proposed":
            walk.schedule(responded("RUS", "accepted", event.day, track=TALKS))

    assert [event.day.day for event in walk.own] == [19, 21]
    assert walk.status(TALKS).phase == "ACCEPTED"


def test_a_new_track_can_be_begun():
    walk = play(MemoryLedger())
    walk.schedule(proposed("UKR", "RUS", "2025-07-20", track="new"))

    assert walk.tracks() == ()
    assert [step.after.phase for step in walk] == ["PENDING"]
    assert walk.tracks() == ("new",)


def test_what_is_past_cannot_be_scheduled(seeds):
    walk = play(seeds)
    list(walk.advance("2025-07-22"))

    with pytest.raises(Invalid, match="2025-07-21 is past: the clock stands at 2025-07-22"):
        walk.schedule(held("2025-07-21"))
    walk.schedule(held("2025-07-22"))
    assert [step.now for step in walk.advance("2025-07-22")] == [date(2025, 7, 22)]


def test_what_is_not_allowed_is_refused_when_its_time_comes_by_what_can_be_seen_then(seeds):
    """The walk goes on behind it, and nothing of it is left."""
    walk = play(seeds)
    walk.schedule(responded("RUS", "accepted", "2025-07-18", track=TALKS))
    walk.schedule(held("2025-07-22", round=0, track=TALKS))
    with pytest.raises(NotAllowed, match="phase IDLE"):
        next(walk)
    assert (walk.tracks(), walk.own) == ((), ())
    assert len(list(walk.advance("2025-07-21"))) == seeds.head
    with pytest.raises(InvalidEvent, match="round 0 cannot be"):
        next(walk)
    assert list(walk) == []
    assert walk.status(TALKS).phase == "PENDING"


def test_what_is_not_allowed_can_be_kept_as_an_anomaly():
    walk = play(MemoryLedger())
    walk.schedule(responded("RUS", "accepted", "2025-07-18"), strict=False)

    assert [len(step.after.anomalies) for step in walk] == [1]


def test_references_and_parties_are_judged_by_what_can_be_seen():
    ledger = MemoryLedger(clock=lambda: NOON)
    ledger.append(
        [
            held("2025-07-25", id="later"),
            Described(track="one", occurred="2025-07-25", parties=[Party(code="UKR"), Party(code="RUS")]),
        ]
    )
    walk = play(ledger)
    walk.schedule(Noted(track="one", occurred="2025-07-20", denies="later", by="UKR", sources=said("UKR")))
    with pytest.raises(InvalidEvent, match="names no earlier event"):
        next(walk)
    walk.schedule(proposed("UKR", "XXX", "2025-07-21"))
    walk.schedule(proposed("UKR", "YYY", "2025-07-26"))
    assert next(walk).after.phase == "PENDING"
    list(walk.advance("2025-07-25"))
    with pytest.raises(InvalidEvent, match="'YYY' is not declared"):
        next(walk)


@PATIENT
@given(ledgers(), logs(max_size=8), AXES)
def test_what_is_scheduled_folds_as_if_it_were_on_record(ledger, record, axis):
    """The statuses of the walk are those of all its events."""
    walk = play(ledger, axis=axis)
    for event in record:
        if not isinstance(event, Retracted) and not isinstance(event, Noted) and not isinstance(event, Described):
            walk.schedule(attrs.evolve(event, track="one", id=f"own-{event.id}"), strict=False)
    played = []
    while True:
        try:
            played.append(next(walk))
        except InvalidEvent:
            continue
        except StopIteration:
            break
        track = played[-1].event.track
        assert played[-1].after == reduce(walk.events(track))
    assert [(step.now, step.event.id) for step in played] == sorted(
        ((step.now, step.event.id) for step in played), key=lambda pair: pair[0]
    )


def test_a_branch_can_be_played(seeds):
    branch = seeds.branch()
    branch.append([responded("RUS", "declined", "2025-07-25", track=TALKS)])

    *_, last = play(branch)
    assert (last.event.hypothetical, last.after.phase) == (True, "DECLINED")
