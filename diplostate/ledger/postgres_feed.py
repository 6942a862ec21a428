"""How those who follow a PostgreSQL ledger learn that something was appended: NOTIFY, as a hint and never as the truth."""

from __future__ import annotations

import os
import time
from typing import Any

import psycopg

from diplostate.ledger.postgres_address import Address
from diplostate.ledger.postgres_database import lane


def channel(schema: str) -> str:
    """The channel of a ledger, on which its last position is told; hashed, for the names of schemas may be too long."""
    return f"diplostate_{lane(schema) % 2**64:016x}"


class Bell:
    """Listens on a connection of its own, in no transaction; see `diplostate.ledger.subscription.Bell`.

    Where the connection is lost, or a pooler in between swallows what is sent, it rings when the time is over.
    """

    def __init__(self, address: Address) -> None:
        self._address, self._pid = address, os.getpid()
        self._connection: psycopg.Connection[Any] | None = None
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Return when something was announced, and after these seconds in any case."""
        end = time.monotonic() + seconds
        try:
            list(self._listening().notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            time.sleep(max(0, end - time.monotonic()))

    def _listening(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._pid != os.getpid():
            # After a fork the connection of the parent is left alone: to close it here would end its session.
            self._connection, self._pid = psycopg.connect("", autocommit=True, **self._address.options), os.getpid()
            self._connection.execute(f"LISTEN {channel(self._address.schema)}".encode())
        return self._connection

    def close(self) -> None:
        """Hang up; closing twice does no harm."""
        connection, self._connection = self._connection, None
        if connection is not None and self._pid == os.getpid():
            connection.close()
