"""``diplostate play``: the record, event after event; at once into pipes, step by step in a terminal."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
from support import require

from diplostate.cli import play
from diplostate.cli.exits import Exit

TALKS = "ukr-rus-turkiye"


@pytest.fixture(autouse=True)
def _at_home(monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)


def test_it_tells_each_event_and_what_it_did(run):
    out = run("play", TALKS, "--ledger", "seeds").out

    assert out.startswith("19 July 2025\n")
    assert "No talks proposed → proposal pending official response\n" in out
    assert out.index("19 July 2025") < out.index("\n21 July 2025\n")


def test_what_happened_on_all_tracks_begins_in_one_column(run):
    lines = run("play", "--ledger", "seeds").out.splitlines()
    tracks = {
        line["event"]["track"] for line in map(json.loads, run("play", "--ledger", "seeds", "-f", "json").out.splitlines())
    }
    first = [line for line in lines if line.startswith("  ") and line.split()[0] in tracks]

    assert len(first) == 23
    assert {len(line) - len(line[2:].partition("  ")[2].lstrip()) for line in first} == {4 + max(map(len, tracks))}


def test_a_speed_is_for_terminals(run):
    """Into a pipe all is told at once, and the same to the byte."""
    plain = run("play", "--ledger", "seeds")
    fast = run("play", "--ledger", "seeds", "--speed", "1h/s", "--step")

    assert (fast.out, fast.err) == (plain.out, plain.err)


def test_json_has_a_line_for_each_event(run):
    lines = [json.loads(line) for line in run("play", "--ledger", "seeds", "--format", "json").out.splitlines()]

    assert len(lines) == 23
    assert {line["schema"] for line in lines} == {"diplostate.play/1"}
    (proposal, *_) = [line for line in lines if line["event"]["kind"] == "proposed"]
    assert (proposal["now"], proposal["before"]["phase"], proposal["after"]["phase"]) == ("2025-07-19", "IDLE", "PENDING")
    assert proposal["changes"] == ["no talks proposed → proposal pending official response", "awaited: Russia"]


def test_start_end_axis_and_evidence_are_asked_for(run):
    def lines(*args):
        out = run("play", TALKS, "--ledger", "seeds", "--format", "json", *args).out
        return [json.loads(line) for line in out.splitlines()]

    assert {line["now"] for line in lines("--start", "2025-07-20")} == {"2025-07-21"}
    assert {line["now"] for line in lines("--end", "2025-07-20")} == {"2025-07-19"}
    assert {line["now"] for line in lines("--axis", "known")} == {"2025-07-19T23:59:59Z", "2025-07-21T23:59:59Z"}
    assert len(lines("--evidence", "reported")) == len(lines())


def test_what_is_hypothetical_is_marked(run, tmp_path):
    text = run("export", TALKS, "--ledger", "seeds", "--format", "jsonl").out.splitlines()
    event = {**json.loads(text[-1]), "id": "mine", "version": 6, "hypothetical": True}
    del event["hash"], event["position"]
    (tmp_path / "log.jsonl").write_text("\n".join([*text, json.dumps(event)]), "utf-8")

    out = run("play", "--ledger", f"hypothetical:{tmp_path / 'log.jsonl'}").out
    assert out.count("(hypothetical)") == 1


@pytest.mark.parametrize("speed", ["fast", "1", "d/s", "0d/s", "1m/s", "-1d/s", "1d"])
def test_a_speed_that_is_none_is_refused(run, speed):
    result = run("play", "--ledger", "seeds", f"--speed={speed}")

    assert (result.code, "is no speed: write 1d/s" in result.err) == (Exit.USAGE, True)


def test_a_track_that_nobody_knows_is_told(run):
    assert run("play", "nowhere", "--ledger", "seeds").code == Exit.NOT_FOUND


# In a terminal.


def pace(*keys, speed=86_400.0, paused=False):
    """A pace at which these keys are pressed in turn, and how long it was ready to wait."""
    asked, left = [], list(keys)

    def wait(seconds):
        asked.append(seconds)
        return left.pop(0) if left else "n"

    return play._Pace(wait, speed, paused=paused), asked


def test_it_waits_as_long_as_the_speed_says():
    from datetime import date

    found, asked = pace()
    assert all(found.reach(moment) for moment in (date(2025, 7, 19), date(2025, 7, 19), date(2025, 7, 21)))
    assert asked == [2.0]
    assert found.reach(datetime(2025, 7, 21, 12, tzinfo=UTC))
    assert asked == [2.0, 0.5]


def test_keys_pause_and_go_on_and_change_the_speed_and_end():
    found, asked = pace(" ", "+", " ", "q")
    assert found.reach(date(2025, 7, 19))
    assert not found.reach(date(2025, 7, 21))
    assert asked[:3] == [2.0, None, None]
    assert asked[3] == pytest.approx(1.0, abs=0.2)
    found, asked = pace("n", "-", paused=True)
    assert found.reach(date(2025, 7, 19))
    assert found.reach(date(2025, 7, 20))
    assert asked == [None, None, None]


def test_keys_step_through_it_in_a_terminal():
    """One event for each key, until it is ended; and the terminal is as it was."""
    require("terminal")
    import pty
    import termios

    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    command = [sys.executable, "-m", "diplostate", "play", TALKS, "--step", "--ledger", "seeds", "--no-color"]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, close_fds=True) as process:
        seen = read_until(master, "q: end")
        assert "19 July" not in seen
        os.write(master, b"n")
        seen = read_until(master, "The track was described")
        os.write(master, b"\x1b[C")
        seen = read_until(master, "Awaited: Russia")
        os.write(master, b"q")
        assert process.wait(10) == 0
    assert termios.tcgetattr(slave) == before
    os.close(master), os.close(slave)


def read_until(terminal, text, seconds=20):
    seen, end = "", time.monotonic() + seconds
    while text not in seen:
        assert select.select([terminal], [], [], max(0, end - time.monotonic()))[0], seen
        seen += os.read(terminal, 4096).decode(errors="replace")
    return seen
