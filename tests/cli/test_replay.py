"""``replay`` and ``export --format parquet``: columns out of a ledger, and the status of every track out of columns."""

from __future__ import annotations

import pytest
from support import require

from cli.conftest import SEEDS


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
