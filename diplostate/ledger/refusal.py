"""Why a strict append is refused, in words: what became anomalous, what is allowed there, and from where it would be."""

from __future__ import annotations

from collections.abc import Sequence

from diplostate.errors import NotAllowed
from diplostate.talks.events import Event
from diplostate.talks.fold import Step, answerable, walk
from diplostate.talks.machine import ANSWERS, Symbol
from diplostate.talks.record import read
from diplostate.talks.sources import Standing
from diplostate.talks.status import Anomaly, Status

_ALWAYS = ", ".join(symbol for symbol in Symbol if symbol not in ANSWERS)


def refusal(track: str, record: Sequence[Event], anomaly: Anomaly, evidence: Standing, *, is_new: bool) -> NotAllowed:
    """The error for an anomaly that ``record``, the new events included, would hold in the fold on this evidence."""
    steps = list(walk(read(record, evidence=evidence.value)))
    place = next(index for index, step in enumerate(steps) if step.event.id == anomaly.event_id)
    sentences = []
    if evidence is Standing.REPORTED:
        sentences.append("(This is how things stand as reported; the event has no official standing.)")
    if not is_new:
        sentences.append(f"It is an earlier event, of {anomaly.day}: this append would take away the proposal that it answers.")
    sentences.append(_needs(steps, place, anomaly))
    return NotAllowed(
        track=track,
        event_id=anomaly.event_id or "",
        symbol=anomaly.symbol.value,
        phase=anomaly.phase.value,
        allowed=_allowed(steps[place].before),
        needs=" ".join(sentences),
    )


def _allowed(status: Status) -> str:
    """What the machine takes in this state: some symbols always, answers only from those whom a proposal addresses."""
    pairs = sorted((by, to) for by, to in answerable(status) if to is not None)
    if not pairs:
        return f"{_ALWAYS}; no answer, for no proposal is on the table"
    return f"{_ALWAYS}; answers by {_or([f'{by} to {to}' for by, to in pairs])}"


def _needs(steps: Sequence[Step], place: int, anomaly: Anomaly) -> str:
    """From where it would be allowed: the nearest thing that would have to be otherwise."""
    by, to = anomaly.by, anomaly.to
    here = sorted(other for party, other in answerable(steps[place].before) if party == by and other is not None)
    if here:
        return f"{by} can answer {_or(here)} here: say so with 'to'."
    opens = next((step for step in steps[place:] if _opens(step, by, to)), None)
    if opens is not None:
        return f"It would be allowed from {opens.entry.day} on, after {_name(opens)}: check the dates on which they occurred."
    closes = next((step for step in reversed(steps[:place]) if _closes(step, by, to)), None)
    if closes is not None:
        return f"It would have been allowed until {closes.entry.day}, before {_name(closes)}: {_ask(by, to)}, if there is one."
    return f"It needs a proposal{_of(to)} that addresses {by}: {_ask(by, to)} first, or in the same append."


def _opens(step: Step, by: str, to: str | None) -> bool:
    return (by, to) in answerable(step.after) and (by, to) not in answerable(step.before)


def _closes(step: Step, by: str, to: str | None) -> bool:
    return (by, to) in answerable(step.before) and (by, to) not in answerable(step.after)


def _name(step: Step) -> str:
    author = getattr(step.event, "by", None)
    return f"{step.event.symbol!r}{f' by {author}' if author else ''} (event {step.event.id})"


def _ask(by: str, to: str | None) -> str:
    return f"record the 'proposed'{f' by {to}' if to else ''} to {by}"


def _of(to: str | None) -> str:
    return f" by {to}" if to else ""


def _or(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
