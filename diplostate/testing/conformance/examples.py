"""What the checks have in common: events, a clock that is set by hand, and what a refusal must leave as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from diplostate.errors import DiplostateError
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import (
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Responded,
    Retracted,
    Scheduled,
    Stalled,
)
from diplostate.talks.sources import Source

Make = Callable[..., Ledger]
"""Opens the ledger under test, empty when a check begins; takes the keywords ``clock`` and ``new_id``. Called again, a
durable ledger opens the same record once more."""

Hold = Callable[[Sequence[Event]], Ledger]
"""Opens a ledger that holds this record: events of two tracks with ids and times of recording, in the order of the ledger."""

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
"""The time of the checks."""


def said(party: str) -> tuple[Source, ...]:
    """One official source that speaks for this party."""
    return (Source(attribution="official", outlet="Press service", speaks_for=party),)


def proposed(by: str, to: str, day: str = "2025-07-19", **more: Any) -> Proposed:
    """An official proposal on track ``one``."""
    return Proposed(**{"track": "one", "occurred": day, "by": by, "to": [to], "sources": said(by), **more})


def responded(by: str, answer: str, day: str = "2025-07-21", **more: Any) -> Responded:
    """An official answer on track ``one``."""
    return Responded(**{"track": "one", "occurred": day, "by": by, "answer": answer, "sources": said(by), **more})


def held(day: str, **more: Any) -> Held:
    """A meeting on track ``one``."""
    return Held(**{"track": "one", "occurred": day, "sources": said("UKR"), **more})


def every_kind() -> tuple[Event, ...]:
    """One event of every kind, with every field that it may have, on track ``full``."""
    source = Source(
        attribution="state_media",
        outlet="Агентство “A”",
        speaker="É. Ö. \U0001f54a",
        speaks_for="RUS",
        url="https://example.org/?a=1&b=%20",
        published="2025-07-19",
        reliability="B",
        credibility=2,
        note='quotes " and \\ and\nlines\u2028',
    )
    terms: dict[str, Any] = {
        "round": 3,
        "venue": "İstanbul",
        "window": "2025-07-21/2025-07-27",
        "level": "ministers",
        "tier": "1.5",
        "format": "direct",
        "agenda": ["prisoners", "children"],
        "respond_by": "2025-07-25T12:00Z",
    }
    common: dict[str, Any] = {"track": "full", "occurred": "2025-07-19~", "sources": [source, *said("UKR")], "note": "n"}
    parties = [Party(code="UKR", name="Ukraine"), Party(code="RUS"), Party(code="TUR", role="host")]
    links = [Link("prepares", "leaders")]
    return (
        Described(**common, id="a", title="Talks", parties=parties, links=links),
        Proposed(**common, **terms, id="b", by="UKR", to=["RUS", "TUR"]),
        Responded(**common, **terms, id="c", by="RUS", answer="countered", to="UKR", conditions=["first", "second"]),
        Scheduled(
            **common, id="d", on="2025-07-23", venue="İstanbul", host="TUR", level="heads", heads={"UKR": "R. U."}, round=3
        ),
        Held(**common, id="e", until="..", venue="İstanbul", round=3, absent=["TUR"], outcomes={"prisoners": "agreed"}),
        Stalled(**common, id="f", reason="postponed", by="RUS"),
        Noted(**common, id="g", text="t", by="UKR", confirms="d", links=links),
        Noted(**common, id="h", by="RUS", denies="e"),
        Retracted(**common, id="i", retracts="f", reason="wrong day"),
        Concluded(**common, id="j", outcome="merged", into="leaders"),
    )


class HandClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """What it was set to."""
        return self.now


@contextmanager
def raises(kind: type[DiplostateError], *words: str) -> Iterator[None]:
    """The block raises such an error, in whose message all these words stand."""
    message = None
    try:
        yield
    except kind as error:
        message = str(error)
    assert message is not None, f"{kind.__name__} was not raised"
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def refuses(ledger: Ledger, kind: type[DiplostateError], events: Sequence[Event], *words: str, **options: Any) -> None:
    """The append is refused in these words, and leaves no trace."""
    before = everything(ledger)
    with raises(kind, *words):
        ledger.append(events, **options)
    assert everything(ledger) == before


def everything(ledger: Ledger) -> tuple[object, ...]:
    """Everything that can be asked without a question."""
    tracks = ledger.tracks()
    return tuple(ledger.read()), ledger.head, tracks, [ledger.version(track) for track in tracks], list(ledger.projections())


def retracted(target: str | None, **more: Any) -> Retracted:
    """A retraction on track ``one``."""
    return Retracted(**{"track": "one", "occurred": "2025-07-25", "retracts": target, **more})
