"""From a URL to a ledger, and the names that the package offers."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import diplostate
from diplostate.errors import LedgerError
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.testing.conformance import NOON, held

LOG = """
diplostate: 1
track: one
events:
  - held: 2025-07-23
    sources: [{outlet: X, attribution: media}]
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_memory_is_new_each_time():
    with diplostate.open("memory:") as one, diplostate.open("memory:") as other:
        one.append([held("2025-07-20")])
        assert (one.url, one.head, other.head) == ("memory:", 1, 0)


@pytest.mark.parametrize(
    "name", ["talks.sqlite", "talks.sqlite3", "talks.db", "sqlite:talks", "sqlite:talks?synchronous=normal"]
)
def test_a_sqlite_file_is_known_by_its_ending_or_by_the_url(here, name):
    with diplostate.open(name) as ledger:
        ledger.append([held("2025-07-20")])
        assert isinstance(ledger, SqliteLedger)
        with diplostate.open(ledger.url) as again:
            assert again.head == 1
            assert again.url == ledger.url


def test_a_ledger_is_found_again_from_elsewhere(here, monkeypatch):
    with diplostate.open("talks.sqlite") as ledger:
        ledger.append([held("2025-07-20")])
        url = ledger.url
    (here / "log.yaml").write_text(LOG, "utf-8")
    logs = diplostate.open("log.yaml").url
    (here / "else").mkdir()
    monkeypatch.chdir(here / "else")

    with diplostate.open(url) as again:
        assert again.head == 1
    with diplostate.open(logs) as again:
        assert again.tracks() == ("one",)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_paths_are_taken_as_they_are(tmp_path):
    """Also those that mean something in a URL."""
    path = tmp_path / "a?b=c#d%20e.sqlite"
    with diplostate.open(path) as ledger:
        assert ledger.append([held("2025-07-20")])

    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_logs_are_known_by_their_ending(here):
    (here / "log.yaml").write_text(LOG, "utf-8")
    (here / "folder.sqlite").mkdir()
    (here / "folder.sqlite" / "log.yaml").write_text(LOG, "utf-8")

    for path in ("log.yaml", here / "log.yaml", ".", "folder.sqlite"):
        with diplostate.open(path) as ledger:
            assert ledger.tracks() == ("one",)


@pytest.mark.parametrize("url", ["memory:", "talks.sqlite"])
def test_clock_and_ids_can_be_given(here, url):
    with diplostate.open(url, clock=lambda: NOON - timedelta(days=1), new_id=lambda: "mine") as ledger:
        (event,) = ledger.append([held("2025-07-20")])

    assert (event.recorded, event.id) == (NOON - timedelta(days=1), "mine")


def test_who_only_reads_makes_no_file(here):
    with pytest.raises(LedgerError, match="no ledger at"):
        diplostate.open("talks.sqlite", create=False)

    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nowhere", "nothing at 'nowhere': check the path, or open a folder of log files"),
        ("sqllite:talks", "did you mean 'sqlite:talks'?"),
        ("Memory:", "did you mean 'memory:'?"),
        ("postgress://me:secret@host/talks", "did you mean 'postgresql://***@host/talks'?"),
        ("talks.xlsx", "'talks.xlsx' is no ledger by its name: open a folder of log files"),
        ("sqlite:", "'sqlite:' names no file: write sqlite:PATH"),
        ("sqlite:a?mode=ro", "has an option 'mode' that nobody knows: write ?synchronous=full or ?synchronous=normal"),
        ("sqlite:a?synchronous=off", "'off' is no way to write to disk"),
        ("a\0b.sqlite", "is no path: it holds a NUL character"),
        ("missing.yaml", "nothing at 'missing.yaml': check the path"),
    ],
)
def test_what_is_no_ledger_is_told_what_is(here, url, message):
    (here / "talks.xlsx").touch()

    with pytest.raises(LedgerError) as refused:
        diplostate.open(url)
    assert message in str(refused.value)
    assert [file.name for file in here.iterdir()] == ["talks.xlsx"]


# The package


def test_every_public_name_is_there_and_documented():
    assert diplostate.__all__ == sorted(diplostate.__all__)
    assert set(diplostate.__all__) <= set(dir(diplostate))
    for name in diplostate.__all__:
        assert getattr(diplostate, name).__doc__, name


def test_the_package_knows_its_version():
    assert diplostate.__version__.count(".") == 2


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'diplostate' has no attribute 'opne'"):
        _ = diplostate.opne


def test_ledgers_are_ledgers():
    assert isinstance(MemoryLedger(), Ledger)


def modules_after(code):
    script = f"{code}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_costs_no_more_than_importing_attrs():
    extra = modules_after("import diplostate") - modules_after("import attrs")

    assert extra == {"diplostate"}


def test_the_status_in_a_sqlite_file_is_read_without_anything_heavy(tmp_path):
    path = tmp_path / "talks.sqlite"
    with diplostate.open(path) as ledger:
        ledger.append([held("2025-07-20", track="one")])

    loaded = modules_after(
        f"import diplostate\nwith diplostate.open({str(path)!r}, create=False) as ledger:\n"
        "    assert [status.phase for _, status in diplostate.statuses(ledger)] == ['HELD']"
    )
    assert loaded.isdisjoint({"asyncio", "cattrs", "click", "hypothesis", "rich", "structlog", "yaml", "random"})


def test_ten_lines_are_enough(here):
    """As in the README: open, append, ask as of two dates, and walk through it."""
    with diplostate.open("talks.sqlite") as ledger:
        official = diplostate.Source(attribution="official", outlet="Press service", speaks_for="UKR")
        ledger.append([diplostate.Proposed(track="talks", occurred="2025-07-19", by="UKR", to=["RUS"], sources=[official])])

        assert diplostate.status(ledger, "talks", as_of="2025-07-18").headline() == "no talks proposed"
        assert diplostate.status(ledger, "talks", as_of="2025-07-21").awaiting == ("RUS",)
        for event, before, after in diplostate.history(ledger, "talks"):
            assert (event.kind, before.phase, after.phase) == ("proposed", "IDLE", "PENDING")


def test_the_facade_tells_type_checkers_what_it_gives():
    """Each name is imported for them from where it comes at run time."""
    source = Path(diplostate.__file__).read_text("utf-8")
    for name, home in diplostate._HOMES.items():
        assert f"from diplostate.{home} import {name} as {name}" in source
