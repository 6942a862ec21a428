"""The commands for a sealed history: ``verify``, ``seal`` and ``prove``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from diplostate.cli import screen, session
from diplostate.cli.session import Session, command
from diplostate.ledger import sealing
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.seals import ConsistencyProof, InclusionProof, Seal, parse_proof
from diplostate.ledger.whole_file import write_file
from diplostate.reports import sealed
from diplostate.reports.render import View

_FILE = click.Path(path_type=Path)
_OUTPUT = (
    click.option("--overwrite", is_flag=True, help="Replace a file that is there"),
    click.option("--output", "-o", type=_FILE, metavar="FILE", help="Where to write it (else: stdout)"),
)


@command(
    "verify",
    "Find out whether the record was tampered with",
    formats=("plain", "json", "md"),
    examples="""
diplostate verify --ledger talks.sqlite
diplostate verify --seal july.seal.json --ledger talks.sqlite
diplostate verify --proof b2.proof.json --seal july.seal.json
diplostate verify --proof summer.proof.json --seal july.seal.json --seal august.seal.json""",
)
@click.option(
    "--seal", "seal_files", type=_FILE, multiple=True, metavar="FILE", help="The ledger must begin with what was sealed here"
)
@click.option("--proof", "proof_file", type=_FILE, metavar="FILE", help="Check this proof against the seals, without a ledger")
def verify(here: Session, seal_files: tuple[Path, ...], proof_file: Path | None) -> None:
    """Check every event of a ledger and their chain; the first that is altered, removed, inserted or moved is named.

    Somebody who knows how it works can write a sound history anew, or cut off its end: that shows only against a seal that was
    kept elsewhere; --seal may be said again for each. The exit code is 5 where something was found.
    """
    seals = _seals_in(seal_files)
    if proof_file is not None:
        here.show(_proven(parse_proof(_read(proof_file), file=str(proof_file)), seals))
        return
    with here.ledger() as ledger:
        history = sealing.verify(_rows(here, ledger), seal=seals[-1] if seals else None)
        for older in seals[:-1]:
            sealing.verify(_rows(here, ledger), seal=older)
    here.show(sealed.verified(history, seals))


def _proven(proof: InclusionProof | ConsistencyProof, seals: Sequence[Seal]) -> View:
    """What a proof shows; raises `Tampered` where it does not."""
    needed = 1 if isinstance(proof, InclusionProof) else 2
    if len(seals) != needed:
        raise click.UsageError(_NEEDED[needed])
    if isinstance(proof, InclusionProof):
        sealing.check_proof(proof, seals[0])
        return sealed.proven(proof, seals[0])
    sealing.check_consistency(proof, *seals)
    return sealed.continued(*seals)


_NEEDED = {
    1: "a proof says nothing by itself: give the seal too, with --seal FILE",
    2: "this proof is about two seals: give both, with --seal OLDER --seal NEWER",
}


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
    "Prove that one event, or an older seal, is in the sealed record",
    formats=("json",),
    default="json",
    examples="""
diplostate prove b2 --seal july.seal.json --output b2.proof.json --ledger talks.sqlite
diplostate prove --seal july.seal.json --seal august.seal.json --output summer.proof.json --ledger talks.sqlite""",
)
@click.argument("event", metavar="[EVENT]", required=False)
@click.option("--seal", "seal_files", type=_FILE, multiple=True, required=True, metavar="FILE", help="The seal that covers it")
def prove(here: Session, event: str | None, seal_files: tuple[Path, ...], output: Path | None, overwrite: bool) -> None:
    """Write a proof with which anyone can check the event with the id EVENT against a seal, without seeing any other.

    The proof holds the whole event. The ledger is checked against the seal first. Without EVENT, and with two seals, it is a
    proof that the newer one covers all that the older one does, in the same order: whoever has the two needs no ledger then.
    """
    seals = _seals_in(seal_files)
    if len(seals) != (1 if event else 2):
        raise click.UsageError("one event is proven against one seal, and without an event one seal against another: give two")
    with here.ledger() as ledger:
        for one in seals:
            sealing.verify(_rows(here, ledger), seal=one)
        proof = _proof(here, ledger, event, seals)
    _write(here, proof.text(), output, overwrite=overwrite)


def _proof(here: Session, ledger: Ledger, event: str | None, seals: Sequence[Seal]) -> InclusionProof | ConsistencyProof:
    rows, size = _rows(here, ledger), seals[-1].position
    if event is None:
        return sealing.prove_consistency(rows, seals[0].position, size)
    position = ledger.event(event).position
    assert position is not None
    return sealing.prove(rows, position, size=size)


for _option in _OUTPUT:
    _option(seal)
    _option(prove)


def _seals_in(files: Iterable[Path]) -> list[Seal]:
    """The seals in files, the oldest first."""
    return sorted((Seal.parse(_read(file), file=str(file)) for file in files), key=lambda seal: seal.position)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read ({error.strerror}): check the path") from error


def _rows(here: Session, ledger: Ledger) -> Iterable[sealing.Row]:
    return here.watched(sealed.rows_of(ledger), total=ledger.head, doing="Checking events")


def _write(here: Session, text: str, output: Path | None, *, overwrite: bool) -> None:
    if output is None:
        screen.write([f"{text}\n"])
    else:
        write_file(output, [f"{text}\n"], overwrite=overwrite)
        here.say(f"Written: {output}")


COMMANDS = {"verify": verify, "seal": seal, "prove": prove}
