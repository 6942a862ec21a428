"""``verify``, ``seal`` and ``prove`` as somebody uses them who wants to trust a record, or to be trusted."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from support import SEEDS

from diplostate.errors import LedgerError
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.seals import InclusionProof, Seal
from diplostate.reports.sealed import rows_of
from diplostate.testing.conformance import held

NOTE = ("note", "ukr-rus-turkiye", "later", "--by", "UKR", "--official", "x", "--speaks-for", "UKR")


@pytest.fixture
def sealed(run, talks, tmp_path):
    """The seal of the ledger of the seeds."""
    path = tmp_path / "july.seal.json"
    result = run("seal", "--output", path, "--ledger", talks)
    assert (result.code, result.out, result.err) == (0, "", f"Written: {path}\n")
    return path


@pytest.fixture
def event_id(talks):
    with closing(sqlite3.connect(talks)) as file:
        return file.execute("SELECT id FROM events WHERE position = 5").fetchone()[0]


@pytest.fixture
def proof(run, talks, sealed, event_id, tmp_path):
    path = tmp_path / "proof.json"
    assert run("prove", event_id, "--seal", sealed, "-o", path, "--ledger", talks).code == 0
    return path


def tamper(path, *changes):
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for guard in ("events_no_update", "events_no_delete"):
            file.execute(f"DROP TRIGGER {guard}")
        for sql in changes:
            file.execute(sql)


def test_a_sound_ledger_is_said_to_be_sound(run, talks):
    result = run("verify", "--ledger", talks)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Sound: 23 events, none altered, removed, inserted or moved.\n")
    assert "shows only against a seal" in " ".join(result.out.split())


@pytest.mark.parametrize("form", ["plain", "md", "json"])
def test_every_format_tells_the_position_and_both_hashes(run, talks, sealed, form):
    result = run("verify", "--seal", sealed, "--ledger", talks, "--format", form)
    seal = Seal.parse(sealed.read_bytes())
    assert result.code == 0
    assert seal.head in result.out
    assert seal.root in result.out
    assert "23" in result.out


def test_an_altered_event_is_named(run, talks, event_id):
    tamper(talks, "UPDATE events SET body = replace(body, '2025', '2024') WHERE position = 5")
    result = run("verify", "--ledger", talks)
    assert (result.code, result.out) == (5, "")
    assert result.err.startswith(f"Error: altered at position 5, event {event_id!r}: ")


def test_a_ledger_that_was_tampered_with_is_not_sealed(run, talks, tmp_path):
    tamper(talks, "DELETE FROM events WHERE position = 5")
    result = run("seal", "-o", tmp_path / "seal.json", "--ledger", talks)
    assert (result.code, result.out) == (5, "")
    assert result.err.startswith("Error: removed at position 5: ")
    assert not (tmp_path / "seal.json").exists()


def test_an_end_that_was_cut_off_shows_against_the_seal(run, talks, sealed):
    tamper(talks, "DELETE FROM events WHERE position > 20")
    assert run("verify", "--ledger", talks).code == 0
    result = run("verify", "--seal", sealed, "--ledger", talks)
    assert (result.code, result.out) == (5, "")
    assert result.err.startswith("Error: removed at position 21: the ledger ends at 20, events up to 23 were sealed")


def test_what_came_since_does_not_matter(run, record, talks, sealed):
    record(*NOTE)
    result = run("verify", "--seal", sealed, "--ledger", talks)
    assert (result.code, result.err) == (0, "")
    assert "It begins with the 23 events sealed at 2025-07-22T09:30:00Z; 1 came since." in " ".join(result.out.split())


def test_a_seal_goes_to_stdout_as_one_line(run, talks, sealed):
    result = run("seal", "--ledger", talks)
    assert (result.code, result.out, result.err) == (0, sealed.read_text("utf-8"), "")
    assert result.out.count("\n") == 1


def test_a_seal_is_overwritten_only_when_asked(run, talks, sealed):
    before = sealed.read_bytes()
    sealed.write_bytes(b"older")
    result = run("seal", "-o", sealed, "--ledger", talks)
    assert (result.code, sealed.read_bytes()) == (1, b"older")
    assert "--overwrite" in result.err
    assert run("seal", "-o", sealed, "--overwrite", "--ledger", talks).code == 0
    assert sealed.read_bytes() == before


def test_a_proof_is_checked_without_the_ledger(run, proof, sealed, event_id):
    result = run("verify", "--proof", proof, "--seal", sealed)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Proven: this event is among the 23 events sealed at 2025-07-22T09:30:00Z.\n")
    assert event_id in result.out
    data = json.loads(run("verify", "--proof", proof, "--seal", sealed, "-f", "json").out)
    assert data["event"] == InclusionProof.parse(proof.read_bytes()).event


def test_a_proof_goes_to_stdout_as_one_line(run, talks, proof, sealed, event_id):
    result = run("prove", event_id, "--seal", sealed, "--ledger", talks)
    assert (result.code, result.out, result.err) == (0, proof.read_text("utf-8"), "")


def test_a_forged_proof_is_refused(run, proof, sealed):
    proof.write_text(proof.read_text("utf-8").replace("2025-07", "2024-07"), "utf-8")
    result = run("verify", "--proof", proof, "--seal", sealed)
    assert (result.code, result.out) == (5, "")
    assert result.err.startswith("Error: unproven at position 5")


def test_a_proof_without_a_seal_says_nothing(run, proof):
    result = run("verify", "--proof", proof)
    assert result.code == 2
    assert "give the seal too, with --seal FILE" in result.err


def test_an_event_that_nobody_knows_has_no_proof(run, talks, sealed):
    result = run("prove", "nobody", "--seal", sealed, "--ledger", talks)
    assert (result.code, result.out) == (3, "")


def test_an_event_behind_the_seal_has_no_proof(run, record, talks, sealed):
    record(*NOTE, "--id", "later")
    result = run("prove", "later", "--seal", sealed, "--ledger", talks)
    assert (result.code, result.out) == (2, "")
    assert "not among the 23 that are sealed: seal the ledger again" in result.err


def test_nothing_is_proven_from_a_ledger_that_is_not_the_sealed_one(run, talks, sealed, event_id, tmp_path):
    tamper(talks, "UPDATE events SET body = replace(body, '2025', '2024') WHERE position = 9")
    result = run("prove", event_id, "--seal", sealed, "--ledger", talks, "-o", tmp_path / "forged.json")
    assert result.code == 5
    assert not (tmp_path / "forged.json").exists()


@pytest.mark.parametrize("args", [("verify",), ("seal",)])
def test_log_files_have_no_chain(run, args):
    result = run(*args, "--ledger", SEEDS)
    assert (result.code, result.out) == (1, "")
    assert "log files keep no chain of their events" in result.err
    assert "diplostate import" in result.err


def test_a_ledger_without_a_chain_is_told_what_to_do():
    class Plain:
        url = "plain:"

    with pytest.raises(LedgerError, match="plain: keeps no chain of its events: bring them into a SQLite ledger"):
        rows_of(Plain())


def test_a_ledger_in_memory_has_a_chain():
    ledger: Ledger = MemoryLedger([held("2025-07-20", id="a", recorded=datetime(2025, 7, 20, tzinfo=UTC))])
    assert [row.event_id for row in rows_of(ledger)] == ["a"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "\0"])
def test_a_file_that_is_no_seal_is_refused(run, talks, sealed, text):
    sealed.write_text(text, "utf-8")
    result = run("verify", "--seal", sealed, "--ledger", talks)
    assert (result.code, result.out) == (2, "")
    assert str(sealed) in result.err


def test_a_missing_seal_is_refused(run, talks, tmp_path):
    result = run("verify", "--seal", tmp_path / "none.json", "--ledger", talks)
    assert result.code == 2
    assert "none.json cannot be read (No such file or directory): check the path" in result.err


def test_help_tells_the_exit_code(run):
    assert "5 tampered" in run("--help").out
    assert "Sealed history:" in run("--help").out


@pytest.fixture
def newer(run, record, talks, sealed, tmp_path):
    """A seal of the same ledger, to which something came."""
    record(*NOTE)
    assert run("seal", "--output", tmp_path / "august.seal.json", "--ledger", talks).code == 0
    return tmp_path / "august.seal.json"


def test_a_ledger_is_compared_with_every_seal_that_is_given(run, talks, sealed, newer):
    result = run("verify", "--seal", newer, "--seal", sealed, "--ledger", talks)
    said = " ".join(result.out.split())
    assert (result.code, result.err) == (0, "")
    assert "begins with the 23 events sealed at 2025-07-22T09:30:00Z; 1 came since. It begins with the 24 events" in said
    data = json.loads(run("verify", "--seal", newer, "--seal", sealed, "--ledger", talks, "--format", "json").out)
    assert (data["seal"]["position"], [seal["position"] for seal in data["older_seals"]]) == (24, [23])


def test_that_a_seal_continues_another_is_proven_without_the_ledger(run, talks, sealed, newer, tmp_path):
    proof = tmp_path / "summer.proof.json"
    assert run("prove", "--seal", sealed, "--seal", newer, "-o", proof, "--ledger", talks).code == 0
    result = run("verify", "--proof", proof, "--seal", newer, "--seal", sealed)
    assert (result.code, result.err) == (0, "")
    assert " ".join(result.out.split()).startswith(
        "Proven: the 24 events sealed at 2025-07-22T09:30:00Z begin with the 23 events"
    )
    data = json.loads(run("verify", "--proof", proof, "--seal", newer, "--seal", sealed, "--format", "json").out)
    assert (data["schema"], data["older"]["position"], data["newer"]["position"]) == ("diplostate.continued/1", 23, 24)


def test_a_seal_of_another_history_does_not_continue_it(run, talks, sealed, newer, tmp_path):
    """Neither is such a proof made, nor does another one prove it."""
    proof, forged = tmp_path / "summer.proof.json", tmp_path / "forged.seal.json"
    run("prove", "--seal", sealed, "--seal", newer, "-o", proof, "--ledger", talks)
    forged.write_text(sealed.read_text().replace(json.loads(sealed.read_text())["root"][:8], "00000000"))
    assert run("verify", "--proof", proof, "--seal", forged, "--seal", newer).code == 5
    assert run("prove", "--seal", forged, "--seal", newer, "--ledger", talks).code == 5
    assert run("verify", "--seal", forged, "--seal", newer, "--ledger", talks).code == 5


def test_a_proof_needs_as_many_seals_as_it_is_about(run, talks, sealed, newer, proof, event_id, tmp_path):
    between = tmp_path / "summer.proof.json"
    run("prove", "--seal", sealed, "--seal", newer, "-o", between, "--ledger", talks)
    assert run("verify", "--proof", between, "--seal", newer).code == 2
    assert run("verify", "--proof", proof, "--seal", newer, "--seal", sealed).code == 2
    assert run("prove", "--seal", newer, "--ledger", talks).code == 2
    assert run("prove", event_id, "--seal", newer, "--seal", sealed, "--ledger", talks).code == 2
