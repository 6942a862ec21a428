"""Why a strict append is refused, in words: what became anomalous, what is allowed there, and from where it would be."""

from __future__ import annotations

from collections.abc import Sequence

from diplostate.errors import NotAllowed
from diplostate.talks.events import Event
from diplostate.talks.fold import Step, answerable, walk
from diplostate.talks.machine import ANSWERS, Symbol
from diplostate.talks.record import read
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Anomaly, Status

_ALWAYS = ", ".join(symbol for symbol in Symbol if symbol not in ANSWERS)


def refusal(track: str, record: Sequence[Event], anomaly: Anomaly, evidence: Evidence | str, *, is_new: bool) -> NotAllowed:
    """The error for an anomaly that ``record``, the new events included, would hold in the fold on this evidence."""
    asked = Evidence.parse(evidence)
    steps = list(walk(read(record, evidence=asked)))
    place = next(index for index, step in enumerate(steps) if step.event.id == anomaly.event_id)
    needs = [_closed(steps[:place], anomaly), _remedy(steps[place:], anomaly)]
    if not is_new:
        needs.insert(
            0, f"It is an earlier event, of {anomaly.day}: this append would take from it the proposal that it answers."
        )
    if asked.name == "reported":
        needs.insert(0, "(That is how things stand as reported: the new events have no official standing.)")
    return NotAllowed(
        track=track,
        event_id=anomaly.event_id or "",
        symbol=anomaly.symbol.value,
        phase=anomaly.phase.value,
        allowed=_allowed(steps[place].before),
        needs=" ".join(filter(None, needs)),
    )


def _allowed(status: Status) -> str:
    """What the machine takes in this state: some symbols always, answers only from those whom a proposal addresses."""
    pairs = sorted((by, to) for by, to in answerable(status) if to is not None)
    if not pairs:
        return f"{_ALWAYS}; no answer, for no proposal is on the table"
    return f"{_ALWAYS}; answers by {_or([f'{by} to {to}' for by, to in pairs])}"


def _closed(earlier: Sequence[Step], anomaly: Anomaly) -> str:
    """Until when it would have been allowed."""
    step = next((step for step in reversed(earlier) if _closes(step, anomaly.by, anomaly.to)), None)
    return "" if step is None else f"It would have been allowed until {step.entry.day}, before {_name(step)}."


def _remedy(rest: Sequence[Step], anomaly: Anomaly) -> str:
    """From where it would be allowed: the nearest thing that would have to be otherwise."""
    by, to = anomaly.by, anomaly.to
    here = sorted(other for party, other in answerable(rest[0].before) if party == by and other is not None)
    if here:
        return f"It would be allowed if it said whose proposal it answers: to: {_or(here)}."
    step = next((step for step in rest if _opens(step, by, to)), None)
    if step is not None:
        return f"It would be allowed from {step.entry.day} on, after {_name(step)}: check the days on which they occurred."
    maker = f" by {to}" if to else ""
    return f"It needs a proposal{maker} that addresses {by}: record that 'proposed' first, or in the same append."


def _opens(step: Step, by: str, to: str | None) -> bool:
    return (by, to) in answerable(step.after) and (by, to) not in answerable(step.before)


def _closes(step: Step, by: str, to: str | None) -> bool:
    return (by, to) in answerable(step.before) and (by, to) not in answerable(step.after)


def _name(step: Step) -> str:
    author = getattr(step.event, "by", None)
    return f"{step.event.symbol!r}{f' by {author}' if author else ''} (event {step.event.id})"


def _or(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
