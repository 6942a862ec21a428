"""Reading what a database keeps, page by page, so that no reader holds anything for long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from diplostate.errors import LedgerError
from diplostate.ledger.codec import from_stored
from diplostate.talks.events import Event

PAGE, LARGE_PAGE = 100, 500
"""Tracks and events that are read at a time."""
FIRST_POSITION, LAST_POSITION = -(2**63), 2**63 - 1
"""The smallest and the largest whole number that a database keeps."""

Rows = Callable[..., list[Any]]
"""Asks the database a question, with the values for its placeholders, in a short transaction."""
Projected = tuple[int, str, str | None]
"""The position at which a track begins, its id, and its projection; None where that is stale."""
Renew = Callable[[Sequence[str]], Mapping[str, str]]
"""Makes the projections of some tracks anew."""


def event_of(position: int, version: int, text: str) -> Event:
    """A stored event; raises `LedgerError` where it is damaged."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise LedgerError(f"the event at position {position} is damaged ({error}): restore a copy of the ledger") from error
    return from_stored({**data, "version": version, "position": position})


def events(rows: Rows, sql: str, *of: str, after: int = 0, limit: int | None = None) -> Iterator[Event]:
    """The events that a question finds; each row brings at last the number behind which the next page begins."""
    while limit is None or limit > 0:
        page = rows(sql, *of, after, LARGE_PAGE if limit is None else min(limit, LARGE_PAGE))
        if not page:
            return
        yield from (event_of(position, version, text) for position, version, text, _ in page)
        after = page[-1][-1]
        limit = None if limit is None else limit - len(page)


def projections(page_after: Callable[[int], Sequence[Projected]], renew: Renew) -> Iterator[tuple[str, str]]:
    """All tracks with their projections, those that are stale made anew."""
    after = 0
    while page := page_after(after):
        yield from renewed(page, renew)
        after = page[-1][0]


def renewed(rows: Sequence[Projected], renew: Renew) -> Iterator[tuple[str, str]]:
    """Some tracks with their projections, those that are stale made anew."""
    stale = [track for _, track, text in rows if text is None]
    fresh = renew(stale) if stale else {}
    return ((track, fresh[track] if text is None else text) for _, track, text in rows)


def renew_all(tracks: Sequence[str], renew: Renew) -> int:
    """Make all projections anew, in transactions of some tracks each; how many tracks there are."""
    for start in range(0, len(tracks), PAGE):
        renew(tracks[start : start + PAGE])
    return len(tracks)
