"""``diplostate whatif``: the status that would be, and never a trace of it."""

from __future__ import annotations

import json

import pytest

from diplostate import wiring
from diplostate.cli.exits import Exit

TALKS = "ukr-rus-turkiye"


@pytest.fixture
def whatif(run):
    """Runs the command on the seeds."""

    def whatif(*args):
        return run("whatif", TALKS, *args, "--ledger", "seeds" if "--ledger" not in args else args[-1])

    return whatif


@pytest.fixture(autouse=True)
def _at_home(monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)


def said(*args, run):
    result = run("whatif", TALKS, *args, "--ledger", "seeds", "--format", "json")
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_it_tells_the_status_that_would_be_and_what_would_be_otherwise(whatif):
    """And in its first line that all this is hypothetical."""
    out = whatif("--respond", "RUS:declined", "--on", "2025-07-25").out

    assert out.startswith("Hypothetical: what would happen is not on record\n")
    for line in (
        "  If        25 July 2025: Russia declined the proposal\n",
        "  Is        Proposal pending official response, since 19 July 2025\n",
        "  Would be  Proposal declined, since 25 July 2025\n",
        "awaited: Russia → nobody\n",
        "  Hypothetical  no status of facts: counts 1 event of a branch or a simulation",
    ):
        assert line in out


@pytest.mark.parametrize(
    ("moves", "phase"),
    [
        (["--respond", "RUS:accepted"], "ACCEPTED"),
        (["--respond", "RUS:declined:UKR"], "DECLINED"),
        (["--respond=RUS:countered"], "PENDING"),
        (["--propose", "RUS:UKR,TUR"], "PENDING"),
        (["--schedule", "2025-08-01"], "SCHEDULED"),
        (["--hold", "3"], "HELD"),
        (["--stall", "postponed"], "STALLED"),
        (["--stall", "withdrawn:UKR"], "STALLED"),
        (["--conclude", "terminated"], "CONCLUDED"),
    ],
)
def test_every_move_can_be_tried(run, moves, phase):
    report = said(*moves, run=run)

    assert (report["before"]["phase"], report["after"]["phase"]) == ("PENDING", phase)
    assert [event["hypothetical"] for event in report["events"]] == [True]
    assert report["hypothetical"] is True


def test_several_moves_come_in_the_order_in_which_they_are_said(run):
    """Also of different kinds on one day."""
    one = said("--hold", "3", "--propose", "UKR:RUS", run=run)
    other = said("--propose", "UKR:RUS", "--hold", "3", run=run)

    assert (one["after"]["phase"], other["after"]["phase"]) == ("PENDING", "HELD")
    assert [event["kind"] for event in one["events"]] == ["held", "proposed"]


@pytest.mark.parametrize(
    ("args", "days"),
    [
        ([], ["2025-07-22", "2025-07-22"]),
        (["--as-of", "2025-07-21"], ["2025-07-21", "2025-07-21"]),
        (["--on", "2025-07-30"], ["2025-07-30", "2025-07-30"]),
    ],
)
def test_without_a_day_it_is_the_first_that_is_said_or_that_of_the_question(run, args, days):
    report = said("--respond", "RUS:accepted", "--schedule", "2025-08-01", *args, run=run)

    assert [event["occurred"] for event in report["events"]] == days


def test_a_day_is_that_of_the_move_before_it_and_of_those_that_follow(run):
    report = said(
        "--respond", "RUS:accepted", "--on=2025-07-25", "--schedule", "2025-08-01", "--hold", "3", "--on", "2025-08-01", run=run
    )

    assert [event["occurred"] for event in report["events"]] == ["2025-07-25", "2025-07-25", "2025-08-01"]
    assert report["now"] == "2025-08-01"


def test_it_is_seen_when_all_that_counts_has_happened(run):
    """What would have happened first is not told from a day on which the rest of the record had not happened yet."""
    report = said("--stall", "suspended:RUS", "--on", "2025-07-20", run=run)

    assert (report["now"], report["before"]["asked_days"], report["after"]["asked_days"]) == ("2025-07-21", 2, 2)


def test_a_day_that_moves_alone_is_no_other_change(whatif):
    """The two lines above tell it."""
    out = whatif("--stall", "suspended:RUS", "--on", "2025-07-20").out

    assert "Would be  Proposal pending official response, since 21 July 2025" in out
    assert "Changes   nothing else" in out


def test_it_begins_where_the_cuts_say(run):
    report = said("--respond", "RUS:accepted", "--as-of", "2025-07-19", "--on", "2025-07-20", run=run)
    assert (report["as_of"], report["before"]["phase"], report["after"]["since"]) == ("2025-07-19", "PENDING", "2025-07-20")
    result = run("whatif", TALKS, "--respond", "RUS:accepted", "--known-at", "2025-07-18", "--ledger", "seeds")
    assert (result.code, "phase IDLE" in result.err) == (Exit.INVALID, True)


def test_what_would_not_be_allowed_says_what_is(whatif):
    result = whatif("--respond", "TUR:accepted")

    assert result.code == Exit.INVALID
    assert "'accepted' is not allowed in phase PENDING" in result.err
    assert "answers by RUS to UKR" in result.err


def test_it_can_be_kept_as_an_anomaly(run):
    assert [anomaly["by"] for anomaly in said("--respond", "TUR:accepted", "--force", run=run)["anomalies"]] == ["TUR"]


def test_what_changes_nothing_says_so(whatif):
    out = whatif("--respond", "TUR:accepted", "--force").out

    assert "Changes   anomalies: none → Türkiye accepted" in out
    assert "Changes   nothing" not in out


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ([], "say what would happen: --propose, --respond"),
        (["--respond", "RUS"], "write BY:ANSWER, as in RUS:declined"),
        (["--respond", "RUS:"], "write BY:ANSWER"),
        (["--respond", "RUS:acepted"], "did you mean 'accepted'?"),
        (["--propose", "UKR"], "write BY:TO"),
        (["--schedule", "soon"], "--schedule: 'soon' is not a date"),
        (["--hold", "third"], "write the number of the round"),
        (["--stall", "tired"], "none of postponed"),
        (["--conclude", "agreed"], "did you mean 'agreement'?"),
        (["--hold", "3", "--on", "someday"], "--on: 'someday' is not a date"),
    ],
)
def test_a_slip_is_told(whatif, moves, message):
    result = whatif(*moves)

    assert result.code == Exit.USAGE
    assert message in result.err


def test_a_party_that_takes_no_part_is_told(whatif):
    result = whatif("--respond", "RUZ:accepted")

    assert (result.code, "did you mean 'RUS'" in result.err) == (Exit.INVALID, True)


def test_a_track_that_nobody_knows_is_told(run):
    result = run("whatif", "ukr-rus-turkey", "--hold", "3", "--ledger", "seeds")

    assert (result.code, "did you mean" in result.err) == (Exit.NOT_FOUND, True)


def test_nothing_is_ever_recorded(run, talks):
    with wiring.open(talks) as ledger:
        before = list(ledger.read())
    assert run("whatif", TALKS, "--respond", "RUS:declined", "--ledger", talks).code == 0
    with wiring.open(talks) as ledger:
        assert list(ledger.read()) == before


# What is hypothetical, wherever it is shown.


@pytest.fixture
def trials(tmp_path):
    """A log that holds a hypothetical answer."""
    from diplostate.ledger.transfer import export_text
    from diplostate.testing.conformance import responded

    with wiring.open("seeds") as ledger:
        branch = ledger.branch()
        branch.append([responded("RUS", "declined", "2035-07-25", track=TALKS)])
        path = tmp_path / "trials.jsonl"
        path.write_text("".join(export_text(branch, [TALKS], "jsonl")), "utf-8")
    return path


def test_reports_say_what_is_hypothetical(run, trials):
    url = f"hypothetical:{trials}"

    status = run("status", TALKS, "--ledger", url)
    assert "Hypothetical  no status of facts: counts 1 event of a branch or a simulation" in status.out
    assert json.loads(run("status", TALKS, "--ledger", url, "--format", "json").out)["tracks"][0]["hypothetical"] == 1
    assert "hypothetical event " in run("log", TALKS, "--ledger", url).out
    assert run("status", TALKS, "--ledger", "seeds").out.count("ypothetical") == 0


def test_an_import_refuses_it_unless_the_ledger_is_opened_for_it(run, trials, tmp_path):
    refused = run("import", trials, "--ledger", tmp_path / "facts.sqlite")
    assert refused.code == Exit.INVALID
    assert f"{trials}:6:51: hypothetical: is hypothetical" in refused.err
    assert not (tmp_path / "facts.sqlite").exists()

    url = f"hypothetical:{tmp_path / 'trials.sqlite'}"
    assert "Would import 6 new events" in run("import", trials, "--ledger", url, "--dry-run").out
    assert not (tmp_path / "trials.sqlite").exists()
    taken = run("import", trials, "--ledger", url)
    assert (taken.code, "Imported 6 new events" in taken.out) == (0, True)
    assert run("import", trials, "--ledger", tmp_path / "trials.sqlite").code == Exit.INVALID
    sealed = run("seal", "--ledger", tmp_path / "trials.sqlite")
    assert (sealed.code, "only facts can be sealed" in sealed.err) == (Exit.USAGE, True)


def test_validate_refuses_it(run, trials):
    result = run("validate", trials)

    assert (result.code, "is hypothetical" in result.out) == (Exit.INVALID, True)
