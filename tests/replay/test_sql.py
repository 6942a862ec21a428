"""The machine in SQL: an aggregate for PostgreSQL, a query for DuckDB and Spark."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from support import ROOT, require
from support_postgres import NAMES, url_for
from support_replay import LINES, day, named, shown

from diplostate import wiring
from diplostate.replay.columns import track_rows
from diplostate.replay.replaying import export_columns
from diplostate.replay.sql import postgres, script
from diplostate.replay.step import START, step
from diplostate.testing.strategies import TRACK, logs


@pytest.fixture(params=NAMES, scope="module")
def database(request):
    """A schema in which the script was run."""
    url = url_for(request.param, __name__)
    import psycopg

    with psycopg.connect(re.sub("&schema=.*", "", url), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS folded CASCADE; CREATE SCHEMA folded; SET search_path TO folded")
        connection.execute(postgres())
        connection.execute("CREATE TABLE events (place integer, day date, official integer)")
        yield connection
        connection.execute("DROP SCHEMA folded CASCADE")


_AFTER_EACH = """
SELECT (told).* FROM (
  SELECT place, diplostate_status(official, day) OVER (ORDER BY place) AS told FROM events
) AS each ORDER BY place
"""


def load(database, found):
    rows = [(place, row.day, row.official) for place, row in enumerate(found.rows) if row.until is None]
    database.execute("TRUNCATE events")
    with database.cursor() as cursor:
        cursor.executemany("INSERT INTO events VALUES (%s, %s, %s)", rows)
    return rows


def told(state, parties):
    """A state as the aggregate tells it, but with the names of the parties."""
    expected = shown(state, parties)
    expected["awaiting"] = expected.pop("awaited")
    return expected


@given(record=logs())
def test_postgres_tells_the_status_after_each_event(database, record):
    """With OVER a window in the order of the fold; the last one is the status."""
    found = track_rows(TRACK, record)
    rows = [] if found.unfolded else load(database, found)
    if not rows:
        return
    states, state = [], START
    for _, on, symbol in rows:
        state = step(LINES, *state, symbol, (on - day(0)).days)
        states.append(told(state, found.parties))

    cursor = database.execute(_AFTER_EACH)
    names = [column.name for column in cursor.description]
    given = [dict(zip(names, row, strict=True)) for row in cursor]
    for status in given:
        for name in ("awaiting", "accepted", "declined"):
            status[name] = named(status[name], found.parties)
        status["proposer"] = next(iter(named(status["proposer"], found.parties)), None)

    assert given == states


def test_postgres_tells_nothing_of_a_track_that_is_not_folded(database):
    """Its symbols are missing."""
    database.execute("TRUNCATE events")
    database.execute("INSERT INTO events VALUES (1, '2025-07-19', NULL), (2, '2025-07-20', NULL)")

    assert database.execute("SELECT (diplostate_status(official, day ORDER BY place)).phase FROM events").fetchone() == (None,)


def test_postgres_names_the_parties_of_bits(database):
    """By their numbers in the list of the track."""
    assert database.execute("SELECT diplostate_parties(5, 'AAA BBB CCC')").fetchone() == ("AAA CCC",)


@pytest.mark.parametrize("name", ["duckdb", "spark", "postgres"])
def test_scripts_say_how_they_are_used(name):
    """In comments in front of what runs."""
    lines = script(name).splitlines()

    assert lines[0] == f"-- Made from the machine of diplostate by: diplostate machine --format {name}"
    assert "diplostate export" in script(name) or "SELECT track" in lines[1]


def test_the_script_for_duckdb_runs_as_it_is_printed(tmp_path):
    """Once the two views are there that it speaks of."""
    require("duckdb")
    import duckdb

    export_columns(wiring.open(ROOT / "seeds"), tmp_path)
    with duckdb.connect() as connection:
        for name in ("events", "tracks"):
            connection.execute(f"CREATE VIEW {name} AS FROM '{tmp_path}/{name}.parquet'")
        told = connection.execute(script("duckdb")).fetchall()

    assert ("ukr-rus-turkiye", "PENDING", date(2025, 7, 19), "RUS") in [row[:4] for row in told]
