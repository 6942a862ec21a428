"""What tests of replay share: rows folded by the step that all engines run, and a status as engines tell it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from diplostate.replay.columns import Row, TrackRows
from diplostate.replay.step import NEVER, START, step
from diplostate.replay.table import PHASES, compiled
from diplostate.talks.status import Status

LINES = compiled()
EPOCH = date(1970, 1, 1)


def is_read(row: Row, as_of: date | None) -> bool:
    if as_of is None:
        return row.until is None
    return max(row.day, row.appears or row.day) <= as_of and (row.until is None or as_of < row.until)


def folded(found: TrackRows, as_of: date | None = None, evidence: str = "official") -> dict[str, Any]:
    state = START
    for row in found.rows:
        if is_read(row, as_of):
            state = step(LINES, *state, getattr(row, evidence), (row.day - EPOCH).days)
    return shown(state, found.parties)


def shown(state: tuple[int, ...], parties: tuple[str, ...]) -> dict[str, Any]:
    phase, proposal, _, since, asked, rounds, anomalies = state
    return {
        "phase": PHASES[phase].value,
        "since": day(since),
        "proposer": parties[proposal >> 48 & 15] if proposal else None,
        "counter": bool(proposal >> 52),
        "awaited": named(proposal & 0xFFFF, parties),
        "accepted": named(proposal >> 16 & 0xFFFF, parties),
        "declined": named(proposal >> 32 & 0xFFFF, parties),
        "asked": day(asked) if proposal & 0xFFFF else None,
        "rounds": rounds,
        "anomalies": anomalies,
    }


def named(bits: int, parties: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(party for number, party in enumerate(parties) if bits >> number & 1)


def day(number: int) -> date | None:
    return None if number == NEVER else EPOCH + timedelta(days=number)


def as_told(status: Status) -> dict[str, Any]:
    return {
        "phase": status.phase.value,
        "since": status.since,
        "proposer": status.opener,
        "counter": bool(status.open and status.open.is_counter),
        "awaited": status.awaiting,
        "accepted": status.accepted,
        "declined": status.declined,
        "asked": status.asked,
        "rounds": status.rounds,
        "anomalies": len(status.anomalies),
    }


def words(status):
    told = as_told(status)
    for name in ("awaited", "accepted", "declined"):
        told[name] = " ".join(told[name]) or None
    return {"awaiting": told.pop("awaited"), **told}


def rows(batches):
    return {row.pop("track"): row for batch in batches for row in batch.to_pylist()}
