"""``stats`` as an analyst uses it: in words and tables, as data, and as a picture."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from support import require

from diplostate import wiring
from diplostate.talks.events import Held
from diplostate.testing.scenario import answered, proposed, rumour, told


@pytest.fixture
def waits(tmp_path):
    """Forty proposals of 2024, answered after 1, 2, 3… days; each fourth is only met, each tenth never answered."""
    return _kept(tmp_path / "waits.sqlite", _waits())


@pytest.fixture
def reported_waits(tmp_path):
    """The same, as media tell them that cite unnamed sources."""
    return _kept(tmp_path / "reported.sqlite", [attrs.evolve(event, sources=rumour()) for event in _waits()])


def _kept(path, events):
    with wiring.open(path, clock=lambda: datetime(2025, 1, 15, tzinfo=UTC)) as ledger:
        ledger.append(events, strict=False)
    return path


def _waits():
    events = []
    for number in range(1, 41):
        track, asked = f"track-{number:02}", date(2024, 1, 1) + timedelta(number)
        on = asked + timedelta(number)
        events.append(proposed(asked, "UKR", "RUS", track=track))
        if number % 4 == 0:
            events.append(told(Held, on, track=track))
        elif number % 10 != 5:
            events.append(answered(on, "RUS", "accepted" if number % 2 else "declined", track=track))
    return events


def test_it_tells_within_how_many_days_a_share_was_answered(run, waits):
    result = run("stats", "--ledger", waits, "--as-of", "2024-12-31", "--known-at", "2025-02-01")
    assert (result.code, result.err) == (0, "")
    assert "40 on 40 tracks" in result.out
    assert "ended: 16 accepted, 10 declined and 10 held" in result.out
    assert "4 still open on 31 December 2024" in result.out
    assert "half within 22 days [17–30]" in result.out
    assert "after 7 days: 15% [6–28] answered, 85% [70–93] still waiting" in result.out


@pytest.mark.parametrize("form", ["plain", "md", "table", "csv", "json"])
def test_every_format_is_had(run, waits, form):
    assert run("stats", "--ledger", waits, "--format", form).code == 0


def test_csv_and_json_tell_the_same_steps(run, waits):
    asked = ("stats", "--ledger", waits, "--as-of", "2024-02-20", "--known-at", "2025-02-01")
    steps = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out)))
    found = json.loads(run(*asked, "-f", "json").out)
    assert found["schema"] == "diplostate.stats/1"
    assert [float(step["waiting"]) for step in steps] == [point["estimate"] for point in found["kaplan_meier"]]
    assert [float(step["held_upper"]) for step in steps] == [point["upper"] for point in found["aalen_johansen"]["held"]]
    assert found["open"] == sum(spell["cause"] is None for spell in found["spells"])


def test_a_small_sample_says_that_it_is_small(run, talks):
    result = run("stats", "--ledger", talks)
    assert result.code == 0
    assert "The sample is too small to rely on: 0 have ended, 20 would be the least." in result.out


def test_what_nobody_knew_then_is_not_used_and_that_is_said(run, waits):
    """These were all written down in January 2025."""
    result = run("stats", "--ledger", waits, "--as-of", "2024-12-31")
    assert "0 on 0 tracks" in result.out
    words = " ".join(result.out.split())
    assert "--evidence reported counts what no official said; for a record that was written down later there is" in words
    words = " ".join(run("stats", "--ledger", waits, "--as-of", "2020-01-01", "--evidence", "reported").out.split())
    assert "Nothing of this kind was known on 1 January 2020, on all reports, official or not. For a record" in words


def test_from_one_phase_to_another(run, waits):
    result = run("stats", "--ledger", waits, "--from", "pending", "--to", "held", "-f", "table")
    assert (result.code, "CAME TO HELD" in result.out) == (0, True)
    refused = run("stats", "--ledger", waits, "--from", "held")
    assert refused.code == 2
    assert "only a proposal has an answer" in refused.err


def test_it_is_drawn_and_says_in_words_what_it_shows(run, waits, tmp_path):
    svg = tmp_path / "waits.svg"
    result = run("stats", "--ledger", waits, "--svg", svg)
    assert (result.code, result.out, result.err) == (0, "", f"Drawn: {svg}\n")
    text = svg.read_text("utf-8")
    assert text.startswith("<svg")
    assert "half within 22 days [17–30]" in text
    require("png")
    assert run("stats", "--ledger", waits, "--png", tmp_path / "waits.png").code == 0


def test_status_shows_what_is_usual_and_names_the_record_that_it_was_learned_from(run, waits, talks):
    asked = ("status", "ukr-rus-turkiye", "--ledger", talks, "--learn-from", waits)
    words = " ".join(run(*asked).out.split())
    assert "Usual pending 3 days; of 40 comparable proposals half were answered within 22 days [17–30]" in words
    assert f"(learned from {waits})" in words
    (track,) = json.loads(run(*asked, "-f", "json").out)["tracks"]
    assert track["usual"]["half"] == {"days": 22, "lower": 17, "upper": 30}
    assert track["usual"]["proposals"] == 40


def test_status_shows_nothing_usual_where_the_sample_is_too_small_or_nothing_is_pending(run, waits, talks):
    assert "Usual" not in run("status", "ukr-rus-turkiye", "--ledger", talks, "--learn-from", talks).out
    assert "Usual" not in run("status", "ukr-rus-turkiye", "--ledger", talks).out
    assert "Usual" not in run("status", "track-01", "--ledger", waits, "--learn-from", waits).out


def test_what_is_official_is_compared_with_what_is_only_reported_where_somebody_asks_for_it(run, reported_waits, talks):
    """Coded data holds nothing official: the report says on what it learned, and why it says nothing."""
    asked = ("status", "ukr-rus-turkiye", "--ledger", talks, "--learn-from", reported_waits)
    silent = run(*asked)
    assert "Usual" not in silent.out
    assert silent.err == (
        f"Nothing is said of what is usual: of {reported_waits}, 0 proposals ended on official evidence, 20 are the least "
        "(--learn-evidence)\n"
    )
    told = run(*asked, "--learn-evidence", "reported")
    assert "on official evidence: 1 track" in told.out
    assert f"(learned from {reported_waits}, on all reports, official or not)" in " ".join(told.out.split())
    assert told.err == ""


def test_a_proposal_is_not_compared_with_itself(run, waits):
    (track,) = json.loads(run("status", "track-05", "--ledger", waits, "--learn-from", waits, "-f", "json").out)["tracks"]
    assert track["usual"]["proposals"] == 39


def test_what_was_answered_later_is_not_usual_yet(run, waits, talks):
    """As of a day, status learns from what was known on that day."""
    words = " ".join(
        run("status", "track-05", "--ledger", waits, "--as-of", "2024-02-01", "--known-at", "2025-02-01").out.split()
    )
    assert "Usual" not in words
    asked = (
        "status",
        "track-05",
        "--ledger",
        waits,
        "--as-of",
        "2024-02-03",
        "--known-at",
        "2025-02-01",
        "--learn-from",
        waits,
    )
    (track,) = json.loads(run(*asked, "-f", "json").out)["tracks"]
    assert track["usual"] is None
