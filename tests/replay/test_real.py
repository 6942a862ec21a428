"""Records that nobody made up: the coded cases, and all of ICEWS14, on every engine that is there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support import require
from support_replay import rows, words

from diplostate import wiring
from diplostate.codings.bring import import_coded, read_coded
from diplostate.replay.replaying import export_columns, replay
from diplostate.talks.fold import reduce


def cases():
    return wiring.open(Path(str(require("shared"))) / "cases")


def icews14():
    ledger = wiring.open("memory:")
    coded = read_coded("icews-tkg", [Path(str(require("shared"))) / "data/icews/icews14_talks.tsv.gz"])
    import_coded(ledger, coded, today=date(2026, 1, 1))
    return ledger


@pytest.mark.parametrize(("record", "cuts"), [(cases, ["2015-09-01", "2025-06-01"]), (icews14, ["2014-03-15", "2014-09-01"])])
def test_engines_agree_on_real_records(record, cuts, tmp_path):
    """At the end and on two days before, on both evidences."""
    engines = ("numba", "duckdb", "reference")
    for engine in engines:
        require(engine)
    with record() as ledger:
        export_columns(ledger, tmp_path)
        for evidence in ("official", "reported"):
            for as_of in (None, *cuts):
                expected = {
                    track: words(reduce(ledger.events(track), as_of=as_of, evidence=evidence)) for track in ledger.tracks()
                }
                for engine in engines:
                    assert rows(replay([tmp_path], engine=engine, as_of=as_of, evidence=evidence)) == expected
