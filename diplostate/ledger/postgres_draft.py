"""Appends that are ready before they enter the lane of writers: they go to the server once, and do in the lane what is left.

A writer knows how it left a track. So it judges the next event, folds it in and writes its texts as if nothing had happened
since, with blanks for what only the lane can tell: the position, and the time of recording where others have a later clock.
In the lane the server looks whether the track still ends as it was left, fills in the blanks, and chains. Where somebody else
went on with the track nothing is written, and the append goes the long way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, NoReturn

import attrs

from diplostate.errors import DiplostateError
from diplostate.ledger.appending import Batch, Clock, State
from diplostate.ledger.canonical import LARGEST_INT
from diplostate.ledger.codec import body
from diplostate.ledger.postgres_pipeline import Row as Found
from diplostate.ledger.postgres_pipeline import Statement
from diplostate.ledger.protocol import Drafting, Projector
from diplostate.ledger.sealing import Row
from diplostate.talks.events import Event, utc
from diplostate.talks.trusted import changed, put_in

MOST_TRACKS = 256
"""Tracks of which it is kept in memory how they were left."""

# The same strings are hashed as in `diplostate.ledger.sealing`. Clocks are compared as texts, all in UTC; on which day an event
# was recorded may change what it comes to, so a draft is of use only on its own day.
_WRITE = r"""
WITH last AS MATERIALIZED (
    SELECT position + 1 AS position, chain AS previous, greatest(clock COLLATE "C", $10) AS clock
    FROM {schema}.events
    WHERE position = (SELECT position FROM {schema}.ledger) AND coalesce(clock, $10) LIKE '%+00:00'
      AND left(coalesce(clock, ''), 10) COLLATE "C" <= left($10, 10)
      AND (SELECT chain FROM {schema}.events WHERE track = $2 ORDER BY version DESC LIMIT 1) = $3
      AND NOT EXISTS (SELECT FROM {schema}.events WHERE id = $5)
), blanks AS MATERIALIZED (
    SELECT *, '"recorded":"' || replace(clock, '+00:00', 'Z') || '"' AS recorded FROM last
), kept AS (
    INSERT INTO {schema}.projections (fingerprint, track, text)
    SELECT $1, $2, replace(replace($7, $8, '"position":' || position), $9, recorded) FROM blanks
    ON CONFLICT (track) DO UPDATE SET text = excluded.text, fingerprint = excluded.fingerprint
), stamped AS MATERIALIZED (
    SELECT *, replace($6, $9, recorded) AS body FROM blanks
), hashed AS MATERIALIZED (
    SELECT *, encode(sha256(convert_to(body, 'UTF8')), 'hex') AS content_hash FROM stamped
), chained AS MATERIALIZED (
    SELECT *, encode(sha256(convert_to(
        concat_ws(E'\n', 'diplostate chain 1', previous, position, $4::bigint, content_hash, ''), 'UTF8')), 'hex') AS chain
    FROM hashed
), written AS (
    INSERT INTO {schema}.events (clock, position, id, track, version, body, content_hash, chain)
    SELECT clock, position, $5, $2, $4::bigint, body, content_hash, chain FROM chained
) SELECT position, clock, chain, pg_notify($11, position::text) FROM chained"""

_BLANK = f'"position":{LARGEST_INT}'
"""How the position of an event is written that has none yet; no event comes to this one.

In canonical JSON nothing but a field is written so: quotation marks within a text are escaped.
"""


class _Left(NamedTuple):
    """How this process left a track, and whether it was alone with it: found it as it had left it before."""

    version: int
    chain: str
    projection: str
    is_alone: bool


@attrs.frozen(kw_only=True)
class Draft:
    """One event and its texts with blanks, ready for the lane."""

    event: Event
    left: _Left
    body: str
    projection: str
    now: datetime

    @property
    def blank(self) -> str:
        """How the time of recording is written that the lane may move on."""
        return _recorded(self.now)

    def statement(self, fingerprint: str, channel: str) -> Statement:
        """What writes it in the lane and gives position, clock and chain hash; or nothing, where the track was gone on with."""
        event, left = self.event, self.left
        of_event = (event.track, left.chain, event.version, event.id, self.body, self.projection)
        return _WRITE, (fingerprint, *of_event, _BLANK, self.blank, self.now.isoformat(), channel)


class Drafts:
    """What one process knows of the tracks to which it appends; safe from several threads."""

    def __init__(self, projector: Projector, clock: Clock) -> None:
        self._projector = projector if isinstance(projector, Drafting) else None
        self._clock = clock
        self._left: dict[str, _Left] = {}

    def draft(self, batch: Batch, *, expected_version: Mapping[str, int], strict: bool) -> Draft | None:
        """An append as a draft; None where it is none of one event, or cannot be judged without a look at the record."""
        if self._projector is None or len(batch.events) != 1 or batch.events[0].recorded is not None:
            return None
        track = batch.events[0].track
        left = self._left.get(track)
        if left is None or not left.is_alone or {track: left.version} != {track: left.version, **expected_version}:
            return None
        try:
            return self._drafted(batch, left, self._projector, strict)
        except (DiplostateError, _Unread):
            return None  # who is refused is told by what the record says in the lane

    def _drafted(self, batch: Batch, left: _Left, projector: Drafting, strict: bool) -> Draft | None:
        (event,), (event_id,), now = batch.events, batch.ids, utc(self._clock())
        assert now is not None
        event = changed(event, id=event_id, position=LARGEST_INT, version=left.version + 1, recorded=now)
        projection = projector.admit(event.track, [event], previous=left.projection, history=_unread, strict=strict)
        draft = Draft(event=event, left=left, body=body(event), projection=projection, now=now)
        return None if draft.blank in left.projection else draft  # other events were recorded at the same instant

    def settle(self, draft: Draft, row: Found) -> Event:
        """The event as it was stored, from what its statement gave."""
        position, clock, chain = map(str, row[:3])
        event, recorded = draft.event, datetime.fromisoformat(clock)
        put_in(event, position=int(position), recorded=recorded, known=recorded)
        projection = draft.projection.replace(_BLANK, f'"position":{position}').replace(draft.blank, _recorded(recorded))
        assert self._projector is not None
        self._projector.settle(event, draft=draft.projection, projection=projection)
        self._leave(event.track, _Left(draft.left.version + 1, chain, projection, True))
        return event

    def leave(self, last: Mapping[str, Row], projections: Mapping[str, str], found: Mapping[str, State]) -> None:
        """Remember what an append left that went the long way, by the last row of each track, and how it found the tracks."""
        for track, row in last.items():
            before, (version, _) = self._left.get(track), found[track]
            is_alone = before is None or before.version == version
            self._leave(track, _Left(row.version, row.chain, projections[track], is_alone))

    def _leave(self, track: str, left: _Left) -> None:
        if len(self._left) >= MOST_TRACKS:
            self._left.clear()
        self._left[track] = left


class _Unread(Exception):
    """The earlier events of a track are asked for, and a draft is made without them."""


def _unread() -> NoReturn:
    raise _Unread


def _recorded(instant: datetime) -> str:
    return f'"recorded":"{instant.isoformat().replace("+00:00", "Z")}"'
