"""Checking log files: every fault at once, where it is, in three forms."""

from __future__ import annotations

import json
from functools import partial

import attrs
import pytest

from diplostate.ledger.logfile import write_jsonl
from diplostate.reports import check
from diplostate.reports.render import View, render
from diplostate.testing.conformance import NOON, responded

GOOD = """\
diplostate: 1
track: {track}
title: Talks
parties:
  - {{code: UKR}}
  - {{code: RUS}}

events:
  - proposed: 2025-07-19
    by: UKR
    to: [RUS]
    sources:
      - {{outlet: Press service, attribution: official, speaks_for: UKR}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, name, text):
    (folder / name).write_text(text, "utf-8")
    return name


def test_a_good_log_has_no_faults(folder):
    found = check.check([write(folder, "a.yaml", GOOD.format(track="a"))])
    assert (found.faults, found.events, found.summary()) == ((), 2, "1 file, 2 events: no faults")
    assert check.text(found) == check.github(found) == ""


def test_all_faults_of_all_files_are_told_at_once_with_their_places(folder):
    first = write(folder, "a.yaml", GOOD.format(track="a").replace("2025-07-19", "2025-07-39").replace("official", "oficial"))
    second = write(folder, "b.yaml", GOOD.format(track="b").replace("by: UKR", "by: UKA"))
    found = check.check([first, second, "missing.yaml"])
    assert check.text(found).splitlines() == [
        "a.yaml:9:15: error: '2025-07-39' does not exist in the calendar (years 1 to 9999)",
        "a.yaml:13:46: error: 'oficial' is none of official, state_media, media, anonymous, inferred; did you mean 'official'?",
        "b.yaml:10:9: error: party 'UKA' is not declared in 'parties'; did you mean 'UKR'?",
        "missing.yaml: error: missing.yaml cannot be read (No such file or directory): check the path and its permissions",
    ]
    assert found.summary() == "3 files, 3 events: 4 errors, 0 warnings"
    assert len(found.errors) == 4


def test_faults_as_json_and_as_github_shows_them(folder):
    name = write(folder, "a,b.yaml", GOOD.format(track="a").replace("by: UKR", "by: UKA") + "# 100 %\n")
    found = check.check([name])
    view = View(name="validate", data=partial(check.data, found), own={"github": partial(check.github, found)})
    data = json.loads(render(view, "json"))
    message = "party 'UKA' is not declared in 'parties'; did you mean 'UKR'?"
    assert data["faults"] == [
        {"file": "a,b.yaml", "line": 10, "column": 9, "path": "by", "severity": "error", "message": message}
    ]
    assert (data["schema"], data["errors"], data["warnings"]) == ("diplostate.validate/1", 1, 0)
    assert render(view, "github") == f"::error file=a%2Cb.yaml,line=10,col=9::{message}\n"


def test_a_hostile_file_cannot_forge_a_command(folder):
    name = write(folder, "a.yaml", 'diplostate: 1\ntrack: a\n"x\\n::error::forged \\e[2J": 1\n')
    found = check.check([name])
    for out in (check.text(found), check.github(found)):
        assert out.count("\n") == len(found.faults)
        assert "\x1b" not in out


def test_anomalies_and_slips_are_warned_about(folder):
    text = GOOD.format(track="a") + (
        "  - responded: 2025-07-18\n    by: RUS\n    answer: accepted\n    id: early\n"
        "    sources:\n      - {outlet: x, attribution: official}\n"
    )
    found = check.check([write(folder, "a.yaml", text)])
    assert not found.errors
    slip, anomaly = check.text(found).splitlines()
    assert slip.startswith("a.yaml:19:9: warning: an official source without 'speaks_for' does not make an answer official")
    assert anomaly == (
        "a.yaml:14:5: warning: an anomaly: RUS accepted a proposal that is not there; kept, not applied "
        "(event early, 18 July 2025); check the order of the dates, or add the proposal"
    )


def test_an_anomaly_in_lines_of_json_is_told_with_its_line(folder):
    events = ("two", "2025-07-20", "accepted"), ("one", "2025-07-21", "declined"), ("two", "2025-07-19", "declined")
    answers = [responded("RUS", answer, day, track=track, recorded=NOON) for track, day, answer in events]
    name = write(folder, "a.jsonl", "".join(write_jsonl(attrs.evolve(event, id=f"e{n}") for n, event in enumerate(answers))))

    assert [fault.where for fault in check.check([name]).faults] == ["a.jsonl:1:1", "a.jsonl:2:1", "a.jsonl:3:1"]


def test_a_folder_stands_for_its_logs_which_must_go_together(folder):
    write(folder, "a.yaml", GOOD.format(track="a"))
    write(folder, "b.yaml", GOOD.format(track="a"))
    write(folder, ".hidden.yaml", "nonsense")
    write(folder, "README.md", "nonsense")
    found = check.check([folder])
    assert found.errors[0].message == "track 'a' is in a.yaml already: each belongs into one file"
    assert len(found.files) == 2
    assert not check.check([folder / "a.yaml", folder / "b.yaml"]).errors


def test_an_empty_folder_is_no_ledger(folder):
    (folder / "empty").mkdir()
    found = check.check([folder / "empty"])
    assert "no log files in" in check.text(found)
