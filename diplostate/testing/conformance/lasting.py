"""What a ledger promises that chains its events, and one that outlives the handle by which it was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from threading import Timer

from diplostate.errors import VersionConflict
from diplostate.ledger.ask import status
from diplostate.ledger.codec import body
from diplostate.ledger.protocol import Ledger, Sealable
from diplostate.ledger.sealing import Row, chained, verify
from diplostate.talks.fold import reduce
from diplostate.testing.conformance.examples import NOON, Make, every_kind, everything, held, refuses


def every_event_is_chained(make: Make) -> None:
    """As anyone can compute it from the texts: events of batches, single ones, and those that follow a refused append."""
    with make() as ledger:
        assert list(_rows(ledger)) == []
        ledger.append(every_kind(), strict=False)
        ledger.append([held("2025-07-20", id="x"), held("2025-07-20", track="two"), held("2025-07-21")])
        refuses(ledger, VersionConflict, [held("2025-07-22")], "at version 2", expected_version={"one": 1})
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
        before = everything(ledger)
    with make() as again:
        assert everything(again) == before
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

        refuses(one, VersionConflict, [held("2025-07-22")], "at version 2", expected_version={"one": 1})
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
