"""What every ledger that can be written promises to those who append."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import attrs

from diplostate.errors import (
    DiplostateError,
    EventNotFound,
    IdConflict,
    InvalidEvent,
    NotAllowed,
    TrackNotFound,
    VersionConflict,
)
from diplostate.ledger.ask import status, statuses
from diplostate.talks.events import Described, Noted, Party
from diplostate.talks.sources import Source
from diplostate.testing.conformance.examples import (
    NOON,
    HandClock,
    Make,
    every_kind,
    everything,
    held,
    proposed,
    raises,
    refuses,
    responded,
    retracted,
    said,
)


def an_empty_ledger_holds_nothing(make: Make) -> None:
    """Nothing is there, and asking for something says so."""
    with make() as ledger:
        assert (ledger.tracks(), ledger.head, ledger.version("one")) == ((), 0, 0)
        assert (list(ledger.read()), list(ledger.projections()), list(statuses(ledger))) == ([], [], [])
        with raises(TrackNotFound, "'one'"):
            ledger.events("one")
        with raises(TrackNotFound, "'one'"):
            ledger.projections(["one"])
        with raises(EventNotFound, "'e1'"):
            ledger.event("e1")


def an_append_of_nothing_writes_nothing(make: Make) -> None:
    """Not even where another version is expected."""
    with make() as ledger:
        assert ledger.append([]) == ()
        assert ledger.append([], expected_version={"one": 7}) == ()
        assert ledger.head == 0


def an_append_gives_each_event_its_id_place_and_time(make: Make) -> None:
    """What comes back is what is stored."""
    with make(clock=lambda: NOON) as ledger:
        stored = ledger.append([proposed("UKR", "RUS"), held("2025-07-23", track="two"), held("2025-07-24")])

        places = [(event.track, event.version, event.position) for event in stored]
        assert places == [("one", 1, 1), ("two", 1, 2), ("one", 2, 3)]
        assert [event.recorded for event in stored] == [NOON] * 3
        assert len({event.id for event in stored}) == 3
        assert tuple(ledger.read()) == stored
        assert tuple(ledger.events("one")) == (stored[0], stored[2])
        assert [ledger.event(event.id or "") for event in stored] == list(stored)


def ids_are_made_by_whom_the_ledger_is_given(make: Make) -> None:
    """So that a run can be had again."""
    numbers = count(1)
    with make(new_id=lambda: f"made-{next(numbers)}") as ledger:
        stored = ledger.append([held("2025-07-23"), held("2025-07-23", id="given"), held("2025-07-24")])

        assert [event.id for event in stored] == ["made-1", "given", "made-2"]


def every_field_of_every_kind_is_kept(make: Make) -> None:
    """Nothing is lost or changed between append and read."""
    record = every_kind()
    with make(clock=lambda: NOON) as ledger:
        stored = ledger.append(record, strict=False)

        assert tuple(ledger.read()) == stored
        # A branch marks what it keeps.
        aside: dict[str, Any] = {"recorded": None, "version": None, "position": None, "hypothetical": False}
        assert tuple(attrs.evolve(event, **aside) for event in stored) == record


def tracks_come_in_the_order_in_which_they_were_begun(make: Make) -> None:
    """Whatever their names are, and whatever is appended later."""
    with make() as ledger:
        for track in ("zulu", "alpha", "mike", "alpha", "zulu"):
            ledger.append([held("2025-07-23", track=track)])

        assert ledger.tracks() == ("zulu", "alpha", "mike")
        assert [ledger.version(track) for track in ledger.tracks()] == [2, 2, 1]
        assert [track for track, _ in ledger.projections()] == ["zulu", "alpha", "mike"]
        assert [track for track, _ in ledger.projections(["mike", "zulu", "mike"])] == ["mike", "zulu", "mike"]


def a_stale_writer_is_refused(make: Make) -> None:
    """Each track that is named must be at the version that the writer saw, also one that gets no event."""
    with make() as ledger:
        ledger.append([proposed("UKR", "RUS")], expected_version={"one": 0})

        refuses(ledger, VersionConflict, [held("2025-07-23")], "at version 1, you expected 0", expected_version={"one": 0})
        refuses(ledger, VersionConflict, [held("2025-07-23")], "'two' is at version 0", expected_version={"one": 1, "two": 4})
        ledger.append([held("2025-07-23"), held("2025-07-24")], expected_version={"one": 1, "two": 0})
        assert ledger.version("one") == 3


def a_batch_that_is_known_is_returned_whatever_is_expected(make: Make) -> None:
    """So that a writer who does not know whether it was heard can say it again."""
    batch = [proposed("UKR", "RUS", id="a"), held("2025-07-23", track="two", id="b")]
    with make(clock=lambda: NOON) as ledger:
        stored = ledger.append(batch, expected_version={"one": 0})
        before = everything(ledger)

        assert ledger.append(batch, expected_version={"one": 0, "two": 9}) == stored
        assert ledger.append(batch[::-1]) == stored[::-1]
        assert everything(ledger) == before


def of_a_batch_that_is_partly_known_the_rest_is_appended(make: Make) -> None:
    """And all of it is returned, in the order given."""
    with make() as ledger:
        (first,) = ledger.append([held("2025-07-20", id="a")])

        stored = ledger.append([held("2025-07-21", id="b"), held("2025-07-20", id="a"), held("2025-07-22")])
        assert stored[1] == first
        assert [event.version for event in stored] == [2, 1, 3]
        assert tuple(ledger.read()) == (first, stored[0], stored[2])
        batch = [held("2025-07-20", id="a"), held("2025-07-24")]
        refuses(ledger, VersionConflict, batch, "at version 3", expected_version={"one": 1})


def an_id_is_never_taken_twice(make: Make) -> None:
    """The same id with other content is refused, on any track, also within one batch."""
    with make() as ledger:
        ledger.append([held("2025-07-20", id="a")])

        refuses(ledger, IdConflict, [held("2025-07-21", id="a")], "track 'one', position 1", expected_version={"one": 9})
        refuses(ledger, IdConflict, [held("2025-07-20", id="a", track="two")], "'a'", "track 'one', position 1")
        refuses(ledger, IdConflict, [held("2025-07-20", id="b"), held("2025-07-21", id="b")], "'b'", "in the same batch")


def the_same_event_twice_in_a_batch_counts_once(make: Make) -> None:
    """It is returned twice and stored once."""
    with make() as ledger:
        stored = ledger.append([held("2025-07-20", id="a"), held("2025-07-21"), held("2025-07-20", id="a")])

        assert stored[0] == stored[2]
        assert (ledger.head, ledger.version("one")) == (2, 2)


def recorded_version_and_position_are_no_content(make: Make) -> None:
    """An event that was read from one ledger is the same event in another, and keeps when it was recorded."""
    with make(clock=lambda: NOON) as ledger:
        (stored,) = ledger.append([held("2025-07-20", id="a", version=7, position=9)])
        elsewhere = attrs.evolve(stored, recorded=NOON - timedelta(days=1), version=5, position=6)

        assert (stored.version, stored.position) == (1, 1)
        assert ledger.append([elsewhere]) == (stored,)


def the_clock_never_goes_back(make: Make) -> None:
    """What is recorded live ascends, though the clock of the machine may be set back."""
    clock = HandClock()
    with make(clock=clock) as ledger:
        ledger.append([held("2025-07-20")])
        clock.now = NOON - timedelta(hours=5)
        ledger.append([held("2025-07-21"), held("2025-07-22")])
        clock.now = NOON + timedelta(microseconds=1)
        ledger.append([held("2025-07-23")])

        assert [event.recorded for event in ledger.read()] == [NOON, NOON, NOON, NOON + timedelta(microseconds=1)]


def what_brings_its_time_of_recording_keeps_it(make: Make) -> None:
    """An import neither loses that time nor moves the clock of the ledger."""
    earlier, later = NOON - timedelta(days=5), NOON + timedelta(days=5)
    with make(clock=lambda: NOON) as ledger:
        ledger.append([held("2025-07-20", recorded=later), held("2025-07-20", recorded=earlier)])
        ledger.append([held("2025-07-21"), held("2025-07-20", recorded=earlier)])

        assert [event.recorded for event in ledger.read()] == [later, earlier, NOON, earlier]


def an_answer_to_nothing_is_refused(make: Make) -> None:
    """The error names the event, its phase, what is allowed there, and what it needs."""
    with make() as ledger:
        answer = responded("RUS", "accepted", id="a")
        refuses(ledger, NotAllowed, [answer], "'accepted' is not allowed in phase IDLE (track 'one', event a)", "'proposed'")
        ledger.append([proposed("UKR", "RUS"), answer])
        refuses(ledger, NotAllowed, [responded("TUR", "accepted")], "phase ACCEPTED", "answers by RUS to UKR", "addresses TUR")


def an_answer_to_nothing_is_kept_where_nobody_is_strict(make: Make) -> None:
    """The world did happen; the anomaly is shown, and no later append is blamed for it."""
    with make() as ledger:
        ledger.append([responded("RUS", "accepted", id="a")], strict=False)

        assert [anomaly.event_id for anomaly in status(ledger, "one").anomalies] == ["a"]
        ledger.append([held("2025-07-23")])


def a_late_event_may_not_orphan_a_later_answer(make: Make) -> None:
    """The error names the answer that would be orphaned, not the event that would do it."""
    with make() as ledger:
        ledger.append([proposed("UKR", "RUS"), responded("RUS", "accepted", id="answer")])

        refuses(ledger, NotAllowed, [held("2025-07-20", id="late")], "event answer", "phase HELD", "(event late)")
        refuses(ledger, NotAllowed, [retracted(next(ledger.read()).id)], "event answer", "phase IDLE")


def a_correction_is_judged_as_a_whole(make: Make) -> None:
    """A retraction and the right event, appended together, may pass through what alone would be refused."""
    with make() as ledger:
        ledger.append([proposed("UKR", "TUR", id="wrong"), proposed("UKR", "RUS", track="two")])
        ledger.append([responded("TUR", "declined", id="answer")])

        ledger.append([retracted("wrong"), proposed("UKR", "TUR", day="2025-07-18")])
        assert status(ledger, "one").phase == "DECLINED"


def strictness_looks_at_the_fold_of_the_events_own_standing(make: Make) -> None:
    """What is only reported cannot make what is official be refused."""
    leak = (Source(attribution="media", outlet="A newspaper"),)
    with make() as ledger:
        ledger.append([proposed("UKR", "RUS"), held("2025-07-20", sources=leak)])

        ledger.append([responded("RUS", "accepted")])
        assert status(ledger, "one").phase == "ACCEPTED"
        assert len(status(ledger, "one", evidence="reported").anomalies) == 1
        rumour = responded("RUS", "declined", day="2025-07-22", sources=leak)
        refuses(ledger, NotAllowed, [rumour], "phase HELD", "as reported")


def a_malformed_event_is_refused_with_all_its_faults(make: Make) -> None:
    """Each with the event, by its id or by its place in the batch, and the path of its field."""
    faulty = [held("2025-07-20"), held("..", sources=()), held("2025-07-20", id="mine", round=0, track="two")]
    with make(clock=lambda: NOON) as ledger:
        refuses(
            ledger, InvalidEvent, faulty, "event 2 of the batch:sources", "event 2 of the batch:occurred", "event 'mine':round"
        )
        refuses(ledger, InvalidEvent, [held("2025-07-20", round=-1)], "round: round -1")
        refuses(ledger, InvalidEvent, [held("2025-07-20", track="no track")], "track: 'no track' is not a track id")
        refuses(ledger, InvalidEvent, [held("2025-07-20", track="\ud800", id="\ud800")], "surrogate")


def what_has_not_happened_is_refused(make: Make) -> None:
    """What lies in the future, and what is hypothetical; a branch takes both."""
    with make(clock=lambda: NOON) as ledger:
        refuses(ledger, InvalidEvent, [held("2036-01-01")], "occurred: 2036-01-01 lies after the day", "2025-08-01")
        refuses(ledger, InvalidEvent, [held("2025-07-20"), held("2025-07-20", hypothetical=True)], "hypothetical", "no fact")


def a_party_must_be_declared_where_parties_are(make: Make) -> None:
    """As the record declares them up to the event's own place."""
    parties = Described(track="one", occurred="2025-07-01", parties=[Party(code="UKR"), Party(code="RUS")], id="parties")
    with make() as ledger:
        ledger.append([proposed("XXX", "YYY"), parties, proposed("UKR", "RUS")])

        refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ")], "to[0]: party 'RUZ' is not declared", "did you mean 'RUS'")
        wider = attrs.evolve(parties, parties=[*(parties.parties or ()), Party(code="RUZ")], id="wider")
        refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ"), wider], "event 1 of the batch:to[0]")
        ledger.append([wider, proposed("UKR", "RUZ"), retracted("wider", id="back")])
        refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ", track="one")], "'RUZ' is not declared")
        ledger.append([retracted("back"), proposed("UKR", "RUZ")])


def a_reference_must_name_an_earlier_event_of_its_track(make: Make) -> None:
    """Of the record, or of the batch."""
    note = Noted(track="one", occurred="2025-07-24", sources=said("RUS"), confirms="held")
    with make() as ledger:
        refuses(ledger, InvalidEvent, [note], "confirms: 'held' names no earlier event of this track")
        refuses(ledger, InvalidEvent, [note, held("2025-07-23", id="held")], "names no earlier event")
        ledger.append([held("2025-07-23", id="held"), note])
        ledger.append([attrs.evolve(note, confirms=None, denies="held")])
        refuses(ledger, InvalidEvent, [retracted("held", track="two")], "retracts: 'held' names no earlier event")
        refuses(ledger, InvalidEvent, [retracted("helt")], "did you mean 'held'")


def what_is_refused_leaves_no_gap(make: Make) -> None:
    """Positions and versions go on from the last event, whatever was refused in between."""
    with make() as ledger:
        ledger.append([held("2025-07-20", id="a")])
        for bad in (held("2025-07-20", round=0), held("2025-07-21", id="a"), responded("RUS", "accepted")):
            with raises(DiplostateError):
                ledger.append([held("2025-07-22"), held("2025-07-22", track="two"), bad])
        ledger.append([held("2025-07-23")])

        assert [(event.position, event.version) for event in ledger.read()] == [(1, 1), (2, 2)]


APPENDING: tuple[Callable[[Make], None], ...] = (
    an_empty_ledger_holds_nothing,
    an_append_of_nothing_writes_nothing,
    an_append_gives_each_event_its_id_place_and_time,
    ids_are_made_by_whom_the_ledger_is_given,
    every_field_of_every_kind_is_kept,
    tracks_come_in_the_order_in_which_they_were_begun,
    a_stale_writer_is_refused,
    a_batch_that_is_known_is_returned_whatever_is_expected,
    of_a_batch_that_is_partly_known_the_rest_is_appended,
    an_id_is_never_taken_twice,
    the_same_event_twice_in_a_batch_counts_once,
    recorded_version_and_position_are_no_content,
    the_clock_never_goes_back,
    what_brings_its_time_of_recording_keeps_it,
    an_answer_to_nothing_is_refused,
    an_answer_to_nothing_is_kept_where_nobody_is_strict,
    a_late_event_may_not_orphan_a_later_answer,
    a_correction_is_judged_as_a_whole,
    strictness_looks_at_the_fold_of_the_events_own_standing,
    a_malformed_event_is_refused_with_all_its_faults,
    what_has_not_happened_is_refused,
    a_party_must_be_declared_where_parties_are,
    a_reference_must_name_an_earlier_event_of_its_track,
    what_is_refused_leaves_no_gap,
)
"""For every ledger that can be written: what is taken, what is refused, and what each event gets."""
