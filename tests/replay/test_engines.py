"""Every engine comes to the status of the reference, for every track, on any day and both evidences."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support import require
from support_replay import rows, words

from diplostate.ledger.memory import MemoryLedger
from diplostate.replay.parquet import Columns
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


def expected(ledger, **question):
    return {track: words(reduce(ledger.events(track), **question)) for track in ledger.tracks()}


@pytest.mark.parametrize("engine", ["numba", "duckdb", "reference"])
@given(ledger=ledgers, as_of=CUTS, evidence=EVIDENCE)
def test_engines_agree_with_the_reference(engine, tmp_path_factory, ledger, as_of, evidence):
    """On tracks that they fold, and on those that are folded event by event."""
    require(engine)
    folder = tmp_path_factory.mktemp("columns")
    export_columns(ledger, folder)

    assert rows(replay([folder], engine=engine, as_of=as_of, evidence=evidence)) == expected(
        ledger, as_of=as_of, evidence=evidence
    )


@given(ledger=ledgers, rows_at_once=st.integers(1, 9), tracks_at_once=st.integers(1, 4), evidence=EVIDENCE)
def test_batches_may_end_anywhere(tmp_path_factory, ledger, rows_at_once, tracks_at_once, evidence):
    """In the midst of a track, and of what two threads fold."""
    require("numba")
    folder = tmp_path_factory.mktemp("columns")
    export_columns(ledger, folder)
    batches, tracks = Columns.batches, Columns.track_batches
    with (
        patch.object(Columns, "batches", lambda self, columns: batches(self, columns, size=rows_at_once)),
        patch.object(Columns, "track_batches", lambda self: tracks(self, size=tracks_at_once)),
    ):
        found = rows(replay([folder], evidence=evidence))

    assert found == expected(ledger, evidence=evidence)


@settings(max_examples=2, phases=[Phase.generate])  # a query takes seconds, however little there is to fold
@given(
    ledger=st.lists(logs(), min_size=40, max_size=60).map(lambda found: MemoryLedger(many(found))),
    as_of=CUTS,
    evidence=EVIDENCE,
)
def test_spark_agrees_with_the_reference(tmp_path_factory, ledger, as_of, evidence):
    """So does the engine that starts slowest, on many tracks at once."""
    require("spark")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.sql.codegen.wholeStage", "false")  # less to compile
    builder.config("spark.sql.shuffle.partitions", 1).config("spark.ui.enabled", "false").getOrCreate()
    folder = tmp_path_factory.mktemp("columns")
    export_columns(ledger, folder)

    assert rows(replay([folder], engine="spark", as_of=as_of, evidence=evidence)) == expected(
        ledger, as_of=as_of, evidence=evidence
    )


def test_every_engine_is_tested():
    """One that is added must be added here."""
    assert set(ENGINES) == {"numba", "duckdb", "spark", "reference"}
