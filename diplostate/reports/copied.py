"""What a copy or a backup of a ledger came to."""

from __future__ import annotations

from typing import Any

from diplostate.ledger.sealing import History
from diplostate.reports.render import Field, Page, Section, View
from diplostate.reports.words import counted


def copied(source: str, target: str, *, new: int, history: History) -> View:
    """A copy that was checked, as a report; ``new`` is how many of its events were not there before."""
    facts = {"from": source, "to": target, "new": new}
    sound = {"position": history.position, "head": history.head, "root": history.root}

    def page() -> Page:
        lead = f"Copied and checked: {counted(history.position, 'event')}, {new} of them new."
        return Page(lead=[lead], sections=[Section(fields=[Field(name, [str(value)]) for name, value in sound.items()])])

    def data() -> dict[str, Any]:
        return {"schema": "diplostate.copy/1", **facts, **sound}

    return View(name="copy", page=page, data=data)
