"""What those who embed the product may rely on in types; nothing here is run, ``mypy`` reads it.

A right use must pass, and has the type that is told; a wrong one must be refused, else the comment that excuses it is unused,
which is an error too.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, assert_type

import diplostate
from diplostate import Event, Held, Ledger, Phase, Proposed, Responded, Source, Status
from diplostate.talks.fold import Step


def what_is_written_may_be_text_or_dates(source: Source) -> tuple[Event, ...]:
    return (
        Proposed(track="talks", occurred="2025-07-19", by="UKR", to=["RUS"], window="2025-07-21/2025-07-27", sources=[source]),
        Proposed(track="talks", occurred=date(2025, 7, 19), by="UKR", to=("RUS",), sources=(source,)),
        Responded(track="talks", occurred="2025-07", by="RUS", answer="accepted"),
        Held(track="talks", occurred="2025-07-23", outcomes={"prisoners": "agreed"}, recorded=datetime.now(UTC)),
    )


def what_is_read(ledger: Ledger) -> None:
    assert_type(ledger.append([]), tuple[Event, ...])
    assert_type(ledger.events("talks"), Iterator[Event])
    assert_type(diplostate.status(ledger, "talks", as_of="2025-07-21", known_at=datetime.now(UTC), evidence="B2"), Status)
    assert_type(dict(diplostate.statuses(ledger)), dict[str, Status])
    assert_type(diplostate.history(ledger, "talks"), Iterator[Step])
    for step in diplostate.history(ledger, "talks"):
        event, before, after = step
        assert_type((event, before, after), tuple[Any, Any, Any])
        assert_type((step.event, step.before, step.after), tuple[Event, Status, Status])


def what_a_status_says(status: Status) -> None:
    assert_type(status.phase, Phase)
    assert_type(status.awaiting, tuple[str, ...])
    assert_type(status.headline(), str)


def a_ledger_is_used_and_closed() -> None:
    with diplostate.open("memory:") as ledger:
        assert_type(ledger, Ledger)
        assert_type(ledger.head, int)


def what_is_refused(ledger: Ledger, status: Status) -> None:
    Proposed("talks", "2025-07-19")  # type: ignore[call-arg]  # fields are named
    Proposed(track="talks", occurred="2025-07-19", to=["RUS"])  # type: ignore[call-arg]  # somebody proposes
    Held(track="talks", occurred="2025-07-19", by="UKR")  # type: ignore[call-arg]  # a meeting is nobody's alone
    Held(track="talks", occurred="2025-07-19", venue=3)  # type: ignore[arg-type]
    status.phase = Phase.HELD  # type: ignore[misc]  # a status is a fact, not a place to write
    ledger.append([], {"talks": 3})  # type: ignore[call-arg]  # what has a default is named
    diplostate.status(ledger, "talks", "2025-07-21")  # type: ignore[call-arg]
