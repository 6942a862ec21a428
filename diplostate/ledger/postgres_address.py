"""Where a PostgreSQL ledger is: what libpq needs to connect, the schema, and a text that can be shown to anybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote

import attrs
import psycopg
from psycopg import conninfo, pq

from diplostate.errors import LedgerError
from diplostate.ledger.postgres_schema import quoted

SCHEMA = "diplostate"
"""The schema of a ledger whose URL names none."""

_DEFAULTS = {"connect_timeout": 10, "fallback_application_name": "diplostate"}
_FORM = (
    "write postgresql://USER@HOST:PORT/DATABASE?schema=NAME; "
    "a @ : / ? # & or % in a name or password is written as %40 %3A %2F %3F %23 %26 or %25"
)


@attrs.frozen
class Address:
    """A schema of a database.

    ``url`` names it without its secrets: libpq then looks for a password in PGPASSWORD, or in the password file.
    """

    url: str
    schema: str
    options: Mapping[str, Any] = attrs.field(repr=False)
    secrets: frozenset[str] = attrs.field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read ``postgresql://…``, a URL as libpq takes it, with ``schema`` as one more option; raises `LedgerError`."""
        scheme, _, rest = url.partition("://")
        place, _, query = rest.partition("?")
        user, at, host = place.rpartition("@")
        options = [option.partition("=") for option in query.split("&") if option]
        # What cannot be told apart for certain is not shown: a part of it may be a password.
        if re.search("[@/]", user) or "@" in query or not all(name and equals for name, equals, _ in options):
            raise LedgerError(f"this URL of a PostgreSQL server cannot be read: {_FORM}")
        name, _, password = user.partition(":")
        hidden = _hidden_options()
        given = {password, *(value for option, _, value in options if option in hidden)} - {""}
        secrets = frozenset(given | {unquote(secret) for secret in given})
        shown = "&".join("".join(option) for option in options if option[0] not in hidden)
        known = "&".join("".join(option) for option in options if option[0] != "schema")
        schema = unquote({option: value for option, _, value in options}.get("schema", SCHEMA))
        quoted(schema)
        return cls(
            url=f"{scheme}://{name}{at}{host}{'?' if shown else ''}{shown}",
            schema=schema,
            options=_options(f"{scheme}://{place}?{known}", secrets),
            secrets=secrets,
        )

    def hide(self, text: str) -> str:
        """A text of the driver or the server on one line, without secrets."""
        return _hidden(text, self.secrets)


def _options(url: str, secrets: Collection[str]) -> Mapping[str, Any]:
    try:
        options = conninfo.conninfo_to_dict(url)
    except psycopg.Error as error:
        raise LedgerError(f"this URL of a PostgreSQL server cannot be read ({_hidden(str(error), secrets)}): {_FORM}") from None
    if not re.fullmatch("[0-9,]*", str(options.get("port", ""))):
        raise LedgerError(f"this URL of a PostgreSQL server has a port that is no number: {_FORM}")
    return {**_DEFAULTS, **options, "client_encoding": "utf8"}


def _hidden(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _hidden_options() -> frozenset[str]:
    """The options that must not be shown, as libpq itself knows them."""
    return frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.dispchar == b"*")
