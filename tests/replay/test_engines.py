"""Every engine comes to the status of the reference, for every track, on any day and both evidences."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import require
from support_replay import as_told

from diplostate.ledger.memory import MemoryLedger
from diplostate.replay.replaying import ENGINES, export_columns, replay
from diplostate.talks.fold import reduce
from diplostate.testing.strategies import FIRST_DAY, logs

CUTS = st.none() | st.integers(-1, 40).map(lambda ahead: FIRST_DAY + timedelta(days=ahead))
EVIDENCE = st.sampled_from(["official", "reported"])
ledgers = st.lists(logs(), max_size=6).map(lambda found: MemoryLedger(many(found)))


def many(records):
    """Several generated records as those of several tracks."""
    position = 0
    for number, record in enumerate(records):
        for event in record:
            position += 1
            yield attrs.evolve(
                event, track=f"track-{number}", id=f"{number}-{event.id}", position=position, **renamed(event, number)
            )


def renamed(event, number):
    """What an event says of other events, by their new ids."""
    names = ("retracts", "confirms", "denies")
    return {name: f"{number}-{getattr(event, name)}" for name in names if getattr(event, name, None) is not None}


def words(status):
    told = as_told(status)
    for name in ("awaited", "accepted", "declined"):
        told[name] = " ".join(told[name]) or None
    return {"awaiting": told.pop("awaited"), **told}


def rows(batches):
    return {row.pop("track"): row for batch in batches for row in batch.to_pylist()}


@settings(max_examples=settings().max_examples // 2)
@pytest.mark.parametrize("engine", ENGINES)
@given(ledger=ledgers, as_of=CUTS, evidence=EVIDENCE)
def test_engines_agree_with_the_reference(engine, tmp_path_factory, ledger, as_of, evidence):
    """On tracks that they fold, and on those that are folded event by event."""
    require(engine)
    folder = tmp_path_factory.mktemp("columns")
    export_columns(ledger, folder)

    found = rows(replay([folder], engine=engine, as_of=as_of, evidence=evidence))

    assert found == {track: words(reduce(ledger.events(track), as_of=as_of, evidence=evidence)) for track in ledger.tracks()}
