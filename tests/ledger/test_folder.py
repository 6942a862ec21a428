"""Folders of log files, and single ones, as ledgers that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from diplostate.errors import InvalidLog, LedgerError, ReadOnly, TrackNotFound
from diplostate.ledger.ask import status, statuses
from diplostate.ledger.folder import open_logs
from diplostate.ledger.logfile import write_jsonl, write_yaml
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.talks.fold import reduce
from diplostate.testing.conformance import NOON, every_kind, held, proposed, responded


@pytest.fixture
def record():
    """Three tracks, as another ledger stores them."""
    with MemoryLedger(clock=lambda: NOON) as ledger:
        ledger.append(every_kind(), strict=False)
        ledger.append([proposed("UKR", "RUS"), responded("RUS", "accepted"), held("2025-07-23", track="two")])
        yield {track: list(ledger.events(track)) for track in ledger.tracks()}


@pytest.fixture
def folder(tmp_path, record):
    (tmp_path / "b.yaml").write_text(write_yaml(record["full"]), "utf-8")
    (tmp_path / "a.yml").write_text(write_yaml(record["two"]), "utf-8")
    (tmp_path / "c.jsonl").write_text("".join(write_jsonl(record["one"])), "utf-8")
    (tmp_path / "notes.txt").write_text("not a log", "utf-8")
    (tmp_path / ".draft.yaml").write_text("not a log yet", "utf-8")
    return tmp_path


def test_a_folder_is_read_in_the_order_of_its_file_names(folder, record):
    with open_logs(folder) as ledger:
        assert isinstance(ledger, Ledger)
        assert ledger.tracks() == ("two", "full", "one")
        assert ledger.head == 13
        assert [event.position for event in ledger.read()] == list(range(1, 14))
        assert [event.id for event in ledger.read()] == [event.id for track in ledger.tracks() for event in record[track]]
        for track in ledger.tracks():
            assert [event.version for event in ledger.events(track)] == list(range(1, ledger.version(track) + 1))
            assert ledger.event(record[track][0].id).track == track


def test_a_folder_tells_where_its_tracks_stand(folder):
    with open_logs(folder) as ledger:
        for evidence in ("official", "reported", "B2"):
            found = dict(statuses(ledger, evidence=evidence))
            assert found == {track: reduce(ledger.events(track), evidence=evidence) for track in ledger.tracks()}
        assert status(ledger, "one", as_of="2025-07-20").phase == "PENDING"
        with pytest.raises(TrackNotFound, match="did you mean 'one'"):
            status(ledger, "onne")


def test_one_log_is_a_ledger_too(folder, record):
    with open_logs(folder / "c.jsonl") as ledger:
        assert ledger.tracks() == ("one",)
        assert ledger.url == str(folder / "c.jsonl")


def test_logs_are_only_read(folder):
    with open_logs(folder) as ledger, pytest.raises(ReadOnly) as refused:
        ledger.append([held("2025-07-25")])

    assert str(refused.value) == (
        f"{folder} is made of log files, which diplostate only reads: add to them by hand, "
        f"or bring them into a ledger that can be written (diplostate import {folder} --ledger talks.sqlite)"
    )


def test_a_track_belongs_into_one_file(folder):
    (folder / "d.jsonl").write_text((folder / "c.jsonl").read_text("utf-8"), "utf-8")

    with pytest.raises(InvalidLog) as invalid:
        open_logs(folder)
    messages = [str(fault) for fault in invalid.value.faults]
    assert len(messages) == 3
    assert messages[0] == f"{folder / 'd.jsonl'}: track 'one' is in c.jsonl already: each belongs into one file"
    assert all(": id '" in message for message in messages[1:])


def test_the_faults_of_all_files_come_together(folder):
    (folder / "d.yaml").write_text("diplostate: 1\ntrack: x\nevents:\n  - dreamt: 2025-07-19\n", "utf-8")
    (folder / "e.jsonl").write_text("{\n", "utf-8")

    with pytest.raises(InvalidLog) as invalid:
        open_logs(folder)
    assert [Path(fault.file).name for fault in invalid.value.faults] == ["d.yaml", "e.jsonl"]


def test_a_folder_without_logs_is_no_ledger(tmp_path):
    (tmp_path / "notes.txt").write_text("not a log", "utf-8")

    with pytest.raises(LedgerError, match=r"no log files in '.*': they end in .yaml, .yml, .jsonl"):
        open_logs(tmp_path)


@pytest.mark.parametrize("name", ["missing", "missing.yaml"])
def test_what_is_not_there_is_no_ledger(tmp_path, name):
    with pytest.raises(LedgerError, match=rf"nothing at '.*{name}': check the path"):
        open_logs(tmp_path / name)
