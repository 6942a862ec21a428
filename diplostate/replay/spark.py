"""The engine for what no machine holds alone: the query on Spark, in the active session or a new one (extra ``spark``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from diplostate.errors import LedgerError, MissingExtra
from diplostate.replay.parquet import Columns
from diplostate.replay.sql import query
from diplostate.replay.statuses import told_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession


def statuses(columns: Columns, evidence: str, as_of: date | None) -> Iterator[pa.RecordBatch]:
    """The statuses in words of the tracks that engines fold, ordered by track; they are collected where this runs."""
    spark = session()
    try:
        for name, file in (("events", columns.events_file), ("tracks", columns.tracks_file)):
            spark.read.parquet(str(file.absolute())).createOrReplaceTempView(name)
        found = spark.sql(query("spark", evidence=evidence, as_of=as_of)).toArrow()
    except Exception as error:  # what is raised depends on how Spark is connected
        raise LedgerError(
            f"Spark could not fold {columns.folder}: its log says why; if the files are damaged, write the folder anew with "
            "diplostate export"
        ) from error
    for batch in found.to_batches():
        yield batch.cast(told_schema())


def session() -> SparkSession:
    """The session that is active, or a new one as the environment configures it: on this machine, where it says nothing."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtra(package="pyspark", extra="spark") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take whichever Python comes first
    try:
        return SparkSession.builder.appName("diplostate").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except (PySparkException, OSError) as error:
        raise LedgerError(
            f"Spark does not start ({error}): it needs Java 17 or newer; set JAVA_HOME, or install one"
        ) from error
