"""A second, naive reading of the model: plain dicts, one long loop, written from the page and not from the code.

It is slow, repeats itself, and shares nothing with ``diplostate.talks`` but the parsed dates of its events.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import attrs

Plain = dict[str, Any]
MOVING = ("proposed", "responded", "scheduled", "held", "stalled", "concluded")
PROPOSABLE = ("round", "venue", "window", "level", "tier", "format", "agenda", "respond_by")


def plain(event: Any) -> Plain:
    """An event as a dict: dates as ``{text, earliest, latest, instant}``, sources as dicts."""
    return {"kind": event.kind, **attrs.asdict(event)}


# --- days and times ----------------------------------------------------------------------------------------------------------


def known_time(event: Plain) -> datetime:
    """``recorded``, else the end of the earliest day on which a source was published, else of the latest possible day."""
    if event["recorded"]:
        return event["recorded"]
    published = [source["published"]["latest"] for source in event["sources"] if source["published"]]
    day = min((day for day in published if day), default=None) or event["occurred"]["latest"]
    return datetime.combine(day, time(23, 59, 59), UTC)


def day_of(event: Plain) -> date:
    """The latest day that the date allows, not after the UTC day of recording, not before the earliest day."""
    recorded = known_time(event).astimezone(UTC).date()
    day = event["occurred"]["latest"]
    if day is None or day > recorded:
        day = recorded
    if event["occurred"]["earliest"] and day < event["occurred"]["earliest"]:
        day = event["occurred"]["earliest"]
    return day


def is_known(event: Plain, known_at: date | datetime | None) -> bool:
    if known_at is None:
        return True
    if isinstance(known_at, datetime):
        return known_time(event) <= known_at
    return known_time(event).astimezone(UTC).date() <= known_at


def has_come(event: Plain, as_of: date | datetime | None) -> bool:
    if as_of is None:
        return True
    if isinstance(as_of, datetime):
        if event["occurred"]["instant"]:
            return event["occurred"]["instant"] <= as_of
        return day_of(event) <= as_of.date()
    return day_of(event) <= as_of


# --- which events, and on what standing --------------------------------------------------------------------------------------


def living(events: list[Plain], as_of: date | datetime | None, known_at: date | datetime | None) -> list[Plain]:
    """The counted events in the order of the record: each id once, known, not retracted, and their day has come."""
    once: list[Plain] = []
    for event in events:
        if event["id"] not in [other["id"] for other in once]:
            once.append(event)
    known = [event for event in once if is_known(event, known_at)]
    gone: set[str] = set()
    for event in reversed(known):
        if event["kind"] == "retracted" and event["id"] not in gone:
            gone.add(event["retracts"])
    return [event for event in known if event["id"] not in gone and has_come(event, as_of)]


def described(alive: list[Plain]) -> Plain:
    """The latest value of each field that describes the track."""
    told: Plain = {"title": None, "parties": (), "links": ()}
    for event in sorted(alive, key=day_of):
        if event["kind"] == "described":
            told.update({name: event[name] for name in told if event[name] is not None})
    return told


def role(about: Plain, code: str) -> str:
    for party in about["parties"]:
        if party["code"] == code:
            return str(party["role"])
    return "principal"


def evidence_on(event: Plain, alive: list[Plain]) -> tuple[list[Plain], list[str | None]]:
    """All sources of an event, its confirmations included, and for whom each official one says that it speaks."""
    sources = list(event["sources"])
    speaks = [source["speaks_for"] for source in event["sources"] if source["attribution"] == "official"]
    for note in alive:
        if note["kind"] == "noted" and note["confirms"] == event["id"]:
            sources += note["sources"]
            speaks += [source["speaks_for"] or note["by"] for source in note["sources"] if source["attribution"] == "official"]
    return sources, speaks


def is_official(event: Plain, alive: list[Plain], about: Plain) -> bool:
    _, speaks = evidence_on(event, alive)
    if event["kind"] == "responded":
        return event["by"] in speaks
    if event["kind"] in ("scheduled", "held", "stalled", "concluded") and any(denies(note, event, about) for note in alive):
        return False
    if event["kind"] == "proposed" or (event["kind"] == "stalled" and event["by"]):
        return any(code in (None, event["by"]) or role(about, code) in ("mediator", "host") for code in speaks)
    return bool(speaks)


def denies(note: Plain, event: Plain, about: Plain) -> bool:
    if note["kind"] != "noted" or note["denies"] != event["id"]:
        return False
    official = [source["speaks_for"] or note["by"] for source in note["sources"] if source["attribution"] == "official"]
    return any(code is not None and role(about, code) == "principal" for code in official)


def counts(event: Plain, alive: list[Plain], about: Plain, evidence: str) -> bool:
    if evidence == "reported" or is_official(event, alive, about):
        return True
    if evidence == "official":
        return False
    sources, _ = evidence_on(event, alive)
    return any(
        source["reliability"] is not None
        and source["credibility"] is not None
        and source["reliability"] in "ABCDE"[: "ABCDE".index(evidence[0]) + 1]
        and source["credibility"] in range(1, int(evidence[1]) + 1)
        for source in sources
    )


# --- the fold ----------------------------------------------------------------------------------------------------------------


def fold(
    events: list[Any],
    *,
    as_of: date | datetime | None = None,
    known_at: date | datetime | None = None,
    evidence: str = "official",
) -> Plain:
    """The status of one track as a dict; `same` says what of it must be equal."""
    alive = living([plain(event) for event in events], as_of, known_at)
    about = described(alive)
    state: Plain = {
        "phase": "IDLE", "since": None, "table": {}, "open": None, "leak": None, "rounds": 0, "meeting": None,
        "session": None, "stall": None, "conclusion": None, "anomalies": [], "moved": None, "rows": [],
    }  # fmt: skip
    for event in sorted((event for event in alive if event["kind"] in MOVING), key=day_of):
        before, day = state["phase"], day_of(event)
        if not counts(event, alive, about, evidence):
            if event["kind"] == "proposed":
                state["leak"] = event
            continue
        state["moved"] = max(state["moved"] or day, day)
        KIND[event["kind"]](state, event, day, evidence_on(event, alive)[1], about)
        if state["phase"] != before:
            state["since"] = day
        if state["phase"] != "STALLED":
            state["stall"] = None
        if state["phase"] != "CONCLUDED":
            state["conclusion"] = None
    notes = [event for event in alive if event["kind"] == "noted"]
    state["noted"] = max(map(day_of, notes), default=None)
    state["denials"] = {(note["id"], note["denies"]) for note in notes if note["denies"]}
    state["about"] = about
    return state


def awaited(proposal: Plain) -> set[str]:
    return {party for party in proposal["to"] if proposal["answers"].get(party) not in ("accepted", "declined")}


def declined(proposal: Plain) -> set[str]:
    return {party for party in proposal["to"] if proposal["answers"].get(party) == "declined"}


def lay(state: Plain, event: Plain, to: list[str], day: date) -> None:
    """A new proposal comes to lie on the table, and is the open one."""
    state["table"].pop(event["by"], None)
    terms = {name: event[name] for name in PROPOSABLE if event[name] not in (None, ())}
    state["table"][event["by"]] = {"id": event["id"], "to": to, "answers": {}, "asked": day, "terms": terms}
    state["open"] = event["by"]


def without(parties: Any, by: str) -> list[str]:
    return [party for party in parties if party != by]


def on_proposed(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    state["leak"] = None
    if state["phase"] != "SCHEDULED":
        state["phase"] = "PENDING"
    to = without(event["to"], event["by"])
    current = state["table"].get(state["open"])
    if current and state["open"] == event["by"] and set(to) <= awaited(current) and not declined(current):
        current["terms"].update({name: event[name] for name in PROPOSABLE if event[name] not in (None, ())})
    else:
        lay(state, event, to, day)


def on_responded(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    by, answer = event["by"], str(event["answer"])
    whose = event["to"] or state["open"]
    found = state["table"].get(whose)
    another = whose != state["open"]
    if found is None or by not in found["to"]:
        leak = state["leak"]
        fits = leak and by in without(leak["to"], leak["by"]) and event["to"] in (None, leak["by"])
        if not fits:
            state["rows"].append((state["phase"], answer, "none addresses it"))
            state["anomalies"].append((event["id"], answer, by, event["to"], state["phase"], day))
            return
        whose, another, state["leak"] = leak["by"], True, None
        lay(state, leak, without(leak["to"], leak["by"]), day)
        found = state["table"][whose]
    state["rows"].append((state["phase"], answer, "opens another one" if another else "into the open one"))
    state["open"] = whose
    if answer != "acknowledged" or by not in found["answers"]:
        found["answers"][by] = answer
    if answer == "countered":
        rest = [event["to"]] if event["to"] else [whose, *without(found["to"], by)]
        lay(state, event, rest, day)
    if state["phase"] == "SCHEDULED" or (answer == "acknowledged" and not another):
        return
    opened = state["table"][state["open"]]
    if answer == "countered":
        state["phase"] = "PENDING"
    elif declined(opened):
        state["phase"] = "DECLINED"
    elif awaited(opened):
        state["phase"] = "PENDING"
    else:
        state["phase"] = "ACCEPTED"


def on_scheduled(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    state["phase"], state["meeting"] = "SCHEDULED", event["id"]
    current = state["table"].get(state["open"])
    if current:
        for party in current["to"]:
            if party in speaks:
                current["answers"][party] = "accepted"


def on_held(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    state["phase"], state["meeting"], state["session"] = "HELD", None, event["id"]
    state["open"] = state["leak"] = None
    principals = {party["code"] for party in about["parties"] if party["role"] == "principal"}
    stayed_away = [code for code in event["absent"] if role(about, code) == "principal"]
    if stayed_away and len(principals - set(event["absent"])) < 2:
        return
    state["rounds"] = max(state["rounds"], event["round"]) if event["round"] else state["rounds"] + 1


def on_stalled(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    state["phase"], state["meeting"], state["stall"] = "STALLED", None, event["id"]
    if event["reason"] == "withdrawn" and event["by"]:
        state["table"].pop(event["by"], None)
        if state["open"] == event["by"]:
            state["open"] = None
        if state["leak"] and state["leak"]["by"] == event["by"]:
            state["leak"] = None


def on_concluded(state: Plain, event: Plain, day: date, speaks: list[str | None], about: Plain) -> None:
    state["phase"], state["meeting"], state["conclusion"] = "CONCLUDED", None, event["id"]
    state["table"], state["open"], state["leak"] = {}, None, None


KIND = {
    "proposed": on_proposed,
    "responded": on_responded,
    "scheduled": on_scheduled,
    "held": on_held,
    "stalled": on_stalled,
    "concluded": on_concluded,
}


# --- comparing ---------------------------------------------------------------------------------------------------------------


def summary(state: Plain) -> Plain:
    """What a reader sees of the reference's status, in plain values."""
    current = state["table"].get(state["open"])
    waiting = sorted(awaited(current)) if current else []
    return {
        "phase": state["phase"],
        "since": state["since"],
        "opener": state["open"],
        "awaiting": waiting,
        "asked": current["asked"] if waiting else None,
        "accepted": sorted(p for p, answer in current["answers"].items() if answer == "accepted") if current else [],
        "declined": sorted(declined(current)) if current else [],
        "table": [
            (by, p["id"], sorted(set(p["to"])), dict(sorted(p["answers"].items())), p["asked"], plain_terms(p["terms"]))
            for by, p in state["table"].items()
        ],
        "leak": state["leak"] and (state["leak"]["id"], day_of(state["leak"])),
        "rounds": state["rounds"],
        "meeting": state["meeting"],
        "session": state["session"],
        "stall": state["stall"],
        "conclusion": state["conclusion"],
        "anomalies": state["anomalies"],
        "moved": state["moved"],
        "noted": state["noted"],
        "denials": state["denials"],
        "title": state["about"]["title"],
        "roles": {party["code"]: str(party["role"]) for party in state["about"]["parties"]},
    }


def plain_terms(terms: Plain) -> Plain:
    """Terms with their dates as text."""
    return {name: value["text"] if isinstance(value, dict) else value for name, value in sorted(terms.items())}


def summary_of(status: Any) -> Plain:
    """The same of a `Status`."""

    def id_of(event: Any) -> Any:
        return event and event.id

    def terms(proposal: Any) -> Plain:
        said = attrs.asdict(proposal.terms)
        return plain_terms({name: value for name, value in said.items() if value not in (None, ())})

    def answers(proposal: Any) -> Plain:
        return {reply.party: str(reply.answer) for reply in sorted(proposal.replies, key=lambda reply: reply.party)}

    return {
        "phase": str(status.phase),
        "since": status.since,
        "opener": status.opener,
        "awaiting": list(status.awaiting),
        "asked": status.asked,
        "accepted": list(status.accepted),
        "declined": list(status.declined),
        "table": [(p.by, p.event.id, sorted(p.to), answers(p), p.asked, terms(p)) for p in status.table],
        "leak": status.leak and (status.leak.event.id, status.leak.day),
        "rounds": status.rounds,
        "meeting": id_of(status.meeting),
        "session": id_of(status.session),
        "stall": id_of(status.stall),
        "conclusion": id_of(status.conclusion),
        "anomalies": [(a.event_id, str(a.symbol), a.by, a.to, str(a.phase), a.day) for a in status.anomalies],
        "moved": status.moved,
        "noted": status.noted,
        "denials": {(denial.note_id, denial.event_id) for denial in status.denials},
        "title": status.description.title,
        "roles": {party.code: str(party.role) for party in status.description.parties},
    }  # fmt: skip
