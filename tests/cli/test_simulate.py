"""``simulate`` as an analyst uses it: what may come next, drawn, in words, as data, and as logs that are no facts."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from support import require

from diplostate import wiring
from diplostate.talks.events import Held
from diplostate.testing.scenario import answered, proposed, told


@pytest.fixture
def rounds(tmp_path):
    """Six tracks that propose, accept and meet every month of 2025."""
    require("numpy")
    path, events = tmp_path / "rounds.sqlite", []
    for number in range(6):
        for month in range(6):
            track, day = f"track-{number}", date(2025, 1, 1 + number) + timedelta(30 * month)
            events += [
                proposed(day, "UKR", "RUS", track=track),
                answered(day + timedelta(3), "RUS", "accepted", track=track),
                told(Held, day + timedelta(8), track=track),
            ]
    with wiring.open(path, clock=lambda: datetime(2025, 7, 1, tzinfo=UTC)) as ledger:
        ledger.append(events, strict=False)
    return path


@pytest.mark.parametrize("form", ["plain", "md", "table", "csv", "json"])
def test_every_format_is_had(run, rounds, form):
    result = run("simulate", "--ledger", rounds, "--runs", 200, "--horizon", "30d", "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "track-5" in result.out


def test_it_tells_the_probability_of_each_phase(run, rounds):
    result = run("simulate", "track-0", "--ledger", rounds, "--runs", 500, "--horizon", "12w")
    words = " ".join(result.out.split())
    assert "84 days ahead, 500 runs with seed 1, learned from 108 events" in words
    assert "HELD today; 18 events of its own" in words
    assert "In 84 days" in words


def test_json_and_csv_tell_the_same(run, rounds):
    asked = ("simulate", "track-0", "--ledger", rounds, "--runs", 500, "--horizon", 10)
    found = json.loads(run(*asked, "-f", "json").out)
    assert found["schema"] == "diplostate.simulate/1"
    (track,) = found["tracks"]
    told_ = [row for row in csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out)) if row["phase"] == "HELD"]
    assert [float(row["probability"]) for row in told_] == track["phases"]["HELD"]["probability"]
    assert sum(phase["probability"][10] for phase in track["phases"].values()) == pytest.approx(1)


def test_the_same_seed_prints_the_same_with_any_number_of_processes(run, rounds):
    asked = ("simulate", "--ledger", rounds, "--runs", 200, "--horizon", 30, "--seed", 7, "-f", "csv")
    assert run(*asked).out == run(*asked, "--processes", 2).out


def test_it_is_drawn_as_stacked_areas(run, rounds, tmp_path):
    svg = tmp_path / "futures.svg"
    result = run("simulate", "track-0", "--ledger", rounds, "--runs", 200, "--svg", svg)
    assert (result.code, result.out) == (0, "")
    text = svg.read_text("utf-8")
    assert "Where talks may stand: track-0" in text
    assert "track-0 in 90 days: " in text


def test_runs_are_written_as_logs_that_no_record_of_facts_takes(run, rounds, tmp_path):
    home = tmp_path / "futures"
    result = run("simulate", "--ledger", rounds, "--runs", 200, "--write", home, "--write-runs", 2)
    assert result.code == 0
    assert sorted(path.name for path in home.iterdir()) == ["run-0001", "run-0002"]
    assert run("import", home / "run-0001", "--ledger", tmp_path / "facts.sqlite").code == 4
    status = run("status", "--ledger", f"hypothetical:{home / 'run-0001'}", "-f", "table")
    assert (status.code, "track-5" in status.out) == (0, True)


def test_no_more_runs_are_written_than_there_are(run, rounds, tmp_path):
    result = run("simulate", "--ledger", rounds, "--runs", 200, "--write", tmp_path / "futures", "--write-runs", 201)
    assert (result.code, "no more than the 200 of --runs" in result.err) == (2, True)
    assert not (tmp_path / "futures").exists()


def test_habits_come_from_the_record_that_is_named(run, rounds, talks):
    result = run("simulate", "ukr-rus-turkiye", "--ledger", talks, "--learn-from", rounds, "--runs", 200)
    assert result.code == 0
    assert "learned from 108 events" in " ".join(result.out.split())


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--horizon", "soon", "is no horizon"), ("--horizon", "600w", "is too far"), ("--runs", 10, "too few")],
)
def test_what_cannot_be_simulated_is_refused(run, rounds, option, value, said):
    result = run("simulate", "--ledger", rounds, option, value)
    assert result.code == 2
    assert said in result.err
