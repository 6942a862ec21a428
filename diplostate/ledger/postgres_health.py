"""Whether a PostgreSQL ledger is as it was made: its server, its guards, its count, and who may do what with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from diplostate.ledger.postgres_schema import FUNCTIONS, TRIGGERS, VERSION, quoted

Rows = Callable[..., list[Any]]
"""Runs a statement, in which ``{schema}`` stands for the schema, with values; gives what it finds."""

_SERVER = "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('full_page_writes')"
# Bits of tgtype, as pg_trigger.h has them: 1 for each row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate. Enabled
# "A" is ALWAYS; one with a condition, or for some columns, lets others pass.
_TRIGGERS = """
SELECT t.tgname::text, p.proname::text, t.tgtype FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
WHERE t.tgrelid = '{schema}.events'::regclass AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = ''"""
_FUNCTIONS = """
SELECT p.proname::text, p.prosrc FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = %s"""
_INDEXES = """
SELECT count(*) FROM pg_index
WHERE indrelid = '{schema}.events'::regclass AND indisunique AND indisvalid AND indimmediate AND indpred IS NULL"""
_COUNT = "SELECT position, (SELECT coalesce(max(position), 0) FROM {schema}.events) FROM {schema}.ledger"
_RIGHTS = """
SELECT current_user::text, pg_get_userbyid(c.relowner)::text, pg_has_role(c.relowner, 'USAGE'),
       has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
FROM pg_class AS c WHERE c.oid = '{schema}.events'::regclass"""

_UNIQUE = 3
"""Unique indexes of the events: by position, by id, and by version in a track."""


def findings(rows: Rows, schema: str) -> Iterator[tuple[str, bool, str]]:
    """See `diplostate.ledger.protocol.Examined`."""
    yield from _server(rows)
    ((version,),) = rows("SELECT schema_version FROM {schema}.ledger")
    yield "schema", version == VERSION, f"version {version}, in schema {schema!r}"
    yield from _guards(rows, schema)
    yield from _count(rows)
    yield from _rights(rows)


def _server(rows: Rows) -> Iterator[tuple[str, bool, str]]:
    ((number, *switches),) = rows(_SERVER)
    off = [name for name, switch in zip(("fsync", "full_page_writes"), switches, strict=True) if switch != "on"]
    risk = f", and {' and '.join(off)} off: a power cut may damage what was acknowledged" if off else ""
    yield "server", not off, f"PostgreSQL {number}{risk}"


def _guards(rows: Rows, schema: str) -> Iterator[tuple[str, bool, str]]:
    there = {(name, function, kind) for name, function, kind in rows(_TRIGGERS)}
    missing = [name for name, (function, kind) in TRIGGERS.items() if (name, function, kind) not in there]
    sources = dict(rows(_FUNCTIONS, schema))
    missing += [name for name, source in FUNCTIONS.items() if sources.get(name) != source.replace("{schema}", quoted(schema))]
    ((unique,),) = rows(_INDEXES)
    missing += ["a unique index"] if unique < _UNIQUE else []
    said = f"{', '.join(missing)} missing or changed: events could be altered" if missing else "events can only be appended"
    yield "guards", not missing, said


def _count(rows: Rows) -> Iterator[tuple[str, bool, str]]:
    ((counted, last),) = rows(_COUNT)
    lost = f"{counted} events were appended, and the last one there is number {last}: verify the ledger against a seal"
    yield "count", counted == last, "no event was cut off at the end" if counted == last else lost


def _rights(rows: Rows) -> Iterator[tuple[str, bool, str]]:
    ((role, owner, is_owner, may_insert, may_alter),) = rows(_RIGHTS)
    if is_owner or may_alter:
        said = "can take the guards away: let programs write as a role that may only insert and select"
    else:
        said = "can append and read, and alter nothing" if may_insert else "can read, and nothing else"
    yield "rights", True, f"role {role!r} {said} (the owner is {owner!r})"
