"""The doctor: what is installed, and whether a ledger is sound; it finds what is wrong and never fails itself."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from importlib import metadata

import pytest
from support import SEEDS

from diplostate import wiring
from diplostate.errors import LedgerError
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SCHEMA
from diplostate.reports import doctor
from diplostate.reports.doctor import FAULT, NOTE, OK
from diplostate.reports.render import render
from diplostate.talks.events import Described, Link
from diplostate.testing.scenario import answered, proposed


def levels(findings):
    return {finding.name: finding.level for finding in findings}


def found_in(path):
    return {finding.name: finding for finding in doctor.examine(lambda: wiring.open(path, create=False)).ledger}


def tampered(path, *statements):
    """The ledger after somebody went around the product."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return found_in(path)


# What is installed.


def test_what_is_installed_is_told():
    found = {finding.name: finding for finding in doctor.installed()}
    assert found["diplostate"].level == found["Python"].level == found["SQLite"].level == OK
    assert sqlite3.sqlite_version in found["SQLite"].said
    assert f"attrs {metadata.version('attrs')}" in found["packages"].said


def test_extras_that_are_not_there_are_told_with_how_to_install_them(monkeypatch):
    declared = [
        "attrs>=24",
        "nowhere-to-be-found>=1; extra == 'png'",
        'hypothesis; extra == "testing"',
        "diplostate[png]; extra == 'full'",
    ]
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: declared)
    found = {finding.name: finding for finding in doctor.installed()}
    assert (found["extra png"].level, found["extra png"].said) == (
        NOTE,
        "nowhere-to-be-found missing: pip install 'diplostate[png]'",
    )
    assert found["extra testing"].level == OK
    assert "extra full" not in found


def test_a_missing_package_is_a_fault(monkeypatch):
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: ["nowhere-to-be-found>=1"])
    found = doctor.examine()
    assert [(fault.name, fault.said) for fault in found.faults] == [
        ("packages", "nowhere-to-be-found missing: pip install diplostate")
    ]


def test_it_can_run_without_being_installed(monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "requires", requires)
    assert levels(doctor.installed()) == {"diplostate": OK, "Python": OK, "SQLite": OK}


# A sound ledger.


def test_a_sound_ledger_has_no_fault(talks):
    found = doctor.examine(lambda: wiring.open(talks, create=False))
    assert found.faults == ()
    said = {finding.name: finding.said for finding in found.ledger}
    assert said["schema"] == f"version {SCHEMA.version}"
    assert said["events"] == "23 in 9 tracks, all readable"
    assert said["statuses"] == "9, each what its events come to"


@pytest.mark.parametrize("url", [SEEDS, SEEDS / "ukr-rus-turkiye.yaml", "memory:"], ids=["folder", "log", "memory"])
def test_every_ledger_can_be_looked_at(url):
    assert doctor.examine(lambda: wiring.open(url)).faults == ()


def test_anomalies_imports_and_links_that_lead_nowhere_are_worth_a_note():
    ledger = MemoryLedger()
    ledger.append([proposed("2025-07-05", "UKR", "RUS")])
    late = answered("2025-07-01", "TUR", "accepted", track="other", recorded=datetime(2025, 7, 2, tzinfo=UTC))
    ledger.append([late, Described(track="other", occurred="2025-07-01", links=[Link("prepares", "summit")])], strict=False)
    found = {finding.name: finding for finding in doctor.health(ledger)}
    assert levels(found.values()) == {
        "events": OK,
        "order": OK,
        "recorded": NOTE,
        "statuses": OK,
        "anomalies": NOTE,
        "links": NOTE,
    }
    assert found["anomalies"].said == "1 answer without a proposal (other): diplostate why TRACK tells more"
    assert found["links"].said == "some lead to tracks that are not in this ledger: summit"


# A ledger that is not sound.


def test_one_that_does_not_open_is_a_fault(tmp_path):
    (fault,) = doctor.examine(lambda: wiring.open(tmp_path / "none.sqlite", create=False)).faults
    assert fault.name == "opens"
    assert "no ledger at" in fault.said


def test_one_from_a_newer_version_is_a_fault(talks):
    found = tampered(talks, "PRAGMA user_version = 99")
    assert levels(found.values()) == {"opens": FAULT}
    assert "newer diplostate" in found["opens"].said


def test_a_missing_guard_is_a_fault(talks):
    found = tampered(talks, "DROP TRIGGER events_no_update")
    assert (found["guards"].level, found["guards"].said) == (
        FAULT,
        "events_no_update missing or changed: events could be altered",
    )


def test_an_event_that_was_taken_out_is_a_fault(talks):
    found = tampered(talks, "DROP TRIGGER events_no_delete", "DELETE FROM events WHERE position = 2")
    assert found["order"].level == FAULT
    assert "has position 3 in place 2" in found["order"].said


def test_a_version_out_of_order_is_a_fault(talks):
    found = tampered(
        talks, "DROP TRIGGER events_no_update", "UPDATE events SET version = 7 WHERE version = 2 AND track = 'ukr-rus-turkiye'"
    )
    assert "has version 7 in place 2 of 'ukr-rus-turkiye'" in found["order"].said


def test_tracks_that_are_not_those_of_the_events_are_a_fault():
    class Forgetful(MemoryLedger):
        @property
        def head(self):
            return 99

    ledger = Forgetful()
    ledger.append([proposed("2025-07-05", "UKR", "RUS")])
    found = {finding.name: finding for finding in doctor.health(ledger)}
    assert found["order"].said == "the tracks and versions that it names are not those of its events"


def test_a_status_that_is_not_what_its_events_come_to_is_a_fault(talks):
    found = tampered(talks, "UPDATE projections SET text = replace(text, 'PENDING', 'ACCEPTED')")
    assert found["statuses"].level == FAULT
    assert found["statuses"].said.startswith("1 of 9 not what its events come to (ukr-rus-turkiye): do not rely on it;")


def test_statuses_are_made_anew_where_that_is_asked_for(talks):
    assert tampered(talks, "UPDATE projections SET text = '{}' WHERE track = 'ukr-rus-turkiye'")["statuses"].level == FAULT
    found = doctor.examine(lambda: wiring.open(talks), rebuild=True)
    assert not found.faults
    assert "the statuses of 9 tracks" in {finding.said for finding in found.ledger}


def test_what_cannot_be_made_anew_is_told(talks):
    """Log files keep nothing beside their events, and a damaged event cannot be folded."""
    found = doctor.examine(lambda: wiring.open(SEEDS), rebuild=True)
    assert levels(found.ledger)["rebuilt"] == NOTE
    tampered(talks, "DROP TRIGGER events_no_update", "UPDATE events SET body = 'nonsense' WHERE position = 3")
    assert levels(doctor.examine(lambda: wiring.open(talks), rebuild=True).ledger)["rebuilt"] == FAULT


def test_an_event_that_cannot_be_read_is_a_fault(talks):
    found = tampered(talks, "DROP TRIGGER events_no_update", "UPDATE events SET body = 'x' WHERE position = 3")
    assert FAULT in levels(found.values()).values()


def test_a_damaged_file_is_a_fault(talks):
    content = bytearray(talks.read_bytes())
    content[4096 * 2 : 4096 * 6] = b"\xff" * 4096 * 4
    talks.write_bytes(content)
    assert FAULT in levels(found_in(talks).values()).values()


def test_what_cannot_be_looked_at_does_not_keep_the_rest_from_being_looked_at():
    class Broken(MemoryLedger):
        def read(self, **_):
            raise LedgerError("the disk is gone")

    found = levels(doctor.health(Broken()))
    assert found == {"events": FAULT, "statuses": OK, "anomalies": OK}


# As a report.


def test_it_is_told_in_words_and_as_data(talks):
    found = doctor.examine(lambda: wiring.open(talks, create=False))
    text = render(doctor.view(found))
    assert "  order      positions and versions count up without gaps\n" in text
    assert text.endswith("\nFound no fault.\n")
    data = json.loads(render(doctor.view(found), "json"))
    assert (data["schema"], data["faults"]) == ("diplostate.doctor/1", 0)
    assert {"name": "schema", "level": "ok", "said": f"version {SCHEMA.version}"} in data["ledger"]


def test_faults_are_counted_and_named(talks):
    tampered(talks, "DROP TRIGGER events_no_update")
    text = render(doctor.view(doctor.examine(lambda: wiring.open(talks, create=False))))
    assert "fault: events_no_update missing or changed" in text
    assert text.endswith("\nFound 1 fault.\n")
