"""``init``, ``doctor``, ``completion`` and ``status --fail-on``, as those who run diplostate use them."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date

import pytest
from support import SEEDS, require

from diplostate import wiring
from diplostate.ledger.first_log import first_log
from diplostate.ledger.logfile import read_log

# init


def test_init_begins_a_ledger(run, tmp_path):
    path = tmp_path / "talks.sqlite"
    result = run("init", path)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(f"New ledger: {path}\nNext: diplostate describe TRACK")
    with wiring.open(path, create=False) as ledger:
        assert ledger.tracks() == ()


def test_init_begins_the_ledger_that_is_named(run, tmp_path):
    path = tmp_path / "talks.db"
    assert run("init", "--ledger", path).code == 0
    assert path.exists()
    assert run("init", env={"DIPLOSTATE_LEDGER": f"sqlite:{tmp_path / 'other'}"}).code == 0
    assert (tmp_path / "other").exists()
    assert run("init").code == 2


def test_init_begins_a_log_that_is_valid_as_it_is(run, tmp_path):
    path = tmp_path / "my-track.yaml"
    result = run("init", path)
    assert (result.code, result.err) == (0, f"New log: {path}\nNext: fill it in, then diplostate validate {path}\n")
    (event,) = read_log(path).events
    assert (event.track, str(event.occurred)) == ("my-track", "2025-07-22")
    assert run("validate", path).code == 0


def test_the_examples_in_a_first_log_are_valid_too(tmp_path):
    text = first_log("my-track", date(2025, 7, 22))
    body = text[text.index("parties:") :]
    uncommented = re.sub(r"(?m)^(  )?# (?=events:|links:|  |- \{)", r"\1", body).replace("\n#\n", "\n\n")
    path = tmp_path / "my-track.yaml"
    path.write_text(text[: text.index("parties:")] + uncommented, "utf-8")
    log = read_log(path)
    assert log.warnings == ()
    assert [event.kind for event in log.events] == [
        "described", "proposed", "responded", "scheduled", "held", "stalled", "noted", "concluded",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["talks.sqlite", "talks.yaml"])
def test_init_never_overwrites(run, tmp_path, name):
    path = tmp_path / name
    path.write_text("mine")
    result = run("init", path)
    assert result.code == 1
    assert "is there already, and stays as it is" in result.err
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("memory:", 1, "memory: is forgotten when this command ends"),
        ("talks", 1, "open a folder of log files"),
        ("not a track.yaml", 2, "'not a track' is no id of a track"),
        ("nowhere/talks.sqlite", 1, "make it first"),
        ("nowhere/talks.yaml", 1, "cannot be written"),
    ],
)
def test_init_says_what_it_cannot_begin(run, tmp_path, monkeypatch, name, code, message):
    monkeypatch.chdir(tmp_path)
    result = run("init", name)
    assert result.code == code
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


# doctor


def test_doctor_tells_what_is_installed(run):
    result = run("doctor")
    assert (result.code, result.err) == (0, "")
    assert "SQLite" in result.out
    assert "Ledger" not in result.out
    assert result.out.endswith("Found no fault.\n")


def test_doctor_looks_at_a_ledger(run, talks):
    assert "9, each what its events come to" in run("doctor", "--ledger", talks).out
    assert "9, each what its events come to" in run("doctor", env={"DIPLOSTATE_LEDGER": str(SEEDS)}).out


def test_doctor_makes_statuses_anew(run, talks):
    assert "rebuilt" in run("doctor", "--rebuild", "--ledger", talks).out


def test_doctor_exits_with_1_where_something_is_wrong(run, tmp_path):
    result = run("doctor", "--ledger", tmp_path / "none.sqlite", "--format", "json")
    assert result.code == 1
    assert json.loads(result.out)["faults"] == 1


# completion


@pytest.mark.parametrize(
    ("shell", "install"),
    [
        ("bash", '# To install: eval "$(diplostate completion bash)"  # in ~/.bashrc\n'),
        ("zsh", '# To install: eval "$(diplostate completion zsh)"  # in ~/.zshrc, behind compinit\n'),
        ("fish", "# To install: diplostate completion fish > ~/.config/fish/completions/diplostate.fish\n"),
    ],
)
def test_completion_writes_a_script_and_says_how_to_install_it(run, shell, install):
    result = run("completion", shell)
    assert result.code == 0
    assert "_DIPLOSTATE_COMPLETE" in result.out
    assert result.out.endswith(install)


def test_bash_takes_the_script(run):
    bash = require("bash")
    script = run("completion", "bash").out + "complete -p diplostate"
    done = subprocess.run([bash], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "-F _diplostate_completion diplostate" in done.stdout


def test_an_unknown_shell_is_told_with_the_nearest(run):
    result = run("completion", "fisch")
    assert result.code == 2
    assert "did you mean 'fish'?" in result.err


def completed(run, words, monkeypatch, **env):
    """What bash is offered for the last of these words."""
    line = ["diplostate", *map(str, words)]
    result = run(
        env={"_DIPLOSTATE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(line), "COMP_CWORD": str(len(line) - 1), **env}
    )
    assert result.code == 0
    return [word.partition(",")[2] for word in result.out.split()]


def test_commands_and_words_are_completed(run, monkeypatch):
    assert completed(run, ["statu"], monkeypatch) == ["status"]
    assert completed(run, ["status", "--phase", "p"], monkeypatch) == ["pending"]


def test_tracks_are_completed_from_the_ledger_that_is_named(run, monkeypatch):
    assert completed(run, ["log", "--ledger", SEEDS, "ukr-rus"], monkeypatch) == ["ukr-rus-leaders", "ukr-rus-turkiye"]
    assert completed(run, ["status", "ukr-rus-t"], monkeypatch, DIPLOSTATE_LEDGER=str(SEEDS)) == ["ukr-rus-turkiye"]


def test_without_a_ledger_no_track_is_completed(run, monkeypatch, tmp_path):
    assert completed(run, ["log", "ukr"], monkeypatch) == []
    assert completed(run, ["log", "ukr"], monkeypatch, DIPLOSTATE_LEDGER=str(tmp_path / "none.sqlite")) == []
    assert list(tmp_path.iterdir()) == []


# status --fail-on

EVENING = ("--ledger", SEEDS, "--as-of", "2025-07-21")
AUGUST = ("--ledger", SEEDS, "--as-of", "2025-08-04")


def test_a_flag_that_was_asked_for_fails_behind_the_report(run):
    result = run("status", *AUGUST, "--fail-on", "unanswered")
    assert (result.code, result.err) == (7, "")
    assert result.out == run("status", *AUGUST).out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((*EVENING, "--fail-on", "unanswered"), 0),
        ((*AUGUST, "--fail-on", "overdue,missed"), 0),
        ((*AUGUST, "--fail-on", "overdue, Unanswered"), 7),
        ((*AUGUST, "--fail-on", ""), 0),
        ((*AUGUST, "--fail-on", "unanswered", "--unanswered-days", "30"), 0),
        (("ukr-rus-leaders", *AUGUST, "--fail-on", "unanswered"), 0),
        ((*AUGUST, "--phase", "held", "--fail-on", "unanswered"), 0),
        ((*AUGUST,), 0),
    ],
)
def test_only_flags_of_the_tracks_that_are_told_fail(run, args, code):
    assert run("status", *args).code == code


def test_an_unknown_flag_is_told_with_the_nearest(run):
    result = run("status", *EVENING, "--fail-on", "unanswered,overdu")
    assert result.code == 2
    assert "'overdu' is none of unanswered, overdue, missed, silent; did you mean 'overdue'?" in result.err
