"""The engine for those whose data lives in DuckDB: one query over the Parquet files (extra ``duckdb``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from diplostate.errors import LedgerError, MissingExtra
from diplostate.replay.parquet import Columns, unreadable
from diplostate.replay.sql import query
from diplostate.replay.statuses import told_schema

if TYPE_CHECKING:
    import pyarrow as pa

OLDEST = 2
"""Before, ``list_reduce`` took no state of several parts, and could fold wrongly from a constant."""


def statuses(columns: Columns, evidence: str, as_of: date | None) -> Iterator[pa.RecordBatch]:
    """The statuses in words of the tracks that engines fold, ordered by track."""
    try:
        import duckdb
    except ImportError:
        raise MissingExtra(package="duckdb", extra="duckdb") from None
    if int(duckdb.__version__.split(".")[0]) < OLDEST:
        raise LedgerError(
            f"DuckDB {duckdb.__version__} folds otherwise than the machine: install {OLDEST}.0 or newer, or say --engine numba"
        )
    with duckdb.connect() as connection:
        try:
            for name, file in (("events", columns.events_file), ("tracks", columns.tracks_file)):
                connection.read_parquet(str(file)).create_view(name)
            for batch in connection.sql(query("duckdb", evidence=evidence, as_of=as_of)).to_arrow_reader():
                yield batch.cast(told_schema())
        except duckdb.Error as error:
            raise unreadable(columns.folder, error) from error
