"""What every ledger that can be written promises to those who read while others write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from threading import Thread, Timer

from diplostate.errors import DiplostateError, EventNotFound, TrackNotFound
from diplostate.ledger.ask import history, reading, status, statuses
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Described, Event, Noted, Scheduled
from diplostate.talks.fold import reduce
from diplostate.talks.sources import Source
from diplostate.testing.conformance.examples import (
    NOON,
    HandClock,
    Make,
    every_kind,
    held,
    proposed,
    raises,
    responded,
    retracted,
    said,
)


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
                with raises(DiplostateError):
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
        [retracted("late"), retracted("denial"), Described(track="two", occurred="2025-07-01", title="Two")],
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
    clock = HandClock()
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
            with raises(TrackNotFound, "no track 'UKR-rus-turkey'", "did you mean 'ukr-rus-turkiye'?"):
                ask("UKR-rus-turkey")
        for name in ("\ud800", "\0", "", "é"):
            assert ledger.version(name) == 0
            with raises(TrackNotFound):
                ledger.projections(["jcpoa", name])
            with raises(EventNotFound):
                ledger.event(name)


def a_ledger_is_closed_as_often_as_one_likes(make: Make) -> None:
    """Also by the block that it is used in."""
    with make() as ledger:
        assert isinstance(ledger, Ledger)
        ledger.close()
    ledger.close()


FOLLOWING: tuple[Callable[[Make], None], ...] = (
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
"""For every ledger that can be written: what those see who read while others write."""
