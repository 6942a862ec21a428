"""``replay`` and ``export --format parquet``: columns out of a ledger, and the status of every track out of columns."""

from __future__ import annotations

import pytest
from support import SEEDS, require


@pytest.fixture
def columns(run, tmp_path):
    require("numba")
    folder = tmp_path / "columns"
    run("export", "--ledger", SEEDS, "--format", "parquet", "--output", folder)
    return folder


def test_replay_tells_who_is_awaited(run, columns):
    """Since when, in the case of July 2025."""
    shown = run("replay", columns, "--as-of", "2025-07-21").out

    assert "ukr-rus-turkiye             PENDING  2025-07-19  RUS       2025-07-19  0       0\n" in shown


def test_replay_as_csv_has_a_row_for_each_track(run, columns):
    """Track and phase first."""
    lines = run("replay", columns, "--format", "csv").out.splitlines()

    assert lines[0] == "track,phase,since,awaiting,asked,proposer,counter,accepted,declined,rounds,anomalies"
    assert len(lines) == 10
    assert '"ukr-rus-turkiye","PENDING",2025-07-19,"RUS",2025-07-19,"UKR",false,,,0,0' in lines


def test_replay_into_files(run, columns, tmp_path):
    """Their names say what they are; what is there stays, unless somebody says otherwise."""
    from pyarrow import parquet

    file = tmp_path / "statuses.parquet"

    assert run("replay", columns, "--output", file).err == f"Written: {file}\n"
    assert parquet.read_table(file)["phase"].to_pylist().count("PENDING") == 1
    assert "is there already" in run("replay", columns, "--output", file).err
    assert run("replay", columns, "--output", file, "--overwrite").code == 0
    assert run("replay", columns, "--output", tmp_path / "statuses.csv").code == 0
    assert (tmp_path / "statuses.csv").read_text() == run("replay", columns, "--format", "csv").out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--format", "parquet"], "Parquet goes into a file"),
        (["--output", "statuses.txt"], "end it in .csv or .parquet"),
        (["--output", "statuses.csv", "--format", "parquet"], "leave out --format"),
        (["--engine", "duckbd"], "did you mean 'duckdb'?"),
        (["--evidence", "B2"], "none of official, reported"),
    ],
)
def test_replay_says_what_it_cannot_do(run, columns, more, said):
    """As a usage error."""
    result = run("replay", columns, *more)

    assert (result.code, said in result.err) == (2, True), result.err


def test_replay_knows_days_and_no_hours(run, columns):
    """An instant is refused rather than rounded."""
    assert "write its day" in run("replay", columns, "--as-of", "2025-07-21T08:00Z").err


def test_what_is_no_folder_of_columns_is_refused(run, tmp_path):
    """With the command that makes one."""
    require("numba")
    result = run("replay", tmp_path)

    assert (result.code, "diplostate export --format parquet" in result.err) == (1, True)


def test_files_of_two_exports_do_not_go_together(run, columns, tmp_path):
    """One of them was copied, the other was not."""
    other = tmp_path / "other"
    run("export", "ukr-rus-turkiye", "--ledger", SEEDS, "--format", "parquet", "--output", other)
    (other / "events.parquet").replace(columns / "events.parquet")

    assert "not of one export" in run("replay", columns).err


def test_files_of_two_exports_of_one_size_do_not_go_together(run, columns, tmp_path):
    """As many rows of as many tracks need not be the same ones."""
    other = tmp_path / "other"
    run("export", "--ledger", SEEDS, "--format", "parquet", "--output", other)
    (other / "events.parquet").replace(columns / "events.parquet")

    assert "not of one export" in run("replay", columns).err


def test_statuses_do_not_replace_the_columns_that_they_are_made_of(run, columns):
    """Nor stand beside them, where they would be taken for columns."""
    before = (columns / "events.parquet").read_bytes()
    result = run("replay", columns, "--output", columns / "events.parquet", "--overwrite")

    assert (result.code, "name a file elsewhere" in result.err) == (2, True)
    assert (columns / "events.parquet").read_bytes() == before


@pytest.mark.parametrize("name", ["file.txt", "file.txt/columns"])
def test_columns_do_not_go_into_what_is_no_folder(run, tmp_path, name):
    require("numba")
    (tmp_path / "file.txt").write_text("something else")
    result = run("export", "--ledger", SEEDS, "--format", "parquet", "--output", tmp_path / name)

    assert (result.code, f"{name} cannot be written" in result.err) == (1, True)


def test_export_of_columns_needs_a_folder(run):
    """There are two files."""
    assert run("export", "--ledger", SEEDS, "--format", "parquet", "--output", "-").code == 2
    assert run("export", "--ledger", SEEDS, "--format", "parquet").code == 2
    assert run("export", "--ledger", SEEDS, "--format", "parquet", "--output", "columns.parquet").code == 2
    assert run("export", "--ledger", SEEDS, "--known-at", "2025-07-20").code == 2


def test_columns_that_are_there_stay(run, columns):
    """Unless somebody says otherwise."""
    again = ["export", "--ledger", SEEDS, "--format", "parquet", "--output", columns]

    assert "is there already" in run(*again).err
    assert run(*again, "--overwrite").code == 0


def test_columns_as_they_were_known(run, tmp_path):
    """On the 20th nobody had recorded what was said on the 21st."""
    require("numba")
    run("export", "--ledger", SEEDS, "--format", "parquet", "--known-at", "2025-07-20", "--output", tmp_path / "then")

    assert run("replay", tmp_path / "then", "--format", "csv").out.count("\n") == 3


def test_tracks_that_are_folded_event_by_event_are_announced(run, tmp_path):
    """As they are written, and as they are folded; all engines tell them."""
    require("numba")
    ledger, columns = tmp_path / "talks.sqlite", tmp_path / "columns"
    who = ["--on", "2025-07-01", "--official", "Press", "--ledger", ledger]
    run("propose", "talks", "--by", "AAA", "--to", "BBB", *who, "--speaks-for", "AAA")
    run("propose", "talks", "--by", "CCC", "--to", "BBB", *who, "--speaks-for", "CCC")
    run("respond", "talks", "--by", "BBB", "--to", "AAA", "--answer", "declined", *who, "--speaks-for", "BBB")

    written = run("export", "--ledger", ledger, "--format", "parquet", "--output", columns)
    told = run("replay", columns, "--format", "csv")

    assert "Kept event by event: 1 track (answers name a proposal)\n" in written.err
    assert told.err == "Folded event by event: 1 track (answers name a proposal)\n"
    assert '"talks","DECLINED",2025-07-01,,,"AAA",false,,"BBB",0,0\n' in told.out
