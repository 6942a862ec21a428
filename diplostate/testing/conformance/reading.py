"""What every ledger promises to those who read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from diplostate.errors import EventNotFound, LedgerError, TrackNotFound
from diplostate.ledger.ask import history, status, statuses
from diplostate.talks.events import Event
from diplostate.talks.fold import reduce
from diplostate.testing.conformance.examples import NOON, Hold, every_kind, proposed, raises, responded


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
            with raises(TrackNotFound, "no track 'onne'", "did you mean 'one'?"):
                ask("onne")
        with raises(EventNotFound, "'e99'"):
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
        with raises(LedgerError, "position 13", "the end of this ledger, which is 12"):
            ledger.subscribe(after=13)


READING: tuple[Callable[[Hold], None], ...] = (
    it_reads_what_it_holds,
    it_tells_where_its_tracks_stand,
    it_knows_what_it_does_not_know,
    it_can_be_followed_from_any_position,
)
"""For every ledger, also one that can only be read."""
