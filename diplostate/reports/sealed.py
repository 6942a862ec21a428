"""What checking a sealed history came to: of a whole ledger, or of one event with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from diplostate.errors import LedgerError
from diplostate.ledger.canonical import canonical
from diplostate.ledger.protocol import Ledger, Sealable
from diplostate.ledger.sealing import History, Row
from diplostate.ledger.seals import InclusionProof, Seal, instant
from diplostate.reports.render import Field, Page, Section, View


def rows_of(ledger: Ledger) -> Iterator[Row]:
    """The events of a ledger with their chain, from the first one on; raises `LedgerError` where it keeps none."""
    if not isinstance(ledger, Sealable):
        raise LedgerError(f"{ledger.url} keeps no chain of its events: bring them into a SQLite ledger (diplostate import)")
    return ledger.rows()


def verified(history: History, seal: Seal | None) -> View:
    """A ledger in which nothing was found, as a report."""
    return View(name="verify", page=lambda: _verified_page(history, seal), data=lambda: _verified_data(history, seal))


def _verified_page(history: History, seal: Seal | None) -> Page:
    lead = f"Sound: {_events(history.position)}, none altered, removed, inserted or moved."
    return Page(lead=[lead, _compared(history, seal)], sections=[_fields(_history_data(history))])


def _compared(history: History, seal: Seal | None) -> str:
    if seal is None:
        return "Whether all was written anew, or the end cut off, shows only against a seal (--seal FILE)."
    sealed = f"It begins with the {_events(seal.position)} sealed at {instant(seal.sealed_at)}"
    return f"{sealed}; {history.position - seal.position} came since."


def _verified_data(history: History, seal: Seal | None) -> dict[str, Any]:
    data = {"schema": "diplostate.verify/1", "events": history.position, **_history_data(history)}
    return data if seal is None else {**data, "seal": _seal_data(seal)}


def _history_data(history: History) -> dict[str, Any]:
    return {"position": history.position, "head": history.head, "root": history.root}


def _seal_data(seal: Seal) -> dict[str, Any]:
    return {"position": seal.position, "root": seal.root, "sealed_at": instant(seal.sealed_at)}


def proven(proof: InclusionProof, seal: Seal) -> View:
    """An event that was found to be in a sealed history, as a report."""
    return View(name="verify", page=lambda: _proven_page(proof, seal), data=lambda: _proven_data(proof, seal))


def _proven_page(proof: InclusionProof, seal: Seal) -> Page:
    lead = f"Proven: this event is among the {_events(seal.position)} sealed at {instant(seal.sealed_at)}."
    return Page(lead=[lead], sections=[_fields(proof.event)])


def _proven_data(proof: InclusionProof, seal: Seal) -> dict[str, Any]:
    return {"schema": "diplostate.proven/1", "event": dict(proof.event), "seal": _seal_data(seal)}


def _fields(values: Mapping[str, Any]) -> Section:
    """Whatever it is, each thing by its name."""
    return Section(fields=[Field(name, [_text(value)]) for name, value in values.items()])


def _text(value: object) -> str:
    return value if isinstance(value, str) else canonical(value)


def _events(number: int) -> str:
    return f"{number} event{'' if number == 1 else 's'}"
