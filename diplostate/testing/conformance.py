"""What every ledger promises, as checks that any store can be held to.

A store of your own joins by one line for each list::

    @pytest.mark.parametrize("check", [*CHECKS, *DURABLE], ids=lambda check: check.__name__)
    def test_my_ledger_keeps_its_promises(check, tmp_path):
        check(lambda **options: MyLedger(tmp_path / "mine", **options))

    @pytest.mark.parametrize("check", READING, ids=lambda check: check.__name__)
    def test_my_ledger_reads_what_it_holds(check, tmp_path):
        check(lambda record: my_ledger_that_holds(tmp_path, record))

A check raises ``AssertionError`` where a promise is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from threading import Thread, Timer
from typing import Any

import attrs

from diplostate.errors import (
    DiplostateError,
    EventNotFound,
    IdConflict,
    InvalidEvent,
    LedgerError,
    NotAllowed,
    TrackNotFound,
    VersionConflict,
)
from diplostate.ledger.ask import history, reading, status, statuses
from diplostate.ledger.codec import body
from diplostate.ledger.protocol import Ledger, Sealable
from diplostate.ledger.sealing import Row, chained, verify
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
)
from diplostate.talks.fold import reduce
from diplostate.talks.sources import Source

Make = Callable[..., Ledger]
"""Opens the ledger under test, empty when a check begins; takes the keywords ``clock`` and ``new_id``. Called again, a
durable ledger opens the same record once more."""

Hold = Callable[[Sequence[Event]], Ledger]
"""Opens a ledger that holds this record: events of two tracks with ids and times of recording, in the order of the ledger."""

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
"""The time of the checks."""


def said(party: str) -> tuple[Source, ...]:
    """One official source that speaks for this party."""
    return (Source(attribution="official", outlet="Press service", speaks_for=party),)


def proposed(by: str, to: str, day: str = "2025-07-19", **more: Any) -> Proposed:
    """An official proposal on track ``one``."""
    return Proposed(**{"track": "one", "occurred": day, "by": by, "to": [to], "sources": said(by), **more})


def responded(by: str, answer: str, day: str = "2025-07-21", **more: Any) -> Responded:
    """An official answer on track ``one``."""
    return Responded(**{"track": "one", "occurred": day, "by": by, "answer": answer, "sources": said(by), **more})


def held(day: str, **more: Any) -> Held:
    """A meeting on track ``one``."""
    return Held(**{"track": "one", "occurred": day, "sources": said("UKR"), **more})


def every_kind() -> tuple[Event, ...]:
    """One event of every kind, with every field that it may have, on track ``full``."""
    source = Source(
        attribution="state_media",
        outlet="Агентство “A”",
        speaker="É. Ö. \U0001f54a",
        speaks_for="RUS",
        url="https://example.org/?a=1&b=%20",
        published="2025-07-19",
        reliability="B",
        credibility=2,
        note='quotes " and \\ and\nlines\u2028',
    )
    terms: dict[str, Any] = {
        "round": 3,
        "venue": "İstanbul",
        "window": "2025-07-21/2025-07-27",
        "level": "ministers",
        "tier": "1.5",
        "format": "direct",
        "agenda": ["prisoners", "children"],
        "respond_by": "2025-07-25T12:00Z",
    }
    common: dict[str, Any] = {"track": "full", "occurred": "2025-07-19~", "sources": [source, *said("UKR")], "note": "n"}
    parties = [Party(code="UKR", name="Ukraine"), Party(code="RUS"), Party(code="TUR", role="host")]
    links = [Link("prepares", "leaders")]
    return (
        Described(**common, id="a", title="Talks", parties=parties, links=links),
        Proposed(**common, **terms, id="b", by="UKR", to=["RUS", "TUR"]),
        Responded(**common, **terms, id="c", by="RUS", answer="countered", to="UKR", conditions=["first", "second"]),
        Scheduled(
            **common, id="d", on="2025-07-23", venue="İstanbul", host="TUR", level="heads", heads={"UKR": "R. U."}, round=3
        ),
        Held(**common, id="e", until="..", venue="İstanbul", round=3, absent=["TUR"], outcomes={"prisoners": "agreed"}),
        Stalled(**common, id="f", reason="postponed", by="RUS"),
        Noted(**common, id="g", text="t", by="UKR", confirms="d", links=links),
        Noted(**common, id="h", by="RUS", denies="e"),
        Retracted(**common, id="i", retracts="f", reason="wrong day"),
        Concluded(**common, id="j", outcome="merged", into="leaders"),
    )


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def _raises(kind: type[DiplostateError], *words: str) -> Iterator[None]:
    message = None
    try:
        yield
    except kind as error:
        message = str(error)
    assert message is not None, f"{kind.__name__} was not raised"
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def _refuses(ledger: Ledger, kind: type[DiplostateError], events: Sequence[Event], *words: str, **options: Any) -> None:
    """The append is refused in these words, and leaves no trace."""
    before = _all(ledger)
    with _raises(kind, *words):
        ledger.append(events, **options)
    assert _all(ledger) == before


def _all(ledger: Ledger) -> tuple[object, ...]:
    """Everything that can be asked without a question."""
    tracks = ledger.tracks()
    return tuple(ledger.read()), ledger.head, tracks, [ledger.version(track) for track in tracks], list(ledger.projections())


# What every ledger promises to those who read


def _record() -> tuple[Event, ...]:
    answered = (proposed("UKR", "RUS", id="x"), responded("RUS", "accepted", id="y"))
    return tuple(attrs.evolve(event, recorded=NOON) for event in (*every_kind(), *answered))


def it_reads_what_it_holds(hold: Hold) -> None:
    """All events and those of one track, in order, without a loss, and each with its place."""
    record = _record()
    places = [*((place, place) for place in range(1, 11)), (11, 1), (12, 2)]
    expected = [attrs.evolve(event, position=at, version=no) for event, (at, no) in zip(record, places, strict=True)]
    with hold(record) as ledger:
        assert list(ledger.read()) == expected
        assert list(ledger.read(after=3, limit=4)) == expected[3:7]
        assert (ledger.head, ledger.tracks()) == (12, ("full", "one"))
        for track in ledger.tracks():
            events = [event for event in expected if event.track == track]
            assert list(ledger.events(track)) == events
            assert ledger.version(track) == len(events)
        assert [ledger.event(event.id or "") for event in expected] == expected


def it_tells_where_its_tracks_stand(hold: Hold) -> None:
    """On any evidence and at any time, as the fold does."""
    cuts: list[dict[str, Any]] = [{}, *({"evidence": name} for name in ("reported", "B2"))]
    cuts += [{"as_of": "2025-07-20"}, {"known_at": "2025-07-31"}, {"as_of": NOON, "known_at": NOON, "evidence": "reported"}]
    with hold(_record()) as ledger:
        for cut in cuts:
            expected = [(track, reduce(ledger.events(track), **cut)) for track in ledger.tracks()]
            assert list(statuses(ledger, **cut)) == expected
            assert list(statuses(ledger, ["one"], **cut)) == expected[1:]
            assert [step.after for step in history(ledger, "one", **cut)][-1:] in ([expected[1][1]], [])


def it_knows_what_it_does_not_know(hold: Hold) -> None:
    """No track, no event, no projection that is not there."""
    with hold(_record()) as ledger:
        assert ledger.version("nowhere") == 0
        for ask in (ledger.events, lambda name: ledger.projections(["one", name]), lambda name: status(ledger, name)):
            with _raises(TrackNotFound, "no track 'onne'", "did you mean 'one'?"):
                ask("onne")
        with _raises(EventNotFound, "'e99'"):
            ledger.event("e99")


def it_can_be_followed_from_any_position(hold: Hold) -> None:
    """What is there comes first; a position that it never reached is refused, for it is that of another ledger."""
    with hold(_record()) as ledger:
        expected = list(ledger.read())
        for after in (0, 3, 12, -1):
            with ledger.subscribe(after=after) as feed:
                assert feed.position == max(after, 0)
                assert feed.wait(0) is (after < 12)
                assert list(feed.pending()) == expected[max(after, 0) :]
                assert (feed.position, feed.wait(0), list(feed.pending())) == (12, False, [])
        with _raises(LedgerError, "position 13", "the end of this ledger, which is 12"):
            ledger.subscribe(after=13)


READING: tuple[Callable[[Hold], None], ...] = (
    it_reads_what_it_holds,
    it_tells_where_its_tracks_stand,
    it_knows_what_it_does_not_know,
    it_can_be_followed_from_any_position,
)
"""For every ledger, also one that can only be read."""


# What every ledger that can be written promises


def an_empty_ledger_holds_nothing(make: Make) -> None:
    """Nothing is there, and asking for something says so."""
    with make() as ledger:
        assert (ledger.tracks(), ledger.head, ledger.version("one")) == ((), 0, 0)
        assert (list(ledger.read()), list(ledger.projections()), list(statuses(ledger))) == ([], [], [])
        with _raises(TrackNotFound, "'one'"):
            ledger.events("one")
        with _raises(TrackNotFound, "'one'"):
            ledger.projections(["one"])
        with _raises(EventNotFound, "'e1'"):
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

        _refuses(ledger, VersionConflict, [held("2025-07-23")], "at version 1, you expected 0", expected_version={"one": 0})
        _refuses(ledger, VersionConflict, [held("2025-07-23")], "'two' is at version 0", expected_version={"one": 1, "two": 4})
        ledger.append([held("2025-07-23"), held("2025-07-24")], expected_version={"one": 1, "two": 0})
        assert ledger.version("one") == 3


def a_batch_that_is_known_is_returned_whatever_is_expected(make: Make) -> None:
    """So that a writer who does not know whether it was heard can say it again."""
    batch = [proposed("UKR", "RUS", id="a"), held("2025-07-23", track="two", id="b")]
    with make(clock=lambda: NOON) as ledger:
        stored = ledger.append(batch, expected_version={"one": 0})
        before = _all(ledger)

        assert ledger.append(batch, expected_version={"one": 0, "two": 9}) == stored
        assert ledger.append(batch[::-1]) == stored[::-1]
        assert _all(ledger) == before


def of_a_batch_that_is_partly_known_the_rest_is_appended(make: Make) -> None:
    """And all of it is returned, in the order given."""
    with make() as ledger:
        (first,) = ledger.append([held("2025-07-20", id="a")])

        stored = ledger.append([held("2025-07-21", id="b"), held("2025-07-20", id="a"), held("2025-07-22")])
        assert stored[1] == first
        assert [event.version for event in stored] == [2, 1, 3]
        assert tuple(ledger.read()) == (first, stored[0], stored[2])
        batch = [held("2025-07-20", id="a"), held("2025-07-24")]
        _refuses(ledger, VersionConflict, batch, "at version 3", expected_version={"one": 1})


def an_id_is_never_taken_twice(make: Make) -> None:
    """The same id with other content is refused, on any track, also within one batch."""
    with make() as ledger:
        ledger.append([held("2025-07-20", id="a")])

        _refuses(ledger, IdConflict, [held("2025-07-21", id="a")], "track 'one', position 1", expected_version={"one": 9})
        _refuses(ledger, IdConflict, [held("2025-07-20", id="a", track="two")], "'a'", "track 'one', position 1")
        _refuses(ledger, IdConflict, [held("2025-07-20", id="b"), held("2025-07-21", id="b")], "'b'", "in the same batch")


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
    clock = _Clock()
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
        _refuses(ledger, NotAllowed, [answer], "'accepted' is not allowed in phase IDLE (track 'one', event a)", "'proposed'")
        ledger.append([proposed("UKR", "RUS"), answer])
        _refuses(ledger, NotAllowed, [responded("TUR", "accepted")], "phase ACCEPTED", "answers by RUS to UKR", "addresses TUR")


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

        _refuses(ledger, NotAllowed, [held("2025-07-20", id="late")], "event answer", "phase HELD", "(event late)")
        _refuses(ledger, NotAllowed, [_retracted(next(ledger.read()).id)], "event answer", "phase IDLE")


def a_correction_is_judged_as_a_whole(make: Make) -> None:
    """A retraction and the right event, appended together, may pass through what alone would be refused."""
    with make() as ledger:
        ledger.append([proposed("UKR", "TUR", id="wrong"), proposed("UKR", "RUS", track="two")])
        ledger.append([responded("TUR", "declined", id="answer")])

        ledger.append([_retracted("wrong"), proposed("UKR", "TUR", day="2025-07-18")])
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
        _refuses(ledger, NotAllowed, [rumour], "phase HELD", "as reported")


def a_malformed_event_is_refused_with_all_its_faults(make: Make) -> None:
    """Each with the event, by its id or by its place in the batch, and the path of its field."""
    faulty = [held("2025-07-20"), held("..", sources=()), held("2025-07-20", id="mine", round=0, track="two")]
    with make(clock=lambda: NOON) as ledger:
        _refuses(
            ledger, InvalidEvent, faulty, "event 2 of the batch:sources", "event 2 of the batch:occurred", "event 'mine':round"
        )
        _refuses(ledger, InvalidEvent, [held("2025-07-20", round=-1)], "round: round -1")
        _refuses(ledger, InvalidEvent, [held("2025-07-20", track="no track")], "track: 'no track' is not a track id")
        _refuses(ledger, InvalidEvent, [held("2025-07-20", track="\ud800", id="\ud800")], "surrogate")


def what_has_not_happened_is_refused(make: Make) -> None:
    """What lies in the future, and what is hypothetical; a branch takes both."""
    with make(clock=lambda: NOON) as ledger:
        _refuses(ledger, InvalidEvent, [held("2036-01-01")], "occurred: 2036-01-01 lies after the day", "2025-08-01")
        _refuses(ledger, InvalidEvent, [held("2025-07-20"), held("2025-07-20", hypothetical=True)], "hypothetical", "no fact")


def a_party_must_be_declared_where_parties_are(make: Make) -> None:
    """As the record declares them up to the event's own place."""
    parties = Described(track="one", occurred="2025-07-01", parties=[Party(code="UKR"), Party(code="RUS")], id="parties")
    with make() as ledger:
        ledger.append([proposed("XXX", "YYY"), parties, proposed("UKR", "RUS")])

        _refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ")], "to[0]: party 'RUZ' is not declared", "did you mean 'RUS'")
        wider = attrs.evolve(parties, parties=[*(parties.parties or ()), Party(code="RUZ")], id="wider")
        _refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ"), wider], "event 1 of the batch:to[0]")
        ledger.append([wider, proposed("UKR", "RUZ"), _retracted("wider", id="back")])
        _refuses(ledger, InvalidEvent, [proposed("UKR", "RUZ", track="one")], "'RUZ' is not declared")
        ledger.append([_retracted("back"), proposed("UKR", "RUZ")])


def a_reference_must_name_an_earlier_event_of_its_track(make: Make) -> None:
    """Of the record, or of the batch."""
    note = Noted(track="one", occurred="2025-07-24", sources=said("RUS"), confirms="held")
    with make() as ledger:
        _refuses(ledger, InvalidEvent, [note], "confirms: 'held' names no earlier event of this track")
        _refuses(ledger, InvalidEvent, [note, held("2025-07-23", id="held")], "names no earlier event")
        ledger.append([held("2025-07-23", id="held"), note])
        ledger.append([attrs.evolve(note, confirms=None, denies="held")])
        _refuses(ledger, InvalidEvent, [_retracted("held", track="two")], "retracts: 'held' names no earlier event")
        _refuses(ledger, InvalidEvent, [_retracted("helt")], "did you mean 'held'")


def what_is_refused_leaves_no_gap(make: Make) -> None:
    """Positions and versions go on from the last event, whatever was refused in between."""
    with make() as ledger:
        ledger.append([held("2025-07-20", id="a")])
        for bad in (held("2025-07-20", round=0), held("2025-07-21", id="a"), responded("RUS", "accepted")):
            with _raises(DiplostateError):
                ledger.append([held("2025-07-22"), held("2025-07-22", track="two"), bad])
        ledger.append([held("2025-07-23")])

        assert [(event.position, event.version) for event in ledger.read()] == [(1, 1), (2, 2)]


def reading_goes_on_from_any_position(make: Make) -> None:
    """Behind it, and not further than is asked for; in as many pages as it takes."""
    with make() as ledger:
        stored = ledger.append([held("2025-07-20", track=f"t{number % 3}") for number in range(1234)])

        assert list(ledger.read()) == list(stored)
        assert list(ledger.read(after=1200)) == list(stored[1200:])
        assert list(ledger.read(after=7, limit=600)) == list(stored[7:607])
        assert list(ledger.read(after=1230, limit=600)) == list(stored[1230:])
        assert list(ledger.read(limit=0)) == list(ledger.read(after=1234)) == list(ledger.read(after=10**30)) == []
        assert list(ledger.read(after=-5, limit=2)) == list(stored[:2])
        assert list(ledger.events("t1")) == list(stored[1::3])


def a_reader_that_pauses_is_in_nobodys_way(make: Make) -> None:
    """Others go on writing, and it reads on what they wrote."""
    with make() as ledger:
        ledger.append([held("2025-07-20", track=f"t{number % 3}") for number in range(700)])
        everything, track = ledger.read(), ledger.events("t0")
        next(everything), next(track)

        ledger.append([held("2025-07-23", track="t0", id="new")])
        assert [event.id for event in everything][-1] == [event.id for event in track][-1] == "new"


def a_subscriber_gets_each_event_once_and_in_order(make: Make) -> None:
    """Those that are there, then those that come, from batches too, and nothing of what was refused."""
    with make() as ledger, ledger.subscribe() as feed:
        ledger.append([held("2025-07-20", id="a"), held("2025-07-20", id="b", track="two")])

        def write() -> None:
            for number in range(20):
                ledger.append([held("2025-07-21", id=f"n{number}", track=f"t{number % 3}"), held("2025-07-22")])
                with _raises(DiplostateError):
                    ledger.append([held("2025-07-21"), held("2025-07-21", id="a")])

        writer = Thread(target=write)
        writer.start()
        seen = list(islice(feed, 42))
        writer.join()
        assert seen == list(ledger.read())
        assert [event.position for event in seen] == list(range(1, 43))
        assert (feed.position, feed.wait(0)) == (42, False)


def a_subscriber_goes_on_where_it_stood(make: Make) -> None:
    """By the position that it kept; also within the events that came with one append, and in an iteration of its own."""
    with make() as ledger:
        stored = ledger.append([held("2025-07-20", id=f"n{number}") for number in range(7)])
        with ledger.subscribe(after=2) as feed:
            assert list(islice(feed, 2)) == list(stored[2:4])
            assert next(iter(feed)) == stored[4]
            position = feed.position
        with ledger.subscribe(after=position) as feed:
            assert list(feed.pending()) == list(stored[5:])


def a_subscriber_that_pauses_is_in_nobodys_way(make: Make) -> None:
    """Others go on writing while it deals with an event, and it gets what they wrote."""
    with make() as ledger:
        ledger.append([held("2025-07-20", track=f"t{number % 3}") for number in range(700)])
        with ledger.subscribe() as feed:
            events = iter(feed)
            first = next(events)
            ledger.append([held("2025-07-23", track="t0", id="new")])
            assert [first, *islice(events, 700)] == list(ledger.read())


def a_subscription_ends_when_it_is_closed(make: Make) -> None:
    """Also while it waits, by another thread; and waiting ends when its time is over."""
    with make() as ledger:
        ledger.append([held("2025-07-20")])
        with ledger.subscribe() as feed:
            closer = Timer(0.05, feed.close)
            closer.start()
            assert len(list(feed)) == 1
            closer.join()
            feed.close()
            ledger.append([held("2025-07-21")])
            assert (list(feed), feed.wait(0), list(feed.pending())) == ([], False, [])
        with ledger.subscribe(after=2) as feed:
            assert not feed.wait(0.02)


def projections_are_what_the_fold_comes_to(make: Make) -> None:
    """On both evidences, after every append: in turn, late, retracted, confirmed and denied."""
    leak = (Source(attribution="media", outlet="A newspaper"),)
    batches: list[list[Event]] = [
        [proposed("UKR", "RUS", sources=leak, id="leak")],
        [responded("RUS", "acknowledged"), proposed("USA", "RUS", track="two")],
        [Scheduled(track="one", occurred="2025-07-22", on="2025-07-23", sources=said("UKR"), id="set")],
        [Noted(track="one", occurred="2025-07-22", sources=said("RUS"), by="RUS", denies="set", id="denial")],
        [held("2025-07-20", id="late")],
        [_retracted("late"), _retracted("denial"), Described(track="two", occurred="2025-07-01", title="Two")],
        [proposed("UKR", "RUS", day="2025-07-25", venue="Geneva"), responded("RUS", "countered", day="2025-07-26")],
        list(every_kind()),
    ]
    with make() as ledger:
        for batch in batches:
            ledger.append(batch, strict=False)

            for track in ledger.tracks():
                record = list(ledger.events(track))
                for evidence in ("official", "reported", "B2"):
                    assert status(ledger, track, evidence=evidence) == reduce(record, evidence=evidence)


def both_axes_of_time_are_cut(make: Make) -> None:
    """As the fold does, by the days on which events happened and by those on which they were recorded."""
    clock = _Clock()
    with make(clock=clock) as ledger:
        ledger.append([proposed("UKR", "RUS"), responded("RUS", "accepted")])
        clock.now = NOON + timedelta(days=1)
        ledger.append([held("2025-07-23")])

        assert status(ledger, "one", as_of="2025-07-20").phase == "PENDING"
        assert status(ledger, "one", known_at="2025-08-01").phase == "ACCEPTED"
        assert [(track, found.phase) for track, found in statuses(ledger, as_of="2025-07-22")] == [("one", "ACCEPTED")]
        assert [(step.before.phase, step.after.phase) for step in history(ledger, "one")] == [
            ("IDLE", "PENDING"),
            ("PENDING", "ACCEPTED"),
            ("ACCEPTED", "HELD"),
        ]
        assert len(reading(ledger, "one", as_of="2025-07-20").moves) == 1


def a_name_that_nobody_knows_is_answered_with_the_nearest(make: Make) -> None:
    """And one that no record can hold is unknown like any other."""
    with make() as ledger:
        ledger.append([held("2025-07-20", track="ukr-rus-turkiye"), held("2025-07-20", track="jcpoa")])

        for ask in (ledger.events, lambda name: status(ledger, name), lambda name: status(ledger, name, as_of="2025-07-20")):
            with _raises(TrackNotFound, "no track 'UKR-rus-turkey'", "did you mean 'ukr-rus-turkiye'?"):
                ask("UKR-rus-turkey")
        for name in ("\ud800", "\0", "", "é"):
            assert ledger.version(name) == 0
            with _raises(TrackNotFound):
                ledger.projections(["jcpoa", name])
            with _raises(EventNotFound):
                ledger.event(name)


def a_ledger_is_closed_as_often_as_one_likes(make: Make) -> None:
    """Also by the block that it is used in."""
    with make() as ledger:
        assert isinstance(ledger, Ledger)
        ledger.close()
    ledger.close()


CHECKS: tuple[Callable[[Make], None], ...] = (
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
    reading_goes_on_from_any_position,
    a_reader_that_pauses_is_in_nobodys_way,
    a_subscriber_gets_each_event_once_and_in_order,
    a_subscriber_goes_on_where_it_stood,
    a_subscriber_that_pauses_is_in_nobodys_way,
    a_subscription_ends_when_it_is_closed,
    projections_are_what_the_fold_comes_to,
    both_axes_of_time_are_cut,
    a_name_that_nobody_knows_is_answered_with_the_nearest,
    a_ledger_is_closed_as_often_as_one_likes,
)
"""For every ledger that can be written."""


def _retracted(target: str | None, **more: Any) -> Retracted:
    return Retracted(**{"track": "one", "occurred": "2025-07-25", "retracts": target, **more})


# What a ledger promises that keeps the chain of its events


def every_event_is_chained(make: Make) -> None:
    """As anyone can compute it from the texts: events of batches, single ones, and those that follow a refused append."""
    with make() as ledger:
        assert list(_rows(ledger)) == []
        ledger.append(every_kind(), strict=False)
        ledger.append([held("2025-07-20", id="x"), held("2025-07-20", track="two"), held("2025-07-21")])
        _refuses(ledger, VersionConflict, [held("2025-07-22")], "at version 2", expected_version={"one": 1})
        ledger.append([held("2025-07-20", id="x"), held("2025-07-22")])
        ledger.append([held("2025-07-20", id="x")])

        stored = [
            (event.position or 0, event.id or "", event.track, event.version or 0, body(event)) for event in ledger.read()
        ]
        assert list(_rows(ledger)) == list(chained(stored))
        assert verify(_rows(ledger)).position == ledger.head == 14


def the_chain_is_read_from_any_position(make: Make) -> None:
    """In as many pages as it takes."""
    with make() as ledger:
        ledger.append([held("2025-07-20", track=f"t{number % 3}") for number in range(1234)])
        rows = list(_rows(ledger))
        assert [row.position for row in rows] == list(range(1, 1235))
        assert list(_rows(ledger, after=7)) == rows[7:]
        assert list(_rows(ledger, after=-5)) == rows
        assert list(_rows(ledger, after=1234)) == list(_rows(ledger, after=10**30)) == []


def _rows(ledger: Ledger, after: int = 0) -> Iterator[Row]:
    assert isinstance(ledger, Sealable)
    return ledger.rows(after=after)


SEALED: tuple[Callable[[Make], None], ...] = (every_event_is_chained, the_chain_is_read_from_any_position)
"""For every ledger that keeps the chain of its events."""


# What a ledger promises that outlives the handle by which it was opened


def what_was_appended_is_there_when_it_is_opened_again(make: Make) -> None:
    """All of it: events, tracks and projections, and the record goes on where it was."""
    with make() as ledger:
        ledger.append(every_kind(), strict=False)
        ledger.append([held("2025-07-20")])
        before = _all(ledger)
    with make() as again:
        assert _all(again) == before
        (event,) = again.append([held("2025-07-21")])
        assert (event.version, event.position) == (2, 12)


def the_clock_never_goes_back_over_a_restart(make: Make) -> None:
    """Nor when only imports came in between."""
    with make(clock=lambda: NOON) as ledger:
        ledger.append([held("2025-07-20")])
    with make(clock=lambda: NOON - timedelta(days=3)) as ledger:
        ledger.append([held("2025-07-20", recorded=NOON - timedelta(days=9))])
        (event,) = ledger.append([held("2025-07-21")])
        assert event.recorded == NOON


def two_handles_see_one_record(make: Make) -> None:
    """What one appends the other sees at once, and a stale writer of the other is refused."""
    with make() as one, make() as other:
        one.append([held("2025-07-20", id="a")])
        assert list(other.read()) == list(one.read())
        other.append([held("2025-07-21")], expected_version={"one": 1})

        _refuses(one, VersionConflict, [held("2025-07-22")], "at version 2", expected_version={"one": 1})
        assert [event.id for event in islice(one.append([held("2025-07-20", id="a")]), 1)] == ["a"]
        assert status(one, "one") == status(other, "one") == reduce(one.events("one"))


def a_subscriber_sees_what_another_handle_appends(make: Make) -> None:
    """Before it waits and while it does."""
    with make() as one, make() as other, one.subscribe() as feed:
        (first,) = other.append([held("2025-07-20", id="a")])
        events = iter(feed)
        assert next(events) == first
        writer = Timer(0.05, other.append, [[held("2025-07-21", id="b")]])
        writer.start()
        assert next(events).id == "b"
        writer.join()


DURABLE: tuple[Callable[[Make], None], ...] = (
    what_was_appended_is_there_when_it_is_opened_again,
    the_clock_never_goes_back_over_a_restart,
    two_handles_see_one_record,
    a_subscriber_sees_what_another_handle_appends,
)
"""For every ledger that keeps its record when it is closed."""
