"""What is usual: how long proposals of a record that was named waited for their answer, beside one that is pending."""

from __future__ import annotations

from typing import Any

import attrs

from diplostate.ledger.protocol import Ledger
from diplostate.reports.question import Question, evidence_words
from diplostate.reports.stats import share_words, wait_data, wait_words
from diplostate.reports.words import days_words
from diplostate.simulation.spells import ANSWER
from diplostate.simulation.survival import at
from diplostate.simulation.waiting import ENOUGH, Waiting, estimated, waiting
from diplostate.talks.machine import Phase
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status


@attrs.frozen(kw_only=True)
class Usual:
    """What a record says about the proposals in it."""

    record: str
    """The ledger that it was learned from."""
    waiting: Waiting
    evidence: Evidence
    """On which it was learned."""

    def too_little(self) -> str:
        """Why nothing can be said, and what to do."""
        on = evidence_words(self.evidence)
        return (
            f"of {self.record}, {self.waiting.ended.total()} proposals ended on {on}, {ENOUGH} are the least (--learn-evidence)"
        )

    def beside(self, status: Status) -> Usual | None:
        """The same without the proposal that is pending itself; None where nothing is, or where the sample is too small."""
        if status.phase is not Phase.PENDING or status.open is None:
            return None
        own = status.open.event.id
        others = [spell for spell in self.waiting.spells if spell.began_with != own]
        found = estimated(others, start=Phase.PENDING, to=ANSWER, as_of=self.waiting.as_of, level=self.waiting.level)
        return attrs.evolve(self, waiting=found) if found.is_enough else None


def learned(ledger: Ledger, question: Question, *, evidence: Evidence | None = None, name: str | None = None) -> Usual:
    """Learn from all proposals of a ledger, as it was known at the moment that is asked for.

    ``evidence`` is that on which to learn (None: that which is asked for), ``name`` what to call the ledger (None: its URL).
    """
    asked = evidence or question.evidence
    found = waiting(ledger, as_of=question.now, known_at=question.known_at, evidence=asked)
    return Usual(record=name or ledger.url, waiting=found, evidence=asked)


def words(usual: Usual, days: int) -> str:
    """What is usual, beside a proposal that has been pending for so many days."""
    on = "" if usual.evidence.name == "official" else f", on {evidence_words(usual.evidence)}"
    those = f"{len(usual.waiting.spells):,} comparable proposals"
    return f"pending {days_words(days)}; of {those} {_share(usual.waiting, days)} (learned from {usual.record}{on})"


def _share(found: Waiting, days: int) -> str:
    for share, name in ((0.5, "half"), (0.25, "a quarter")):
        wait = found.wait(share)
        if wait is not None and wait.upper is not None:
            return f"{name} were answered within {wait_words(wait)}"
    return f"{share_words(at(found.reached, days))} were answered within {days_words(days)}"


def data(usual: Usual, days: int) -> dict[str, Any]:
    """The same as data; ``answered`` is the share that was answered within as many days as this one has been pending."""
    found, point = usual.waiting, at(usual.waiting.reached, days)
    return {
        "record": usual.record,
        "evidence": usual.evidence.name,
        "proposals": len(found.spells),
        "ended": found.ended.total(),
        "half": wait_data(found.wait(0.5)),
        "answered": {"estimate": point.estimate, "lower": point.lower, "upper": point.upper},
    }
