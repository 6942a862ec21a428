"""The tables of a PostgreSQL ledger, what guards them, and who may do what with them; ``{schema}`` stands for its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diplostate.errors import LedgerError

VERSION = 1
"""The schema that this diplostate writes."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


def quoted(name: str) -> str:
    """The name of a schema or a role as an identifier; raises `LedgerError` where it is none that can be used here."""
    if not _NAME.fullmatch(name):
        raise LedgerError(f"{name!r} is no name for a schema or a role: small letters, digits and _, at most 63")
    return f'"{name}"'


# Names are compared byte by byte (COLLATE "C"): an index in the collation of an operating system breaks with its upgrades.
_LEDGER = """
CREATE TABLE {schema}.ledger (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    schema_version integer NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0 -- of the last event; not taken back where events are cut off by force
) WITH (fillfactor = 50)"""
_EVENTS = """
CREATE TABLE {schema}.events (
    position bigint PRIMARY KEY,
    track text COLLATE "C" NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    id text COLLATE "C" NOT NULL UNIQUE,
    clock text, -- the latest time that the clock of an append gave up to here
    body text NOT NULL, -- canonical JSON of all but version and position; jsonb would not keep it to the byte
    content_hash text NOT NULL CHECK (length(content_hash) = 64), -- SHA-256 of the body
    chain text NOT NULL CHECK (length(chain) = 64), -- binds the event to all before it
    UNIQUE (track, version)
)"""
_BEGUN = "CREATE INDEX events_begun ON {schema}.events (position) INCLUDE (track) WHERE version = 1"
_PROJECTIONS = """
CREATE TABLE {schema}.projections (
    track text COLLATE "C" PRIMARY KEY,
    text text NOT NULL,
    fingerprint text NOT NULL -- of what made it; beside another one it is stale
) WITH (fillfactor = 70)"""

# The counter is moved by the insert itself: whoever inserts, by whatever program, takes the next positions or none, and holds
# the row until it commits.
_ONLY_NEXT = """
BEGIN
    UPDATE {schema}.ledger SET position = batch.highest
    FROM (
        SELECT min(position) AS lowest, max(position) AS highest, count(*) AS many,
               bool_and(version = 1 OR EXISTS (
                   SELECT FROM {schema}.events AS e
                   WHERE e.track = added.track AND e.version = added.version - 1 AND e.position < added.position
               )) AS in_order
        FROM added
    ) AS batch
    WHERE position = batch.lowest - 1 AND batch.highest - batch.lowest + 1 = batch.many AND batch.in_order;
    IF NOT FOUND AND EXISTS (SELECT FROM added) THEN
        RAISE integrity_constraint_violation
            USING MESSAGE = 'events are only appended: this is not the next position, or not the next version of its track';
    END IF;
    RETURN NULL;
END """
_REFUSE = """
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
END """

FUNCTIONS: Mapping[str, str] = {"only_next": _ONLY_NEXT, "refuse": _REFUSE}
"""What the triggers do, in PL/pgSQL."""
# Writers need no right to move the counter: it moves with the rights of its owner. So nobody else may use the function, for a
# table of their own for instance.
_RIGHTS = {"only_next": "SECURITY DEFINER SET search_path = pg_catalog, pg_temp ", "refuse": ""}

_REMOVAL = "refuse('events are never removed: append a retraction')"
_TRIGGERS = {
    "events_only_next": ("AFTER INSERT", "REFERENCING NEW TABLE AS added", "only_next()"),
    "events_no_update": ("BEFORE UPDATE", "", "refuse('events never change: append a correction')"),
    "events_no_delete": ("BEFORE DELETE", "", _REMOVAL),
    "events_no_truncate": ("BEFORE TRUNCATE", "", _REMOVAL),
}
# As pg_trigger.h has them in tgtype; all of ours are for each statement.
_BITS = {"BEFORE": 2, "AFTER": 0, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}

TRIGGERS: Mapping[str, tuple[str, int]] = {
    name: (call.partition("(")[0], sum(_BITS[word] for word in moment.split())) for name, (moment, _, call) in _TRIGGERS.items()
}
"""The guards of the events: for each the function that it calls, and when, as ``pg_trigger.tgtype`` has it."""

STATEMENTS: Sequence[str] = (
    _LEDGER,
    "INSERT INTO {schema}.ledger DEFAULT VALUES",
    _EVENTS,
    _BEGUN,
    _PROJECTIONS,
    *(
        f"CREATE FUNCTION {{schema}}.{name}() RETURNS trigger LANGUAGE plpgsql {_RIGHTS[name]}AS $${source}$$"
        for name, source in FUNCTIONS.items()
    ),
    *(f"REVOKE ALL ON FUNCTION {{schema}}.{name}() FROM PUBLIC" for name in FUNCTIONS),
    *(
        f"CREATE TRIGGER {name} {moment} ON {{schema}}.events {more} FOR EACH STATEMENT EXECUTE FUNCTION {{schema}}.{call}"
        for name, (moment, more, call) in _TRIGGERS.items()
    ),
    # ALWAYS: also where session_replication_role puts other triggers to sleep.
    *(f"ALTER TABLE {{schema}}.events ENABLE ALWAYS TRIGGER {name}" for name in _TRIGGERS),
)
"""What makes a ledger in a schema that is there."""

MIGRATIONS: Mapping[int, Sequence[str]] = {}
"""For each older schema the statements that lead to the next one."""


def grants(schema: str, *, writer: str | None = None, reader: str | None = None) -> list[str]:
    """The statements with which the owner of a ledger lets a role append to it and read it, or only read it.

    A writer can insert events, never change or remove one, and keep projections, which can be made anew at any time; the
    position of the last event moves with the insert alone. Both roles must be there. Raises `LedgerError` for names with other
    characters than small letters, digits and ``_``.
    """
    place = quoted(schema)
    statements = []
    for role in (writer, reader):
        if role is not None:
            statements += [
                f"GRANT USAGE ON SCHEMA {place} TO {quoted(role)};",
                f"GRANT SELECT ON {place}.ledger, {place}.events, {place}.projections TO {quoted(role)};",
            ]
    if writer is not None:
        statements += [
            f"GRANT INSERT ON {place}.events TO {quoted(writer)};",
            f"GRANT INSERT, UPDATE ON {place}.projections TO {quoted(writer)};",
        ]
    return statements
