"""Several statements sent to PostgreSQL in one go, and their answers: what happens in the lane of writers must not take long.

psycopg has a pipeline of its own, which turns to the server for each statement in it. Here they are handed to libpq together:
https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Statement = tuple[str, Sequence[object]]
"""A statement with ``$1``, ``$2``, …, and their values: texts, whole numbers, None; lists of numbers, names or JSON texts."""
Row = tuple[str | None, ...]
"""The columns as PostgreSQL writes them."""


class Line(psycopg.Connection[tuple[Any, ...]]):
    """A connection that knows what was prepared on it."""

    prepared: dict[str, bytes]
    """The name of each statement that the server knows."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepared = {}
        self._numbers = itertools.count()

    def together(self, statements: Iterable[Statement]) -> list[list[Row]]:
        """Run the statements one after the other, and give the rows of each; raises `psycopg.Error` where one fails.

        Where they are long, the server works on the first ones while the next ones are made.
        """
        connection = self.pgconn
        connection.enter_pipeline_mode()
        sent: list[tuple[str, bytes] | None] = []  # for each answer the statement that is prepared; None: it is run
        for sql, values in statements:
            name = self.prepared.get(sql)
            if name is None:
                name = b"together_%d" % next(self._numbers)
                connection.send_prepare(name, sql.encode())
                sent.append((sql, name))
            connection.send_query_prepared(name, list(map(_dumped, values)))
            sent.append(None)
        connection.pipeline_sync()
        results = self.wait(_answers(connection))
        with suppress(psycopg.Error):  # where the server ends the session, its words are told, and not those of the driver
            connection.exit_pipeline_mode()
        rows = []
        for prepared, result in zip(sent, results, strict=False):
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
            if prepared is None:
                rows.append(_rows(result))
            else:
                self.prepared.update([prepared])
        return rows


def _answers(connection: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """The result of each statement, up to one that fails and ends the session.

    What comes is read while the rest is sent: else both sides could wait for each other.
    """
    results: list[PGresult] = []
    while True:
        ready = yield Wait.RW if connection.flush() else Wait.R
        if ready & Ready.R:
            connection.consume_input()
        while not connection.is_busy():
            result = connection.get_result()
            if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                return results
            if result is not None:
                results.append(result)
            elif connection.status == ConnStatus.BAD:
                return results


_BETWEEN = "\x1f"
"""A character that is in no name, and that JSON escapes: all entries of a list are quoted at once, not each by itself."""


def _dumped(value: object) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, list):
        entries = _BETWEEN.join(map(str, value)).replace("\\", "\\\\").replace('"', '\\"').replace(_BETWEEN, '","')
        return f'{{"{entries}"}}'.encode() if value else b"{}"
    return str(value).encode()


def _rows(result: PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [tuple(_loaded(result.get_value(row, column)) for column in columns) for row in range(result.ntuples)]


def _loaded(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
