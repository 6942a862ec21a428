"""The commands that read, as a reader uses them."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex

import pytest
from reports.golden import FOLDER
from support import SEEDS

from diplostate.cli.app import COMMANDS, app

EVENING = ("--ledger", SEEDS, "--as-of", "2025-07-21")
NAMES = [name for group in COMMANDS.values() for name in group]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("status",), "status.txt"),
        (("status", "--format", "md"), "status.md"),
        (("status", "-f", "table"), "status-table.txt"),
        (("status", "--format", "json"), "status.json"),
        (("status", "--format", "csv"), "status.csv"),
        (("log", "ukr-rus-turkiye"), "log.txt"),
        (("log", "ukr-rus-turkiye", "--format", "csv"), "log.csv"),
        (("why", "ukr-rus-turkiye"), "why.txt"),
        (("why", "ukr-rus-turkiye", "--format", "md"), "why.md"),
    ],
)
def test_the_command_prints_the_report_and_nothing_else(run, args, expected):
    result = run(*args, *EVENING)
    assert (result.code, result.err) == (0, "")
    assert result.out.encode() == (FOLDER / expected).read_bytes()


def test_the_width_of_the_terminal_counts(run):
    wide = run("status", *EVENING, env={"COLUMNS": "200"})
    assert wide.out.encode() == (FOLDER / "status-wide.txt").read_bytes()


def test_the_ledger_is_named_by_option_before_or_behind_the_command_or_by_the_environment(run):
    behind = run("status", "ukr-rus-turkiye", "--ledger", SEEDS)
    before = run("--ledger", SEEDS, "status", "ukr-rus-turkiye")
    environment = run("status", "ukr-rus-turkiye", env={"DIPLOSTATE_LEDGER": str(SEEDS)})
    preferred = run("-l", SEEDS, "status", "ukr-rus-turkiye", env={"DIPLOSTATE_LEDGER": "nowhere"})
    assert behind.out == before.out == environment.out == preferred.out != ""


def test_options_before_the_command_count_unless_it_says_otherwise(run):
    assert json.loads(run("--format", "json", "-l", SEEDS, "status").out)
    assert run("--format", "json", "-l", SEEDS, "status", "--format", "md").out.startswith("As of")
    assert run("--format", "json", "validate", SEEDS).out.startswith("{")


def test_without_a_cut_the_present_is_now(run):
    result = run("status", "ukr-rus-turkiye", "-l", SEEDS)
    assert result.out.startswith("As of 22 July 2025, 09:30 UTC, on official evidence: 1 track\n")
    assert "by Ukraine on 19 July, 3 days ago" in result.out


def test_what_was_known_at_a_time_is_reported_as_of_that_time(run):
    result = run("status", "ukr-rus-turkiye", "-l", SEEDS, "--known-at", "2025-07-20")
    assert result.out.startswith("As known on 20 July 2025, on official evidence: 1 track\n")
    assert "by Ukraine on 19 July, 1 day ago" in result.out
    assert "restated" not in result.out


def test_evidence_chooses_what_counts(run):
    result = run("status", "ukr-rus-turkiye", "--evidence", "reported", *EVENING)
    assert "  Answers      Russia acknowledged, 21 July\n" in result.out


def test_status_is_filtered(run):
    rows = lambda *args: [row["track"] for row in csv.DictReader(io.StringIO(run("status", "-f", "csv", *args, *EVENING).out))]  # noqa: E731
    assert rows("--phase", "Pending") == ["ukr-rus-turkiye"]
    assert rows("--party", "TUR") == ["ukr-rus-turkiye", "ukr-tur-partnership"]
    assert rows("--flag", "silent") == []
    assert rows("--flag", "unanswered", "--unanswered-days", "2") == ["ukr-rus-turkiye"]
    assert len(rows()) == 9


def test_several_tracks_are_told_in_the_order_asked(run):
    out = run("status", "ukr-rus-turkiye", "crimean-platform", *EVENING).out
    assert out.index("(ukr-rus-turkiye)\n") < out.index("Crimean Platform (crimean-platform)\n")


# Help.


def test_a_first_time_user_gets_help_with_examples(run):
    result = run()
    assert (result.code, result.err) == (0, "")
    assert "diplostate status --ledger seeds --as-of 2025-07-21" in result.out
    assert all(f"  {name} " in result.out for name in NAMES)
    assert result.out == run("--help").out == run("-h").out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_examples_and_the_shared_options(run, name):
    result = run(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"  diplostate {name} " in result.out
    assert all(option in result.out for option in ("--ledger", "--format", "--no-color", "--quiet", "--verbose"))


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is_for(run, name):
    found = app.get_command(None, name)
    assert found.short_help
    assert all(param.help for param in found.params if param.param_type_name == "option")


def test_the_version_is_told(run):
    from diplostate._version import __version__

    assert run("--version").out == f"diplostate, version {__version__}\n"


def test_examples_in_help_are_commands_that_exist(run):
    for name in NAMES:
        text = run(name, "--help").out.partition("Examples:\n")[2].replace("\\\n", " ")
        for line in filter(None, map(str.strip, text.splitlines())):
            program, command, *args = shlex.split(re.split("[|>]", line)[0])
            found = app.get_command(None, command)
            assert program == "diplostate"
            found.make_context(command, list(args))
