"""What checking a sealed history came to: of a whole ledger, or of one event with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def verified(history: History, seals: Sequence[Seal] = ()) -> View:
    """A ledger in which nothing was found, as a report; ``seals`` are those that it was compared with, the oldest first."""
    return View(name="verify", page=lambda: _verified_page(history, seals), data=lambda: _verified_data(history, seals))


def _verified_page(history: History, seals: Sequence[Seal]) -> Page:
    lead = [f"Sound: {_events(history.position)}, none altered, removed, inserted or moved."]
    lead += [_compared(history, seal) for seal in seals] or [_NOT_COMPARED]
    return Page(lead=lead, sections=[_fields(_history_data(history))])


_NOT_COMPARED = "Whether all was written anew, or the end cut off, shows only against a seal (--seal FILE)."


def _compared(history: History, seal: Seal) -> str:
    sealed = f"It begins with the {_events(seal.position)} sealed at {instant(seal.sealed_at)}"
    return f"{sealed}; {history.position - seal.position} came since."


def _verified_data(history: History, seals: Sequence[Seal]) -> dict[str, Any]:
    data = {"schema": "diplostate.verify/1", "events": history.position, **_history_data(history)}
    if not seals:
        return data
    return {**data, "seal": _seal_data(seals[-1]), "older_seals": [_seal_data(seal) for seal in seals[:-1]]}


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


def continued(older: Seal, newer: Seal) -> View:
    """A seal that was found to cover all that an older one does, as a report."""
    return View(name="verify", page=lambda: _continued_page(older, newer), data=lambda: _continued_data(older, newer))


def _continued_page(older: Seal, newer: Seal) -> Page:
    sealed = (
        f"the {_events(newer.position)} sealed at {instant(newer.sealed_at)} begin with the {_events(older.position)} sealed"
    )
    return Page(lead=[f"Proven: {sealed} at {instant(older.sealed_at)}."])


def _continued_data(older: Seal, newer: Seal) -> dict[str, Any]:
    return {"schema": "diplostate.continued/1", "older": _seal_data(older), "newer": _seal_data(newer)}


def _fields(values: Mapping[str, Any]) -> Section:
    """Whatever it is, each thing by its name."""
    return Section(fields=[Field(name, [_text(value)]) for name, value in values.items()])


def _text(value: object) -> str:
    return value if isinstance(value, str) else canonical(value)


def _events(number: int) -> str:
    return f"{number} event{'' if number == 1 else 's'}"
