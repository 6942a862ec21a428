"""The commands for log files: in and out without loss, all or nothing, every fault at once."""

from __future__ import annotations

import json

import attrs
import pytest
from support import SEEDS

from diplostate import wiring
from diplostate.cli.exits import Exit
from diplostate.cli.session import Session

TURKIYE = "ukr-rus-turkiye"
BROKEN = "diplostate: 1\ntrack: a\nevents:\n  - held: 2025-07-39\n    sources: [{outlet: x, attribution: media}]\n"


def read(path):
    with wiring.open(path) as ledger:
        return list(ledger.read())


# Import.


def test_logs_are_imported_and_importing_again_changes_nothing(run, tmp_path):
    path = tmp_path / "talks.sqlite"
    first = run("import", SEEDS, "--ledger", path)
    assert (first.code, first.out) == (0, "Imported 23 new events in 9 tracks; known already: 0\n")
    assert first.err == f"New ledger: {path}\n"
    again = run("import", SEEDS, "--ledger", path)
    assert (again.code, again.out, again.err) == (0, "Imported 0 new events in 0 tracks; known already: 23\n", "")


def test_a_dry_run_writes_nothing_not_even_the_ledger(run, tmp_path, talks):
    result = run("import", SEEDS, "--dry-run", "--ledger", tmp_path / "new.sqlite")
    assert (result.code, result.out) == (0, "Would import 23 new events in 9 tracks; known already: 0\n")
    assert not (tmp_path / "new.sqlite").exists()
    before = read(talks)
    log = tmp_path / "more.yaml"
    log.write_text(BROKEN.replace("39", "20"))
    assert run("import", log, "--dry-run", "--ledger", talks).out == "Would import 1 new event in 1 track; known already: 0\n"
    assert read(talks) == before


def test_all_faults_of_all_files_are_told_and_nothing_is_written(run, tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(BROKEN)
    result = run("import", tmp_path / "a.yaml", SEEDS, tmp_path / "b.yaml", tmp_path / "c.yaml", "-l", tmp_path / "new.sqlite")
    assert (result.code, result.out) == (Exit.INVALID, "")
    assert result.err.count("'2025-07-39' does not exist in the calendar") == 2
    assert "c.yaml cannot be read (No such file or directory)" in result.err
    assert not (tmp_path / "new.sqlite").exists()


def test_anomalies_and_slips_are_told(run, tmp_path):
    log = tmp_path / "a.yaml"
    log.write_text(
        "diplostate: 1\ntrack: a\nevents:\n  - responded: 2025-07-20\n    by: RUS\n    answer: accepted\n    id: early\n"
        "    sources: [{outlet: x, attribution: official}]\n"
    )
    result = run("import", log, "--ledger", tmp_path / "new.sqlite")
    assert result.code == 0
    assert result.out.splitlines()[2:] == [
        "  Anomalies  RUS accepted a proposal that is not there; kept, not applied,",
        "               20 July 2025 (a, event early)",
    ]
    assert f"Warning: {log}:8:15: an official source without 'speaks_for'" in result.err
    data = json.loads(run("import", log, "--ledger", tmp_path / "new.sqlite", "--format", "json").out)
    assert (data["schema"], data["new"], data["known"], data["anomalies"]) == ("diplostate.import/1", 0, 1, [])


def test_an_id_with_other_content_is_a_conflict(run, tmp_path, talks):
    log = tmp_path / "a.yaml"
    log.write_text(BROKEN.replace("39", "20").replace("  - held: 2025-07-20\n", "  - held: 2025-07-20\n    id: mine\n"))
    assert run("import", log, "--ledger", talks).code == 0
    log.write_text(log.read_text().replace("outlet: x", "outlet: y"))
    before = read(talks)
    for args in ((), ("--dry-run",)):
        result = run("import", log, "--ledger", talks, *args)
        assert (result.code, result.out) == (Exit.CONFLICT, "")
        assert "event id 'mine' is taken by an event with other content" in result.err
    assert read(talks) == before


def test_progress_is_shown_only_to_those_who_watch(monkeypatch, capsys):
    session = Session(url=None, format="plain", colour=True, quiet=False)
    many = {"total": 9, "doing": "Reading logs", "least": 2}
    assert list(session.watched(range(9), **many)) == list(range(9))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(session.watched(range(9), **many)) == list(range(9))
    assert "Reading logs" in capsys.readouterr().err
    assert list(session.watched(range(1), **{**many, "total": 1})) == [0]
    assert list(attrs.evolve(session, quiet=True).watched(range(9), **many)) == list(range(9))
    assert capsys.readouterr().err == ""


# Export.


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_what_is_exported_is_imported_again_as_it_was(run, tmp_path, talks, form):
    result = run("export", "--output", tmp_path / "logs/", "--format", form, "--ledger", talks)
    assert result.code == 0, result.err
    assert run("import", tmp_path / "logs", "--ledger", tmp_path / "again.sqlite").code == 0
    key = lambda event: (event.track, event.version)  # noqa: E731
    bare = lambda path: [(event.id, event.recorded, event.sources) for event in sorted(read(path), key=key)]  # noqa: E731
    assert bare(tmp_path / "again.sqlite") == bare(talks)


def test_a_folder_is_made_and_named(run, tmp_path, talks):
    result = run("export", TURKIYE, "--output", tmp_path / "logs", "--ledger", talks)
    assert result.err == f"Written: 1 log in {tmp_path / 'logs'}\n"
    assert [file.name for file in (tmp_path / "logs").iterdir()] == [f"{TURKIYE}.yaml"]
    assert run("export", "--output", tmp_path / "logs", "--overwrite", "--ledger", talks).err.startswith("Written: 9 logs")


def test_one_track_goes_to_stdout_as_yaml_and_any_number_as_json_lines(run, talks):
    text = run("export", TURKIYE, "--ledger", talks).out
    assert text.startswith(f"diplostate: 1\ntrack: {TURKIYE}\n")
    lines = run("export", "--format", "jsonl", "--ledger", talks).out.splitlines()
    assert [json.loads(line)["position"] for line in lines] == list(range(1, 24))
    result = run("export", "--ledger", talks)
    assert (result.code, result.out) == (Exit.USAGE, "")
    assert "a YAML log holds one track, not 9: name one, write into a folder, or ask for jsonl" in result.err


def test_a_file_that_is_there_stays_unless_it_is_to_be_overwritten(run, tmp_path, talks):
    path = tmp_path / "a.yaml"
    assert run("export", TURKIYE, "--output", path, "--ledger", talks).err == f"Written: {path}\n"
    first = path.read_text()
    refused = run("export", "crimean-platform", "--output", path, "--ledger", talks)
    assert (refused.code, path.read_text()) == (Exit.FAILED, first)
    assert "is there already, and stays as it is: choose another name, or say --overwrite" in refused.err
    assert run("export", "crimean-platform", "--output", path, "--overwrite", "--ledger", talks).code == 0
    assert "track: crimean-platform" in path.read_text()


def test_the_name_of_a_file_says_its_form(run, tmp_path, talks):
    assert run("export", "--output", tmp_path / "all.jsonl", "--ledger", talks).code == 0
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 23
    result = run("export", TURKIYE, "--output", tmp_path / "a.yml", "--format", "jsonl", "--ledger", talks)
    assert result.code == Exit.USAGE
    assert "a.yml would be read as yaml: leave out --format jsonl, or name it otherwise" in result.err


def test_a_track_that_is_not_there_is_not_found(run, tmp_path, talks):
    result = run("export", "ukr-rus-turkye", "--output", tmp_path / "logs/", "--ledger", talks)
    assert result.code == Exit.NOT_FOUND
    assert not (tmp_path / "logs").exists()


# Validate.


def test_a_good_log_is_valid(run):
    result = run("validate", SEEDS)
    assert (result.code, result.out, result.err) == (0, "", "9 files, 23 events: no faults\n")


def test_faults_are_told_with_their_places(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(BROKEN)
    result = run("validate", "a.yaml", "missing.yaml")
    assert result.code == Exit.INVALID
    assert result.out.splitlines() == [
        "a.yaml:4:11: error: '2025-07-39' does not exist in the calendar (years 1 to 9999)",
        "missing.yaml: error: missing.yaml cannot be read (No such file or directory): check the path and its permissions",
    ]
    assert result.err == "2 files, 0 events: 2 errors, 0 warnings\n"
    assert run("validate", "a.yaml", "--quiet").err == ""


@pytest.mark.parametrize(("form", "start"), [("json", "{\n"), ("github", "::error file=")])
def test_faults_are_told_for_programs(run, tmp_path, form, start):
    (tmp_path / "a.yaml").write_text(BROKEN)
    result = run("validate", tmp_path / "a.yaml", "--format", form)
    assert result.code == Exit.INVALID
    assert result.out.startswith(start)


def test_warnings_alone_are_no_failure(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "diplostate: 1\ntrack: a\nevents:\n  - scheduled: 2025-07-20\n    sources: [{outlet: x, attribution: media}]\n"
    )
    result = run("validate", tmp_path / "a.yaml")
    assert result.code == 0
    assert "warning: a meeting is set, but 'on' does not say for when" in result.out
