"""``tracks`` as a reader uses it."""

from __future__ import annotations

import pytest
from support import SEEDS

EVENING = ("--ledger", SEEDS, "--as-of", "2025-07-21")


def test_it_is_a_table_unless_asked_otherwise(run):
    result = run("tracks", *EVENING)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("TRACK")
    assert "ukr-rus-turkiye             proposal pending official response  5       2025-07-21" in result.out


@pytest.mark.parametrize("form", ["table", "plain", "json", "csv", "md", "tree", "dot"])
def test_every_format_is_had(run, form):
    result = run("tracks", *EVENING, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "ukr-rus-turkiye" in result.out


def test_some_tracks_can_be_named(run):
    result = run("tracks", "ukr-rus-leaders", *EVENING, "-f", "tree")
    assert result.out == "ukr-rus-leaders: Ukraine–Russia leaders' summit: no talks proposed\n"
    assert run("tracks", "nowhere", *EVENING).code == 3
