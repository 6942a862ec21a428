"""The command that looks on: what it prints, what it runs, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from support import SEEDS

from diplostate import wiring
from diplostate.testing.conformance import responded

COMMAND = [sys.executable, "-m", "diplostate", "watch"]
ANSWER = responded("RUS", "accepted", track="ukr-rus-turkiye", id="answer")
on_unix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def test_what_is_there_is_told_and_then_it_ends(run, talks):
    told = run("watch", "--after", 0, "--once", "--ledger", talks)

    assert (told.code, told.err) == (0, "")
    assert "Status    No talks proposed → proposal pending official response\n" in told.out
    assert run("watch", "--once", "--ledger", talks).out == ""
    assert run("watch", "--after", 0, "--once", "--party", "TUR", "--ledger", talks).out == told.out


def test_log_files_are_told_as_they_stand(run):
    assert "→ proposal pending" in run("watch", "--after", 0, "--once", "--ledger", SEEDS).out
    refused = run("watch", "--ledger", SEEDS)
    assert refused.code == 1
    assert "say --once, or watch a ledger into which they are imported" in refused.err


def test_a_position_of_another_ledger_and_an_unknown_track_are_refused(run, talks):
    assert run("watch", "--after", 99, "--once", "--ledger", talks).code == 1
    assert run("watch", "nowhere", "--ledger", talks).code == 3
    assert "did you mean 'RUS'" in run("watch", "--party", "RUZ", "--ledger", talks).err


def test_a_command_runs_for_each_change_with_values_as_arguments(run, talks, tmp_path):
    """No shell reads them, and the whole change comes on its input."""
    script = tmp_path / "note.py"
    script.write_text("import sys, json; print(sys.argv[1:], json.load(sys.stdin)['position'], file=open(sys.argv[1], 'a'))")
    noted = tmp_path / "$(touch oops); noted"
    done = run(
        "watch", "--after", 0, "--once", "--ledger", talks, "--exec",
        f"'{sys.executable}' '{script}' '{noted}' {{track}} '{{after}} #{{position}}'",
    )  # fmt: skip

    assert (done.code, done.err) == (0, "")
    assert noted.read_text() == f"{[str(noted), 'ukr-rus-turkiye', 'proposal pending official response #14']} 14\n"


@pytest.mark.parametrize("command", ["false {track}", "/nowhere/program {track}"])
def test_a_command_that_fails_is_told_and_does_not_end_it(run, talks, command):
    with wiring.open(talks) as ledger:
        ledger.append([ANSWER])
    told = run("watch", "--after", 0, "--once", "--ledger", talks, "--exec", command)

    assert told.code == 0
    assert told.out.count("→") == 2
    assert told.err.count("watching on") == 2
    assert "ukr-rus-turkiye" in told.err
    stopped = run("watch", "--after", 0, "--once", "--fail-fast", "--ledger", talks, "--exec", command)
    assert (stopped.code, stopped.out.count("→")) == (1, 1)
    assert stopped.err.startswith("To go on from here: --after 0\n")


@pytest.mark.parametrize(
    ("command", "said"), [("echo {tack}", "did you mean 'track'"), ("echo '", "check its quotes"), ("", "name a program")]
)
def test_a_command_that_cannot_be_meant_is_refused_before_anything_is_told(run, talks, command, said):
    refused = run("watch", "--ledger", talks, "--exec", command)

    assert refused.code == 2
    assert said in refused.err


def start(*args):
    return subprocess.Popen([*COMMAND, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@on_unix
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM"])
def test_what_another_process_records_is_told_until_somebody_interrupts(talks, how):
    """Who interrupts is told where to go on: behind what was dealt with, which may be the change before the last line."""
    watcher = start("--after", 0, "--format", "json", "--ledger", talks)
    assert json.loads(watcher.stdout.readline())["position"] == 14
    with wiring.open(talks) as ledger:
        (stored,) = ledger.append([ANSWER])
    change = json.loads(watcher.stdout.readline())
    watcher.send_signal(signal.Signals[how])
    rest, errors = watcher.communicate(timeout=60)

    assert change["position"] == stored.position
    assert change["before"]["official"]["awaiting"] == ["RUS"]
    assert change["after"]["official"]["phase"] == "ACCEPTED"
    assert (watcher.returncode, rest) == (130, "")
    assert errors.startswith("Watching from position 0 on")
    assert re.search(rf"To go on from here: --after (14|{stored.position})\n", errors)
    assert "Traceback" not in errors


@on_unix
def test_a_watch_that_is_terminated_leaves_no_command_behind(talks):
    """The command, which has read what it was given, would keep stderr open for a minute."""
    watcher = start("--after", 0, "--exec", "sh -c 'read change; echo begun >&2; exec sleep 60'", "--ledger", talks)
    assert watcher.stderr.readline().startswith("Watching")
    assert watcher.stderr.readline() == "begun\n"
    watcher.send_signal(signal.SIGTERM)
    watcher.communicate(timeout=40)

    assert watcher.returncode == 130


@on_unix
def test_a_reader_that_has_gone_ends_it_quietly(talks):
    watcher = start("--after", 0, "--quiet", "--ledger", talks)
    assert watcher.stdout.readline()
    watcher.stdout.close()
    with wiring.open(talks) as ledger:
        ledger.append([ANSWER])

    assert watcher.stderr.read() == ""
    assert watcher.wait(timeout=60) == 0
    watcher.stderr.close()
