"""One SQLite file shared with other threads and processes: opened with care, locked, retried, its errors put in words."""

from __future__ import annotations

import functools
import itertools
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import attrs

from diplostate.errors import DiplostateError, LedgerBusy, LedgerError, ReadOnly

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_MAGIC = b"SQLite format 3\x00"
_GLANCE_SECONDS = 0.01
"""Between two looks at whether somebody committed."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.05
"""Seconds between two tries for the lock."""


class Bell:
    """Looks again and again whether the data of a file changed; see `diplostate.ledger.subscription.Bell`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file, self._seen = file, file.read(_data_version)

    def wait(self, seconds: float) -> None:
        """Return when somebody committed since the last call, and after these seconds in any case."""
        end = time.monotonic() + seconds
        while (version := self._file.read(_data_version)) == self._seen and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _GLANCE_SECONDS))
        self._seen = version

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


@attrs.frozen(kw_only=True)
class Schema:
    """What a file must hold: ``statements`` make it, ``migrations`` lead from each older version to the next.

    A step of a migration is a statement, or a function where none can do it.
    """

    application_id: int
    version: int
    statements: Sequence[str]
    migrations: Mapping[int, Sequence[str | Work[None]]]


class SqliteFile:
    """A file and one connection to it, guarded by a lock; safe from several threads and after a fork.

    ``synchronous`` is ``full`` (a commit outlives a power cut) or ``normal`` (it outlives a crash of the process).
    ``busy_seconds`` is how long others may hold the lock before `LedgerBusy` is raised. All errors are `LedgerError`.
    """

    def __init__(self, path: Path, schema: Schema, *, create: bool, synchronous: str, busy_seconds: float) -> None:
        self.path, self._schema = path.absolute(), schema
        self._create, self._synchronous, self._busy_seconds = create, synchronous, busy_seconds
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._is_closed = False
        _part_before_forks(self)
        self.read(_look)

    def read(self, work: Work[T]) -> T:
        """Do work that reads; keep it short, for others wait meanwhile."""
        return self._patiently(lambda: work(self._connected()))

    def write(self, work: Work[T]) -> T:
        """Do work in one transaction that holds the lock of the file; all of it is done again where the lock was taken."""
        return self._patiently(lambda: _transact(self._connected(), work))

    def bell(self) -> Bell:
        """Rings when anybody committed; it has a connection of its own, for one does not see its own commits so."""
        return Bell(self._another())

    def copy_to(self, target: Path) -> None:
        """Copy the file as it stands at one moment; on a connection of its own, so that nobody waits for it."""
        with closing(self._another()) as other:
            other.read(lambda connection: self._copy(connection, target))

    def _copy(self, connection: sqlite3.Connection, target: Path) -> None:
        try:
            with closing(sqlite3.connect(target)) as copy:
                connection.backup(copy)
        except sqlite3.Error as error:
            said = f"{self.path} cannot be copied to {target.parent} (SQLite: {error})"
            raise LedgerError(f"{said}: check that folder, its room, and whether you may write there") from error

    def _another(self) -> SqliteFile:
        return SqliteFile(self.path, self._schema, create=False, synchronous="normal", busy_seconds=self._busy_seconds)

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it; closing twice does no harm."""
        with self._lock:
            if self._connection is not None:
                with suppress(sqlite3.Error):  # another process reads: the last one to close it does this
                    self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.disconnect()
            self._is_closed = True

    def disconnect(self) -> None:
        """Let go of the file until it is used again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def acquire(self) -> None:
        """Keep all other threads away."""
        self._lock.acquire()

    def release(self) -> None:
        """Let them go on."""
        self._lock.release()

    def _patiently(self, attempt: Callable[[], T]) -> T:
        end, pauses = time.monotonic() + self._busy_seconds, _pauses()
        while True:
            try:
                with self._lock:
                    return attempt()
            except sqlite3.Error as error:
                if _code(error) not in _TAKEN or time.monotonic() > end:
                    raise self._in_words(error) from error
            time.sleep(next(pauses))

    def _connected(self) -> sqlite3.Connection:
        if self._is_closed:
            raise LedgerError(f"{self.path} was closed: open it again")
        if self._pid != os.getpid():
            # Forked by something that runs none of Python's hooks. SQLite counts the locks of the parent as its own until
            # the handle that was inherited is closed; a second handle beside it would hold no lock at all.
            self.disconnect()
        if self._connection is None:
            self._connection, self._pid = self._opened(), os.getpid()
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        self._check()
        try:
            return self._prepared("mode=rwc" if self._create else "mode=rw")
        except sqlite3.OperationalError as error:
            if _code(error) not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) or not self._is_settled():
                raise
            return self._prepared("immutable=1")

    def _is_settled(self) -> bool:
        """Whether the file can be read where nothing can be written beside it: its write-ahead log is folded in."""
        return self.path.exists() and not Path(f"{self.path}-wal").exists()

    def _check(self) -> None:
        """Look before SQLite does, so that a file of somebody else is not even touched."""
        try:
            with self.path.open("rb") as file:
                head = file.read(100)
        except FileNotFoundError:
            if not self.path.parent.is_dir():
                raise LedgerError(f"no folder {str(self.path.parent)!r} for {self.path.name!r}: make it first") from None
            if not self._create:
                raise LedgerError(
                    f"no ledger at {str(self.path)!r}: check the path; the first event that is recorded there makes it"
                ) from None
            return
        except OSError as error:
            raise LedgerError(f"{self.path} cannot be read: {error.strerror or error}") from error
        if not head and self._create:
            return
        if not head.startswith(_MAGIC):
            what = "is not a SQLite database" if head else "is empty, not a ledger"
            raise LedgerError(f"{self.path} {what}: check the path")
        if int.from_bytes(head[68:72]) != self._schema.application_id:
            raise LedgerError(
                f"{self.path} is a SQLite database, but not a ledger of diplostate; it was not touched: choose another path"
            )

    def _prepared(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?{mode}", uri=True, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            if _version(connection) != self._schema.version:
                _transact(connection, self._bring_up)
            if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
                connection.execute("PRAGMA journal_mode = WAL")
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        """Make the tables, or migrate older ones; another process may have done it meanwhile."""
        schema, version = self._schema, _version(connection)
        if version > schema.version:
            raise LedgerError(
                f"{self.path} was written by a newer diplostate (schema {version}, this one knows {schema.version}): "
                "upgrade it with pip install --upgrade diplostate"
            )
        older = range(version, schema.version)
        migrations = [schema.migrations[old] for old in older] if version else [schema.statements]
        for step in itertools.chain.from_iterable(migrations):
            if isinstance(step, str):
                connection.execute(step)
            else:
                step(connection)
        connection.execute(f"PRAGMA application_id = {schema.application_id}")
        connection.execute(f"PRAGMA user_version = {schema.version}")

    def _in_words(self, error: sqlite3.Error) -> DiplostateError:
        kind, words = _WORDS.get(_code(error), (LedgerError, "cannot be used: see what SQLite says"))
        return kind(f"{self.path} {words.format(seconds=self._busy_seconds)} (SQLite: {error})")


_TAKEN = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL})
"""Others hold the lock; the second one where very many begin to read at once."""
_LOCKED = (LedgerBusy, "was locked by others for {seconds:g} s, nothing was written: try again")
_WORDS: Mapping[int, tuple[type[LedgerError], str]] = {
    **dict.fromkeys(_TAKEN, _LOCKED),
    sqlite3.SQLITE_READONLY: (ReadOnly, "or its folder is read-only: get the right to write there, or copy it elsewhere"),
    sqlite3.SQLITE_CANTOPEN: (LedgerError, "cannot be opened: see that you may read and write both the file and its folder"),
    sqlite3.SQLITE_NOTADB: (LedgerError, "is no SQLite database, or its beginning is damaged: restore a copy"),
    sqlite3.SQLITE_CORRUPT: (LedgerError, "is damaged: keep it as it is, with the files beside it, and restore a copy"),
    sqlite3.SQLITE_FULL: (LedgerError, "does not fit on its disk, nothing was written: make room, then append again"),
    sqlite3.SQLITE_IOERR: (
        LedgerError,
        "could not be read or written: check the disk, then append the same events with the same ids again",
    ),
}


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for what the driver itself complains about."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _pauses() -> Iterator[float]:
    """Seconds to wait, twice as many each time up to a limit, and never the same for two that wait."""
    pause = _FIRST_PAUSE
    while True:
        yield pause * (0.5 + os.urandom(1)[0] / 512)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _look(connection: sqlite3.Connection) -> None:
    """Nothing: the connection is there."""


def _data_version(connection: sqlite3.Connection) -> int:
    """Another number after every commit of another connection: https://www.sqlite.org/pragma.html#pragma_data_version."""
    ((version,),) = connection.execute("PRAGMA data_version")
    return int(version)


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version")
    return int(version)


def _transact(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Work under the lock for writing, taken at the start: one that reads first and locks later could be refused for good."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # after some failures SQLite has rolled back by itself
            connection.execute("ROLLBACK")
        raise
    return result


# A handle that crosses a fork makes a child lose its locks, and with them committed events: SQLite believes that it still
# holds those of its parent. So every handle is closed before a fork, and opened again when it is next used.

_files: weakref.WeakSet[SqliteFile] = weakref.WeakSet()
_files_lock = threading.Lock()
_parted: list[SqliteFile] = []


def _part_before_forks(file: SqliteFile) -> None:
    _hook()
    with _files_lock:
        _files.add(file)


@functools.cache
def _hook() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_part, after_in_parent=_rejoin, after_in_child=_rejoin)


def _part() -> None:
    _files_lock.acquire()
    for file in _files:
        file.acquire()
        _parted.append(file)
        file.disconnect()


def _rejoin() -> None:
    while _parted:
        _parted.pop().release()
    if _files_lock.locked():  # not where something else than Python forked: that asks no hook before
        _files_lock.release()
