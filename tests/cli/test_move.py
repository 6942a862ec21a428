"""The commands that move a whole record: ``copy`` and ``backup``."""

from __future__ import annotations

import json

from support import SEEDS

from diplostate import wiring


def test_a_ledger_is_copied_and_then_copied_on(run, record, talks, tmp_path):
    copied = run("copy", talks, tmp_path / "other.sqlite")
    assert (copied.code, copied.err) == (0, f"New ledger: {tmp_path / 'other.sqlite'}\n")
    assert copied.out.startswith("Copied and checked: 23 events, 23 of them new")
    record("hold", "ukr-rus-turkiye", "--occurred", "2025-07-21", "--official", "Kremlin", "--quiet")
    again = run("copy", talks, tmp_path / "other.sqlite", "--format", "json")
    data = json.loads(again.out)

    assert (again.code, again.err) == (0, "")
    assert (data["schema"], data["new"], data["position"]) == ("diplostate.copy/1", 1, 24)
    with wiring.open(talks) as one, wiring.open(tmp_path / "other.sqlite") as other:
        assert list(one.rows()) == list(other.rows())


def test_a_ledger_with_another_record_is_left_as_it_is(run, record, talks, tmp_path):
    run("copy", SEEDS, tmp_path / "other.sqlite")
    record("hold", "ukr-rus-turkiye", "--occurred", "2025-07-21", "--official", "Kremlin", "--quiet")
    refused = run("copy", tmp_path / "other.sqlite", talks)

    assert refused.code == 6
    assert "is no copy of" in refused.err
    assert "at position 24" in refused.err


def test_nothing_is_made_where_there_is_nothing_to_copy(run, tmp_path):
    assert run("copy", tmp_path / "nothing.sqlite", tmp_path / "other.sqlite").code == 1
    assert list(tmp_path.iterdir()) == []
    assert "23 events, 0 of them new" in run("copy", SEEDS, SEEDS.parent / "seeds").out


def test_a_backup_is_made_of_a_sqlite_ledger(run, talks, tmp_path):
    made = run("backup", tmp_path / "backup.sqlite", "--ledger", talks)

    assert (made.code, made.err) == (0, "")
    assert "Copied and checked: 23 events" in made.out
    assert run("verify", "--ledger", tmp_path / "backup.sqlite").code == 0
    assert run("backup", tmp_path / "backup.sqlite", "--ledger", talks).code == 1
    assert run("backup", tmp_path / "backup.sqlite", "--overwrite", "--ledger", talks).code == 0


def test_of_other_ledgers_a_copy_is_made_instead(run, tmp_path):
    refused = run("backup", tmp_path / "backup.sqlite", "--ledger", SEEDS)

    assert refused.code == 1
    assert f"diplostate copy URL {tmp_path / 'backup.sqlite'}" in refused.err
