"""``import --coding``: coded events as talk tracks, with a summary of what became of every row."""

from __future__ import annotations

import json

import pytest
from codings.given import coded, decoded, icews, written

from diplostate.cli.exits import Exit

ROWS = icews(
    coded("2020-01-01", "Japan", "036", "Peru"),
    coded("2020-01-05", "Peru", "036", "Japan"),
    coded("2020-01-20", "Japan", "046", "Peru"),
    coded("2020-01-20", "Peru", "046", "Japan"),
    coded("2020-01-20", "Peru", "046", "Japan"),
    coded("2020-01-21", "Peru", "051", "Japan"),
    coded("2020-01-22", "Peru", "036", "Somebody", Target_Country="NA"),
)
SUMMARY = """\
Imported 4 new events in 1 track; known already: 0

  Read       7 rows; talks in 1 track
  Merged     1 repeats a row of the day
             1 the mirrored twin of a row
  Left out   1 an actor of no known country
             1 not about talks
  Strangers  no party is known for 1 name, most often Somebody (1)
  Read as    036 Express intent to meet or negotiate: proposed 1, responded 1
             046 Engage in negotiation: held 1
"""


@pytest.fixture
def file(tmp_path):
    return written(tmp_path, "a.tab", ROWS)


def test_the_summary_tells_what_became_of_every_row(run, tmp_path, file):
    result = run("import", "--coding", "icews", file, "--ledger", tmp_path / "coded.sqlite")

    assert (result.code, result.out) == (0, SUMMARY)


def test_importing_again_changes_nothing(run, tmp_path, file):
    for lead in ("Imported 4 new events in 1 track; known already: 0", "Imported 0 new events in 0 tracks; known already: 4"):
        result = run("import", "--coding", "icews", file, "--ledger", tmp_path / "coded.sqlite")

        assert result.out.splitlines()[0] == lead


def test_a_newer_vintage_tells_what_is_gone_and_what_returned(run, tmp_path, file):
    ledger = tmp_path / "coded.sqlite"
    run("import", "--coding", "icews", file, "--ledger", ledger)
    written(tmp_path, "a.tab", "".join(ROWS.splitlines(keepends=True)[:3]))
    gone = run("import", "--coding", "icews", file, "--ledger", ledger)
    written(tmp_path, "a.tab", ROWS)
    back = run("import", "--coding", "icews", file, "--ledger", ledger)

    assert "Retracted  1 event that the newer vintage does not have" in gone.out
    assert "Returned   1 event that an earlier vintage had lost" in back.out


def test_a_dry_run_writes_nothing(run, tmp_path, file):
    result = run("import", "--coding", "icews", file, "--dry-run", "--ledger", tmp_path / "coded.sqlite")

    assert result.out.startswith("Would import 4 new events")
    assert not (tmp_path / "coded.sqlite").exists()


def test_a_damaged_file_is_refused_and_no_ledger_is_made(run, tmp_path):
    file = written(tmp_path, "a.tab", ROWS + "damaged\n")
    result = run("import", "--coding", "icews", file, "--ledger", tmp_path / "coded.sqlite")

    assert (result.code, result.out) == (Exit.INVALID, "")
    assert "a.tab:9:1: has 1 cell, not 20, as in the first line: the line is damaged" in result.err
    assert not (tmp_path / "coded.sqlite").exists()


def test_the_summary_as_json(run, tmp_path, file):
    result = run("import", "--coding", "icews", file, "--ledger", tmp_path / "coded.sqlite", "--format", "json")
    told = json.loads(result.out)

    assert told["schema"] == "diplostate.import-coded/1"
    assert told["tracks"] == {"icews-jpn-per": 4}
    assert told["left_out"] == {"not about talks": 1, "an actor of no known country": 1}
    assert (told["read"], told["new"], told["known"], told["retracted"], told["returned"]) == (7, 4, 0, 0, 0)


def test_the_grouping_can_be_chosen(run, tmp_path):
    file = written(tmp_path, "a.tsv", decoded("2020-01-01|Ministry (Japan)|Engage in negotiation|Envoy (Peru)"))
    result = run(
        "import", "--coding", "icews-tkg", "--by", "actor", file, "--ledger", tmp_path / "coded.sqlite", "--format", "json"
    )

    assert list(json.loads(result.out)["tracks"]) == ["icews-tkg-envoy-peru-ministry-japan"]


@pytest.mark.parametrize("option", [("--by", "actor"), ("--codebook", "older")])
def test_options_of_coded_events_need_a_coding(run, tmp_path, file, option):
    result = run("import", file, *option, "--ledger", tmp_path / "coded.sqlite")

    assert result.code == Exit.USAGE
    assert "say which with --coding" in result.err


def test_a_coding_that_nobody_knows_is_told_with_the_nearest(run, tmp_path, file):
    result = run("import", "--coding", "icew", file, "--ledger", tmp_path / "coded.sqlite")

    assert result.code == Exit.USAGE
    assert "did you mean 'icews'" in result.err
