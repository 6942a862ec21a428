"""The events of a ledger in another order than that in which it keeps them, of which few are held at a time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import Event

_CHUNK = 10_000
"""Events that are held at a time."""
_GAP = 32
"""Events that are rather read and left out than stepped over by one more question to the ledger."""


def ordered(events: Iterable[Event], key: Callable[[Event], int | None]) -> Sequence[int]:
    """The positions of events by their keys, then by themselves; events without a key are left out.

    Holds two numbers for each event, and no event.
    """
    keys, positions = array("q"), array("Q")
    for event in events:
        found = key(event)
        if found is not None:
            keys.append(found)
            positions.append(event.position or 0)
    return array("Q", (positions[place] for place in sorted(range(len(keys)), key=keys.__getitem__)))


def events_at(ledger: Ledger, positions: Sequence[int]) -> Iterator[Event]:
    """The events at these positions, in this order.

    A chunk of positions at a time is looked up in the order of the ledger, neighbours together: so it takes few questions also
    where the tracks of a ledger lie one behind the other.
    """
    for start in range(0, len(positions), _CHUNK):
        chunk = positions[start : start + _CHUNK]
        wanted = set(chunk)
        held: dict[int, Event] = {}
        for first, last in _ranges(sorted(wanted)):
            events = ledger.read(after=first - 1, limit=last - first + 1)
            held.update((event.position, event) for event in events if event.position in wanted)
        for position in chunk:
            yield held.pop(position)


def _ranges(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending positions as ranges, inclusive, without small gaps between them."""
    first = last = positions[0]
    for position in positions[1:]:
        if position - last > _GAP:
            yield first, last
            first = position
        last = position
    yield first, last
