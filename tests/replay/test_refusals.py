"""What replay refuses: engines that are not installed or too old, columns that are not what they should be."""

from __future__ import annotations

import sys

import pytest
from support import require

from diplostate.errors import DiplostateError, Invalid, LedgerError, MissingExtra
from diplostate.ledger.memory import MemoryLedger
from diplostate.replay import bulk, duck
from diplostate.replay.parquet import arrow
from diplostate.replay.replaying import export_columns, replay
from diplostate.testing.conformance import held, proposed


@pytest.fixture
def columns(tmp_path):
    require("numba")
    with MemoryLedger() as ledger:
        ledger.append([proposed("UKR", "RUS"), held("2025-07-23", track="one")])
        export_columns(ledger, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("engine", "module", "extra"),
    [("numba", "numba", "bulk"), ("duckdb", "duckdb", "duckdb"), ("spark", "pyspark.sql", "spark")],
)
def test_an_engine_that_is_not_installed_names_its_extra(columns, monkeypatch, engine, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    bulk.compiled_fold.cache_clear()

    with pytest.raises(MissingExtra, match=rf"pip install 'diplostate\[{extra}\]'"):
        list(replay([columns], engine=engine))


def test_without_arrow_its_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with MemoryLedger() as ledger, pytest.raises(MissingExtra, match=r"pip install 'diplostate\[bulk\]'"):
        export_columns(ledger, tmp_path)


def test_a_duckdb_that_folds_otherwise_is_refused(columns, monkeypatch):
    """Those before 2.0 give wrong answers, and no error."""
    require("duckdb")
    monkeypatch.setattr(duck, "OLDEST", 99)

    with pytest.raises(LedgerError, match=r"^DuckDB \d.* folds otherwise than the machine: install 99\.0 or newer"):
        list(replay([columns], engine="duckdb"))


def test_rows_that_are_not_in_the_order_of_the_fold_are_refused(columns):
    """Somebody sorted the file by something else."""
    pa = arrow()
    file = columns / "events.parquet"
    table, marks = pa.parquet.read_table(file), pa.parquet.read_metadata(file).metadata
    with pa.parquet.ParquetWriter(file, table.schema) as writer:
        writer.write_table(table.take(list(range(len(table)))[::-1]))
        writer.add_key_value_metadata({name: mark for name, mark in marks.items() if name.startswith(b"diplostate.")})

    with pytest.raises(Invalid, match="is dated before the row above it"):
        list(replay([columns]))


@pytest.mark.parametrize("name", ["events", "tracks"])
@pytest.mark.parametrize("engine", ["numba", "duckdb", "spark", "reference"])
def test_columns_with_a_damaged_page_are_refused(columns, engine, name):
    """The statuses would be others, and nobody would know."""
    require(engine)
    file = columns / f"{name}.parquet"
    group = arrow().parquet.read_metadata(file).row_group(0)
    damaged = bytearray(file.read_bytes())
    for column in map(group.column, range(group.num_columns)):
        damaged[column.dictionary_page_offset or column.data_page_offset] ^= 0xFF
    file.write_bytes(damaged)

    with pytest.raises(LedgerError, match=f"{columns}.*write the folder anew with diplostate export"):
        list(replay([columns], engine=engine))


def test_a_flipped_bit_is_no_other_status(columns):
    """Where it is in a day, nothing else would show it: every page has its checksum."""
    file = columns / "events.parquet"
    days = arrow().parquet.read_metadata(file).row_group(0).column(2)
    damaged = bytearray(file.read_bytes())
    damaged[days.data_page_offset + days.total_compressed_size - 1] ^= 0x01
    file.write_bytes(damaged)

    with pytest.raises(LedgerError, match=r"events\.parquet cannot be read \(.*CRC"):
        list(replay([columns]))


def test_a_file_that_is_no_columns_is_refused(columns):
    (columns / "events.parquet").write_bytes(b"PAR1 is not enough")

    with pytest.raises(DiplostateError, match=r"events\.parquet"):
        list(replay([columns]))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"engine": "abacus"}, "no engine 'abacus': ask for one of numba, duckdb"),
        ({"evidence": "B2"}, "columns hold no evidence 'B2'"),
        ({"as_of": "2025-07-23T12:00Z"}, "is an instant, and columns know days"),
    ],
)
def test_what_columns_cannot_tell_is_refused(columns, question, said):
    with pytest.raises(Invalid, match=said):
        list(replay([columns], **question))
