"""What can happen next on a track, as a small automaton: every step is made, and judged, by the fold itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs

from diplostate.talks.events import Concluded, Event, Held, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.fold import evolve
from diplostate.talks.machine import ANSWERS, Phase, Symbol
from diplostate.talks.sources import Attribution, Evidence, Source
from diplostate.talks.status import Proposal, Status
from diplostate.talks.words import Answer

SYMBOLS = tuple(Symbol)
NONE = len(SYMBOLS)
"""Stands where nothing happened before."""


@attrs.frozen(kw_only=True)
class Teller:
    """How simulated events are told: as what an official would say, or, where all reports count, as a program's inference."""

    track: str
    parties: tuple[str, ...]
    """At least two; the first one proposes where nobody has."""
    evidence: Evidence
    says: str

    def tell(self, status: Status, symbol: Symbol, day: date) -> Event:
        """A symbol as an event of a day that is legal in this status."""
        offer = status.open
        by = _speaker(offer, symbol, self.parties)
        fields: dict[str, Any] = {"track": self.track, "occurred": day, "sources": (self._source(by),), "hypothetical": True}
        if symbol is Symbol.PROPOSED:
            to = offer.awaiting if offer is not None and offer.awaiting else [party for party in self.parties if party != by]
            return Proposed(by=by or "", to=to, **fields)
        if symbol in ANSWERS:
            return Responded(by=by or "", answer=Answer(symbol.value), **fields)
        return _OTHERS[symbol](**fields)

    def _source(self, by: str | None) -> Source:
        attribution = Attribution.INFERRED if self.evidence.name == "reported" else Attribution.OFFICIAL
        return Source(attribution=attribution, outlet="diplostate simulate", speaks_for=by, note=self.says)


_OTHERS: dict[Symbol, Callable[..., Event]] = {
    Symbol.SCHEDULED: Scheduled,
    Symbol.HELD: Held,
    Symbol.STALLED: Stalled,
    Symbol.CONCLUDED: Concluded,
}


def _speaker(offer: Proposal | None, symbol: Symbol, parties: tuple[str, ...]) -> str | None:
    """Who says it: the first that is awaited answers, else the first addressee; who proposed last proposes again."""
    if symbol in ANSWERS:
        assert offer is not None, "an answer needs an open proposal"
        return (offer.awaiting or offer.to)[0]
    if symbol is Symbol.PROPOSED:
        return offer.by if offer is not None else parties[0]
    return None


def can_happen(status: Status, symbol: Symbol) -> bool:
    """Whether a symbol would be applied; answers go to the open proposal."""
    return symbol not in ANSWERS or (status.open is not None and bool(status.open.to))


@attrs.frozen(kw_only=True)
class Automaton:
    """Nodes from 0, the present, each with its phase and what happened last."""

    phases: tuple[Phase, ...]
    lasts: tuple[tuple[int, int], ...]
    """The last but one and the last, as places in `SYMBOLS`, or `NONE`."""
    steps: tuple[tuple[int, ...], ...]
    """For each node and symbol the next node; -1 where the symbol cannot happen."""


def explored(status: Status, lasts: tuple[int, int], teller: Teller, today: date) -> Automaton:
    """Everything that can follow a status, as far as what follows depends on it: phase, open proposal and answers, last two."""
    phases, moves = _moves(status, teller, today)
    nodes, known = [(0, lasts)], {(0, lasts): 0}
    steps: list[tuple[int, ...]] = []
    for state, last in nodes:  # it grows while it is walked
        row = []
        for place, after in enumerate(moves[state]):
            node = (after, (last[1], place))
            if after >= 0 and node not in known:
                known[node] = len(nodes)
                nodes.append(node)
            row.append(known[node] if after >= 0 else -1)
        steps.append(tuple(row))
    return Automaton(
        phases=tuple(phases[state] for state, _ in nodes), lasts=tuple(last for _, last in nodes), steps=tuple(steps)
    )


def _moves(status: Status, teller: Teller, today: date) -> tuple[list[Phase], list[list[int]]]:
    """The states that can follow a status, and from each by each symbol the next one (-1: it cannot happen)."""
    states, known = [(status, today)], {_key(status): 0}
    moves: list[list[int]] = []
    for here, day in states:  # it grows while it is walked
        row, next_day = [], day + timedelta(days=1)
        for symbol in SYMBOLS:
            if not can_happen(here, symbol):
                row.append(-1)
                continue
            after = following(here, teller.tell(here, symbol, next_day), teller)
            if _key(after) not in known:
                known[_key(after)] = len(states)
                states.append((after, next_day))
            row.append(known[_key(after)])
        moves.append(row)
    return [here.phase for here, _ in states], moves


def following(status: Status, event: Event, teller: Teller) -> Status:
    """The status after a simulated event, without the proposals beside the open one, which are never answered here."""
    after = evolve(status, event, evidence=teller.evidence)
    return attrs.evolve(after, table=tuple(offer for offer in after.table if offer.by == after.opener), leak=None)


def _key(status: Status) -> tuple[object, ...]:
    offer = status.open
    if offer is None:
        return (status.phase,)
    return status.phase, offer.by, offer.to, frozenset((reply.party, reply.answer) for reply in offer.replies)
