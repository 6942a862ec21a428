"""Ledgers with random records, for what holds whatever they hold."""

from __future__ import annotations

import itertools

import attrs
from hypothesis import strategies as st

from diplostate.ledger.memory import MemoryLedger
from diplostate.testing.strategies import logs


@st.composite
def ledgers(draw):
    """A ledger in memory with up to three tracks whose events come in turn."""
    tracks = ("one", "two", "three")[: draw(st.integers(1, 3))]
    found = [[_of_track(event, track) for event in draw(logs(max_size=8))] for track in tracks]
    return MemoryLedger([event for turn in itertools.zip_longest(*found) for event in turn if event is not None])


def _of_track(event, track):
    return attrs.evolve(event, track=track, id=f"{track}-{event.id}", **renamed(event, track))


def renamed(event, track):
    """What an event names, by the ids that these events have on a track of a ledger of several."""
    verbs = ("retracts", "confirms", "denies")
    return {verb: f"{track}-{target}" for verb in verbs if (target := getattr(event, verb, None)) is not None}
