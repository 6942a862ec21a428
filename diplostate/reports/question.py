"""What a report is asked for: the cuts on both time axes, the evidence, and the moment that counts as now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import attrs

from diplostate.reports.words import capital, moment_words
from diplostate.talks.dates import Edtf, Moment, as_moment, day_of
from diplostate.talks.events import Event
from diplostate.talks.record import Reading, read
from diplostate.talks.sources import Evidence

Cut = Moment | str | Edtf | None
"""A day (inclusive) or an aware instant, or None for no cut."""


@attrs.frozen(kw_only=True)
class Question:
    """The arguments that all reports share; every report repeats them, for a status without them says little."""

    as_of: Moment | None = None
    known_at: Moment | None = None
    evidence: Evidence
    now: Moment
    """What ages are counted from."""

    @classmethod
    def of(cls, *, as_of: Cut = None, known_at: Cut = None, evidence: Evidence | str = "official", now: Cut = None) -> Question:
        """Read the arguments; ``now`` is ``as_of`` where that is given, else ``known_at``, else the present.

        Raises `Invalid` for what cannot be read.
        """
        world, system = as_moment(as_of), as_moment(known_at)
        present = as_moment(now) or world or system or datetime.now(UTC).replace(microsecond=0)
        return cls(as_of=world, known_at=system, evidence=Evidence.parse(evidence), now=present)

    @property
    def today(self) -> date:
        """The day of now."""
        return day_of(self.now)

    def read(self, events: Iterable[Event], *, evidence: Evidence | str | None = None) -> Reading:
        """The reading of a record that it asks for, or the same on other evidence."""
        return read(events, as_of=self.as_of, known_at=self.known_at, evidence=evidence or self.evidence)

    def words(self) -> str:
        """The question in words."""
        cuts = [
            f"as of {moment_words(self.as_of or self.now)}" if self.as_of or not self.known_at else "",
            f"as known on {moment_words(self.known_at)}" if self.known_at else "",
            f"on {evidence_words(self.evidence)}",
        ]
        return capital(", ".join(cut for cut in cuts if cut))

    def envelope(self, name: str, **rest: Any) -> dict[str, Any]:
        """Data with the name of its schema and the question in front of it."""
        return {
            "schema": f"diplostate.{name}/1",
            "as_of": moment_text(self.as_of),
            "known_at": moment_text(self.known_at),
            "evidence": self.evidence.name,
            "now": moment_text(self.now),
            **rest,
        }


def evidence_words(evidence: Evidence) -> str:
    """The evidence asked for, in words."""
    if evidence.name == "official":
        return "official evidence"
    return "all reports, official or not" if evidence.name == "reported" else f"official evidence or grade {evidence.name}"


def moment_text(moment: Moment | None) -> str | None:
    """A day or an instant by ISO 8601."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
