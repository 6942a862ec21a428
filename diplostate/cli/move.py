"""The commands that move a whole record: ``copy`` and ``backup``."""

from __future__ import annotations

from pathlib import Path

import attrs
import click

from diplostate import wiring
from diplostate.cli import journal
from diplostate.cli.session import Session, command
from diplostate.errors import LedgerError
from diplostate.ledger.protocol import Backed, Ledger
from diplostate.reports.copied import copied


@command(
    "copy",
    "Copy a whole ledger into another, exactly",
    formats=("plain", "json", "md"),
    examples="""
diplostate copy seeds talks.sqlite
diplostate copy talks.sqlite postgresql://desk@db.example.org/talks""",
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(here: Session, source: str, target: str) -> None:
    """Copy a ledger, by URL or path, into an empty one: ids, versions, positions, times of recording and hashes stay.

    FROM is checked first, TO at the end. Interrupted, the same command goes on; what came to FROM since is copied too. A ledger
    TO that holds anything else is left as it is, and the first difference is named: import is for a ledger in use.
    """
    from diplostate.ledger import copying

    with wiring.open(source, create=False) as origin, attrs.evolve(here, url=target).ledger(create=True) as ledger:
        journal.info("ledger opened", url=origin.url)
        found = copying.copy(origin, ledger, progress=here.watched)
        names = _name(source, origin), _name(target, ledger)
    here.show(copied(*names, new=found.new, history=found.history))


def _name(given: str, ledger: Ledger) -> str:
    """A ledger as it was named, but for a URL that may hold a password."""
    return ledger.url if "://" in given else given


@command(
    "backup",
    "Copy a SQLite ledger into a file, while others write",
    formats=("plain", "json", "md"),
    examples="""
diplostate backup talks-2025-07-21.sqlite --ledger talks.sqlite
diplostate backup nightly.sqlite --overwrite --ledger talks.sqlite""",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there")
def backup(here: Session, file: Path, overwrite: bool) -> None:
    """Copy a SQLite ledger as it stands at one moment; others may go on writing meanwhile.

    The copy is checked, from the file to the chain of its events, and gets its name only then. It is a ledger like any other.
    """
    with here.ledger() as ledger:
        if not isinstance(ledger, Backed):
            raise LedgerError(f"{ledger.url} is no SQLite ledger: say diplostate copy URL {file}")
        history = ledger.backup(file, overwrite=overwrite)
    here.show(copied(here.named(), str(file), new=history.position, history=history))


COMMANDS = {"copy": copy, "backup": backup}
