"""What doctor finds in a PostgreSQL ledger: whether its server, its guards, its count and its roles are as they should be."""

from __future__ import annotations

import pytest

from diplostate import wiring
from diplostate.reports import doctor
from diplostate.testing.conformance import held
from ledger.test_postgres import ask, opened, raw, role, schema_of, with_settings

__all__ = ["role"]  # a fixture


@pytest.fixture
def ledger(ledger):
    """One with three events."""
    ledger.append([held("2025-07-20", id=name) for name in "abc"])
    return ledger


def found(ledger):
    return {name: (sound, said) for name, sound, said in ledger.examine()}


def test_a_ledger_as_it_was_made_is_sound(ledger):
    about = found(ledger)
    assert list(about) == ["server", "schema", "guards", "count", "rights"]
    assert about["guards"] == (True, "events can only be appended")
    assert about["count"] == (True, "no event was cut off at the end")
    assert about["schema"][0]


def test_doctor_looks_at_it(ledger, url):
    told = {finding.name: finding for finding in doctor.examine(lambda: wiring.open(url, create=False)).ledger}
    assert told["guards"].level == told["order"].level == told["statuses"].level == doctor.OK
    assert told["events"].said == "3 in 1 track, all readable"


def test_a_server_that_does_not_wait_for_its_disk_is_a_fault(ledger):
    ((fsync, pages),) = ask(ledger, "SELECT current_setting('fsync'), current_setting('full_page_writes')")
    sound, said = found(ledger)["server"]
    assert sound == (fsync == pages == "on")
    assert ("fsync off: a power cut may damage what was acknowledged" in said) == (fsync == "off")


OPEN = "LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
UPDATE = "ON events FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse('no')"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("ALTER TABLE events DISABLE TRIGGER events_no_update", "events_no_update"),
        ("ALTER TABLE events ENABLE TRIGGER events_no_delete", "events_no_delete"),
        ("ALTER TABLE events DISABLE TRIGGER USER", "events_only_next, events_no_update, events_no_delete, events_no_truncate"),
        ("DROP TRIGGER events_no_truncate ON events", "events_no_truncate"),
        (f"CREATE OR REPLACE TRIGGER events_no_update BEFORE INSERT {UPDATE}", "events_no_update"),
        (f"CREATE OR REPLACE TRIGGER events_no_update BEFORE UPDATE OF clock {UPDATE}", "events_no_update"),
        (
            "CREATE OR REPLACE TRIGGER events_no_update BEFORE UPDATE ON events FOR EACH STATEMENT WHEN (false)"
            " EXECUTE FUNCTION {schema}.refuse('no')",
            "events_no_update",
        ),
        (f"CREATE OR REPLACE FUNCTION refuse() RETURNS trigger {OPEN}", "refuse"),
        (f"CREATE OR REPLACE FUNCTION only_next() RETURNS trigger SECURITY DEFINER {OPEN}", "only_next"),
        ("ALTER TABLE events DROP CONSTRAINT events_id_key", "a unique index"),
    ],
)
def test_a_guard_that_was_taken_away_is_named(ledger, url, change, missing):
    with raw(url) as owner:
        owner.execute(change.replace("{schema}", schema_of(url)))
        if "REPLACE TRIGGER" in change:
            owner.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_update")

    assert found(ledger)["guards"] == (False, f"{missing} missing or changed: events could be altered")


def test_what_others_do_beside_the_guards_is_theirs(ledger, url):
    with raw(url) as owner:
        owner.execute(f"CREATE FUNCTION tell() RETURNS trigger {OPEN}")
        owner.execute("CREATE TRIGGER tell AFTER INSERT ON events EXECUTE FUNCTION tell()")

    assert found(ledger)["guards"][0]


def test_events_cut_off_at_the_end_are_missed(ledger, url):
    with raw(url) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_no_delete")
        owner.execute("DELETE FROM events WHERE position > 1")

    said = "3 events were appended, and the last one there is number 1: verify the ledger against a seal"
    assert found(ledger)["count"] == (False, said)


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        ("writer", "can append and read, and alter nothing"),
        ("reader", "can read, and nothing else"),
        ("all", "can take the guards away: let programs write as a role that may only insert and select"),
    ],
)
def test_it_says_what_the_role_may_do(ledger, url, role, granted, said):
    from diplostate.ledger.postgres_schema import grants

    with raw(url) as owner:
        for statement in grants(schema_of(url), **{"reader" if granted == "all" else granted: role}):
            owner.execute(statement)
        if granted == "all":
            owner.execute(f"GRANT TRIGGER ON events TO {role}")
        ((name,),) = owner.execute("SELECT current_user").fetchall()
    with opened(with_settings(url, role=role), create=False) as limited:
        assert found(limited)["rights"] == (True, f"role {role!r} {said} (the owner is {name!r})")
        assert found(limited)["guards"][0]
    assert found(ledger)["rights"][1].startswith(f"role {name!r} can take the guards away")
