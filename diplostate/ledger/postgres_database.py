"""One schema of a PostgreSQL database, shared with other threads and processes: connected, locked, retried, errors in words."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import chain
from typing import Any, TypeVar

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus

from diplostate.errors import LedgerBusy, LedgerError, ReadOnly
from diplostate.ledger.postgres_address import Address
from diplostate.ledger.postgres_pipeline import Line, Row, Statement
from diplostate.ledger.postgres_schema import MIGRATIONS, STATEMENTS, VERSION, quoted

T = TypeVar("T")
Cursor = psycopg.Cursor[tuple[Any, ...]]

_PAUSE_SECONDS = 0.05
"""Between two tries to reach a server that was reached before: it may be starting again."""
_IDLE_SECONDS = 120
"""How long a transaction may wait for its program before the server ends it, so that a frozen one does not hold the lane."""

# A commit that is not on disk is none, whatever the role or the database says; stricter settings stay. Every question of a
# ledger has one right plan, by an index: it is not to be made anew each time, nor to depend on what was counted when.
_SETTINGS = """
SELECT set_config('lock_timeout', %s, false), set_config('idle_in_transaction_session_timeout', %s, false),
       set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false),
       set_config('jit', 'off', false),
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"""


class Session:
    """One connection while somebody works with it; ``{schema}`` in a statement stands for the schema of the ledger."""

    def __init__(self, connection: Line, schema: str) -> None:
        self.connection, self.is_committing = connection, False
        self._schema, self._quoted = schema, quoted(schema)

    def execute(self, sql: str, *values: object) -> Cursor:
        """Run a statement, with ``%s`` for each value."""
        return self.connection.execute(sql.replace("{schema}", self._quoted).encode(), values or None)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement, and fetch what it finds."""
        return self.execute(sql, *values).fetchall()

    def begin(self, *questions: Statement) -> list[list[Row]]:
        """Begin a transaction, enter the lane of writers, which is left when the transaction ends, and ask, all in one go."""
        return self._together((*self.entrance(), *questions))[-len(questions) :]

    def entrance(self) -> tuple[Statement, ...]:
        """What leads into the lane.

        The lock is a statement of its own, so that those behind it see all that was committed before the lock was had. That
        holds for READ COMMITTED, whatever the default of the database is.
        """
        return ("BEGIN ISOLATION LEVEL READ COMMITTED", ()), ("SELECT pg_advisory_xact_lock($1)", (lane(self._schema),))

    def commit(self, changes: Iterable[Statement] = ()) -> None:
        """Make changes and commit, in one go. Where the connection is lost from here on, nobody can tell what was done."""
        self.is_committing = True
        self._together(chain(changes, (("COMMIT", ()),)))

    def pass_through(self, change: Statement) -> list[Row]:
        """Enter the lane, make a change there and leave it, all in one go; what the change gives."""
        self.is_committing = True
        *_, rows, _ = self._together((*self.entrance(), change, ("COMMIT", ())))
        self.is_committing = False
        return rows

    def _together(self, statements: Iterable[Statement]) -> list[list[Row]]:
        return self.connection.together((sql.replace("{schema}", self._quoted), values) for sql, values in statements)


Work = Callable[[Session], T]


def lane(schema: str) -> int:
    """The number of the lock of the writers: one for each schema, in each database."""
    return int.from_bytes(sha256(f"diplostate lane {schema}".encode()).digest()[:8], signed=True)


class _Again(Exception):
    """The connection was lost, or somebody wrote without the lock: the work can be done once more."""

    def __init__(self, error: psycopg.Error, *, is_unknown: bool) -> None:
        super().__init__()
        self.error, self.is_unknown = error, is_unknown


class _Pool:
    """The connections of one process that wait to be used again."""

    def __init__(self, size: int) -> None:
        self.pid = os.getpid()
        self.free = threading.BoundedSemaphore(size)
        self.idle: list[Line] = []

    def take(self) -> Line | None:
        """One of those that wait."""
        with suppress(IndexError):  # another thread was faster
            return self.idle.pop()
        return None

    def drain(self) -> None:
        """Close all that wait."""
        while (connection := self.take()) is not None:
            connection.close()


class Database:
    """Connections to a ledger, opened as they are needed; safe from several threads and after a fork.

    ``busy_seconds`` is how long to wait for other writers, for a connection to be free, and for a server that was there
    before; ``connections`` is how many there are at most. With ``create``, what is missing is made. All errors are
    `LedgerError`.
    """

    def __init__(self, address: Address, *, create: bool, busy_seconds: float, connections: int) -> None:
        self.address = address
        self._create, self._busy_seconds, self._connections = create, busy_seconds, connections
        self._is_closed = self._is_known = False
        self._pool = _Pool(connections)
        self._abandoned: list[_Pool] = []
        _keep_quiet()
        self.read(_look)
        self._is_known = True

    def read(self, work: Work[T]) -> T:
        """Do work that reads; where the connection is lost, once more."""
        return self._twice(work, LedgerError, "")

    def write(self, work: Work[T], *, what: str) -> T:
        """Do work in one transaction, from `Session.begin` to `Session.commit`; where the connection is lost, once more.

        So the work must find out by itself what was written the first time. ``what`` names it where nobody can tell in the end.
        """
        return self._twice(work, ReadOnly, what)

    def close(self) -> None:
        """Let go of all connections; closing twice does no harm."""
        self._is_closed = True
        self._pool.drain()

    def _twice(self, work: Work[T], denied: type[LedgerError], what: str) -> T:
        is_unknown = False
        for _ in range(2):
            try:
                return self._once(work, denied)
            except _Again as again:
                self._pool.drain()  # the server was stopped, most likely, and all connections with it
                is_unknown = is_unknown or again.is_unknown
                error = self._in_words(again.error, denied)
            except LedgerError as refused:
                error = refused
                break
        if is_unknown:
            raise LedgerError(
                f"{self.address.url} was lost while it wrote, and nobody can tell whether {what} was written: "
                f"append the same again with the same ids, nothing is written twice ({error})"
            ) from error
        raise error

    def _once(self, work: Work[T], denied: type[LedgerError]) -> T:
        with self._session() as session:
            try:
                return work(session)
            except psycopg.Error as error:
                is_lost = session.connection.closed or _is_of(error, _LOST) or _is_of_driver(error)
                if is_lost or _is_of(error, _CROSSED):
                    raise _Again(error, is_unknown=is_lost and session.is_committing) from error
                raise self._in_words(error, denied) from error

    @contextmanager
    def _session(self) -> Iterator[Session]:
        if self._is_closed:
            raise LedgerError(f"{self.address.url} was closed: open it again")
        pool = self._pool_of_this_process()
        if not pool.free.acquire(timeout=self._busy_seconds):
            raise LedgerBusy(f"{self.address.url}: all {self._connections} connections were in use: try again, or allow more")
        try:
            connection = pool.take() or self._connected()
            try:
                yield Session(connection, self.address.schema)
            finally:
                if _is_reusable(connection) and not self._is_closed:
                    pool.idle.append(connection)
                else:
                    connection.close()
        finally:
            pool.free.release()

    def _pool_of_this_process(self) -> _Pool:
        if self._pool.pid != os.getpid():
            # The connections of the parent are still the parent's: to close them here would end its sessions.
            self._abandoned.append(self._pool)
            self._pool = _Pool(self._connections)
        return self._pool

    def _connected(self) -> Line:
        end = time.monotonic() + self._busy_seconds
        while True:
            try:
                return self._opened()
            except psycopg.Error as error:
                if not (self._is_known and isinstance(error, psycopg.OperationalError)) or time.monotonic() > end:
                    raise self._in_words(error, LedgerError) from error
            time.sleep(_PAUSE_SECONDS)

    def _opened(self) -> Line:
        connection = Line.connect("", autocommit=True, **self.address.options)
        try:
            session = Session(connection, self.address.schema)
            session.execute(_SETTINGS, _milliseconds(self._busy_seconds), _milliseconds(_IDLE_SECONDS))
            version = _version(session)
            if version != VERSION:
                self._bring_up(session, version)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up(self, session: Session, version: int) -> None:
        """Make the tables, or migrate older ones; another process may have done it meanwhile."""
        if not version:
            self._check_before(session)
        if version <= VERSION:
            session.begin()
            version = _version(session)
        if version > VERSION:
            raise LedgerError(
                f"{self.address.url} was written by a newer diplostate (schema {version}, this one knows {VERSION}): "
                "upgrade it with pip install --upgrade diplostate"
            )
        if not version and not session.rows("SELECT FROM pg_namespace WHERE nspname = %s", self.address.schema):
            session.execute("CREATE SCHEMA {schema}")
        steps = [STATEMENTS] if not version else [MIGRATIONS[old] for old in range(version, VERSION)]
        for statement in (statement for step in steps for statement in step):
            session.execute(statement)
        session.execute("UPDATE {schema}.ledger SET schema_version = %s", VERSION)
        session.commit()

    def _check_before(self, session: Session) -> None:
        if not self._create:
            raise LedgerError(
                f"no ledger in schema {self.address.schema!r} at {self.address.url}: check the URL; "
                "the first event that is recorded there makes it"
            )
        encoding = session.connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise LedgerError(f"the database at {self.address.url} is in {encoding}, a ledger needs one in UTF8: make another")

    def _in_words(self, error: psycopg.Error, denied: type[LedgerError]) -> LedgerError:
        state = error.sqlstate or ""
        kind, words = _WORDS.get(state) or _WORDS.get(state[:2]) or (LedgerError, "cannot be used: see what PostgreSQL says")
        if state == _DENIED:
            kind = denied
        said = self.address.hide(error.diag.message_primary or str(error))
        return kind(f"{self.address.url} {words.format(seconds=self._busy_seconds)} (PostgreSQL: {said})")


# SQLSTATE, or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
_DENIED = "42501"
_LOST = ("08", "25P03", "57P01", "57P02", "57P03", "57P05")
"""The server ends the session."""
_CROSSED = ("23", "40")
"""Somebody wrote without the lock of the lane."""
_WORDS: Mapping[str, tuple[type[LedgerError], str]] = {
    "": (LedgerError, "cannot be reached, or does not let you in: check the URL, and that the server runs"),
    "08": (LedgerError, "was lost: check that the server runs, and try again"),
    "23": (LedgerError, "refused what does not fit: another program writes into its tables; find it and stop it"),
    "25006": (ReadOnly, "can only be read: connect to the primary server, and with a role that may write"),
    _DENIED: (LedgerError, "does not allow this to your role: ask its owner for the grants in 'Run on PostgreSQL'"),
    "42P01": (LedgerError, "has no ledger any more: check who removed its tables"),
    "42P07": (LedgerError, "has tables of the same names that are no ledger; nothing was touched: choose another schema"),
    "42703": (LedgerError, "has tables of the same names that are no ledger; nothing was touched: choose another schema"),
    "53100": (LedgerError, "has no room on its disk, nothing was written: make room, then append again"),
    "53300": (LedgerError, "has no connection left: close some, or allow more in max_connections"),
    "55P03": (LedgerBusy, "was locked by other writers for {seconds:g} s, nothing was written: try again"),
    "57": (LedgerError, "ended this session, or its work: try again"),
    "XX001": (LedgerError, "is damaged: keep it as it is, and restore a backup"),
    "XX002": (LedgerError, "has a damaged index: keep a copy as it is, then run REINDEX"),
}


def _is_of(error: psycopg.Error, states: tuple[str, ...]) -> bool:
    return error.sqlstate is not None and error.sqlstate.startswith(states)


def _is_of_driver(error: psycopg.Error) -> bool:
    """Whether psycopg itself fails, without a word of the server: the connection ends, though that was not seen yet."""
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def _is_reusable(connection: Line) -> bool:
    """Whether a connection can be used again; what it had begun and not committed is taken back."""
    with suppress(psycopg.Error):
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            connection.together([("ROLLBACK", ())])  # psycopg's own would throw away what was prepared
    is_idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
    return is_idle and connection.pgconn.pipeline_status == PipelineStatus.OFF


def _version(session: Session) -> int:
    """The version of the tables; 0 where there are none."""
    if not session.rows("SELECT FROM pg_class WHERE oid = to_regclass('{schema}.ledger')"):
        return 0
    ((version,),) = session.rows("SELECT schema_version FROM {schema}.ledger")
    return int(version)


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))  # 0 would mean: wait for ever


def _keep_quiet() -> None:
    """What psycopg logs beside its errors goes where somebody set up logging, else nowhere; never to the screen by itself."""
    logger = logging.getLogger("psycopg")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _look(session: Session) -> None:
    """Nothing: the connection is there."""
