"""The commands for a sealed history: ``verify``, ``seal`` and ``prove``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from diplostate.cli import screen, session
from diplostate.cli.session import Session, command
from diplostate.ledger import sealing
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.seals import InclusionProof, Seal
from diplostate.ledger.whole_file import write_file
from diplostate.reports import sealed

_FILE = click.Path(path_type=Path)
_OUTPUT = (
    click.option("--overwrite", is_flag=True, help="Replace a file that is there"),
    click.option("--output", "-o", type=_FILE, metavar="FILE", help="Where to write it (else: stdout)"),
)
_LONG = 10_000
"""Events from which on somebody who waits wants to see something move."""


@command(
    "verify",
    "Find out whether the record was tampered with",
    formats=("plain", "json", "md"),
    examples="""
diplostate verify --ledger talks.sqlite
diplostate verify --seal july.seal.json --ledger talks.sqlite
diplostate verify --proof b2.proof.json --seal july.seal.json""",
)
@click.option("--seal", "seal_file", type=_FILE, metavar="FILE", help="The ledger must begin with what was sealed here")
@click.option("--proof", "proof_file", type=_FILE, metavar="FILE", help="Check this proof against the seal, without a ledger")
def verify(here: Session, seal_file: Path | None, proof_file: Path | None) -> None:
    """Check every event of a ledger and their chain; the first that is altered, removed, inserted or moved is named.

    Somebody who knows how it works can write a sound history anew, or cut off its end: that shows only against a seal that was
    kept elsewhere. The exit code is 5 where something was found.
    """
    seal = None if seal_file is None else _seal_in(seal_file)
    if proof_file is None:
        with here.ledger() as ledger:
            history = sealing.verify(_rows(here, ledger), seal=seal)
        here.show(sealed.verified(history, seal))
        return
    if seal is None:
        raise click.UsageError("a proof says nothing by itself: give the seal too, with --seal FILE")
    proof = InclusionProof.parse(_read(proof_file), file=str(proof_file))
    sealing.check_proof(proof, seal)
    here.show(sealed.proven(proof, seal))


@command(
    "seal",
    "Seal the record as it stands, to be kept elsewhere",
    formats=("json",),
    default="json",
    examples="""
diplostate seal --ledger talks.sqlite
diplostate seal --output july.seal.json --ledger talks.sqlite""",
)
def seal(here: Session, output: Path | None, overwrite: bool) -> None:
    """Check a ledger as verify does, and write a seal over all its events: a small file, to be published or printed.

    Keep it where those who keep the ledger cannot reach it, and more than once.
    """
    with here.ledger() as ledger:
        made = sealing.seal(_rows(here, ledger), session.present())
    _write(here, made.text(), output, overwrite=overwrite)


@command(
    "prove",
    "Prove that one event is in the sealed record",
    formats=("json",),
    default="json",
    examples="""
diplostate prove b2 --seal july.seal.json --output b2.proof.json --ledger talks.sqlite
diplostate verify --proof b2.proof.json --seal july.seal.json""",
)
@click.argument("event", metavar="EVENT")
@click.option("--seal", "seal_file", type=_FILE, required=True, metavar="FILE", help="The seal that covers the event")
def prove(here: Session, event: str, seal_file: Path, output: Path | None, overwrite: bool) -> None:
    """Write a proof with which anyone can check the event with the id EVENT against a seal, without seeing any other.

    The proof holds the whole event. The ledger is checked against the seal first.
    """
    seal = _seal_in(seal_file)
    with here.ledger() as ledger:
        sealing.verify(_rows(here, ledger), seal=seal)
        position = ledger.event(event).position
        assert position is not None
        proof = sealing.prove(_rows(here, ledger), position, size=seal.position)
    _write(here, proof.text(), output, overwrite=overwrite)


for _option in _OUTPUT:
    _option(seal)
    _option(prove)


def _seal_in(file: Path) -> Seal:
    return Seal.parse(_read(file), file=str(file))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read ({error.strerror}): check the path") from error


def _rows(here: Session, ledger: Ledger) -> Iterable[sealing.Row]:
    return here.watched(sealed.rows_of(ledger), total=ledger.head, doing="Checking events", least=_LONG)


def _write(here: Session, text: str, output: Path | None, *, overwrite: bool) -> None:
    if output is None:
        screen.write([f"{text}\n"])
    else:
        write_file(output, [f"{text}\n"], overwrite=overwrite)
        here.say(f"Written: {output}")


COMMANDS = {"verify": verify, "seal": seal, "prove": prove}
