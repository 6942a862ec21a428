"""The report on the status in its shapes: a page for people, a table, and data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from diplostate.ledger.codec import to_dict
from diplostate.reports.facts import anomaly_data, entry_data, iso, proposal_data, status_data
from diplostate.reports.render import Cell, Field, Line, Page, Section, Span, Table, heading
from diplostate.reports.sentences import (
    anomaly_words,
    attribution_words,
    detail_words,
    meeting_words,
    outcome_words,
    restated_words,
    sentence,
    session_words,
    terms_words,
    who_words,
    why_reported,
)
from diplostate.reports.status import Brief, Denied, Linked, Overview, Report, Row
from diplostate.reports.words import ago, capital, counted, date_words, day_words, days_words, joined, on_words, with_days
from diplostate.talks.events import Proposed
from diplostate.talks.machine import Phase
from diplostate.talks.record import Entry
from diplostate.talks.sources import Source, Standing
from diplostate.talks.status import Status

Lines = Iterator[Line | str]


def page(report: Report) -> Page:
    """The report as a text: the tracks in full, behind them those on which there is nothing to say."""
    quiet = [] if report.named else [brief for brief in report.briefs if brief.is_quiet]
    loud = [brief for brief in report.briefs if brief not in quiet]
    sections = [*map(section, loud), *([_quiet(quiet)] if quiet else [])]
    count = counted(len(report.briefs), "track") if report.briefs else "no track"
    return Page(lead=[[Span(f"{report.question.words()}: {count}", "dim")]], sections=sections)


def _quiet(briefs: Sequence[Brief]) -> Section:
    return Section(
        heading=["No talks proposed"],
        fields=[Field(brief.track, [brief.status.description.title or "(no title)"]) for brief in briefs],
    )


def section(brief: Brief) -> Section:
    """A track in full."""
    told = ((label, list(tell(brief))) for label, tell in _FIELDS.items())
    return Section(
        heading=heading(brief.status.description.title, brief.track),
        lead=[_headline(brief)],
        fields=[Field(label, lines) for label, lines in told if lines],
    )


def _headline(brief: Brief) -> Line:
    status = brief.status
    words = Span(capital(status.headline(brief.question.now)), f"phase.{status.phase}")
    if status.since is None:
        return [words]
    days = (brief.today - status.since).days
    return [words, f", since {day_words(status.since, brief.today)}{f' ({days_words(days)})' if days > 0 else ''}"]


def _hypothetical(brief: Brief) -> Lines:
    if brief.hypothetical:
        yield [
            Span(f"no status of facts: counts {counted(brief.hypothetical, 'event')} of a branch or a simulation", "warning")
        ]


def _official(brief: Brief) -> Lines:
    if brief.differs(brief.official):
        yield _beside(brief.official, brief)


def _beside(status: Status, brief: Brief) -> str:
    """Another status of the track in a line."""
    awaited = f"; awaited: {joined(map(brief.name, status.awaiting))}" if status.awaiting else ""
    meeting = f"; next: {meeting_words(status.meeting, brief.name, brief.today)}" if status.meeting is not None else ""
    rounds = f"; rounds: {status.rounds}" if status.rounds != brief.status.rounds else ""
    return f"{status.headline(brief.question.now)}{awaited}{meeting}{rounds}"


def _awaited(brief: Brief) -> Lines:
    if brief.status.awaiting:
        yield joined(map(brief.name, brief.status.awaiting))
    elif brief.status.open is not None:
        yield "nobody"


def _asked(brief: Brief) -> Lines:
    proposal = brief.status.open
    if proposal is None:
        return
    by, day = brief.name(proposal.by), day_words(proposal.asked, brief.today)
    yield f"{'in return, ' if proposal.is_counter else ''}by {by} on {day}, {ago(proposal.asked, brief.today)}"
    if proposal.asked != proposal.event.day:
        yield f"(that day an answer made official what had leaked on {day_words(proposal.event.day, brief.today)})"
    for entry in brief.restated:
        assert isinstance(entry.event, Proposed)
        yield f"restated {on_words(entry.event.occurred, brief.today)}: {restated_words(entry.event, brief.today)}"
    if proposal.terms.respond_by is not None:
        yield f"an answer is asked for by {date_words(proposal.terms.respond_by, brief.today)}"


def _usual(brief: Brief) -> Lines:
    if brief.usual is not None and brief.status.asked is not None:
        from diplostate.reports.usual import words

        yield words(brief.usual, (brief.today - brief.status.asked).days)


def _answers(brief: Brief) -> Lines:
    for reply in brief.status.open.replies if brief.status.open is not None else ():
        conditions = getattr(reply.event, "conditions", ())
        on = f", on condition: {'; '.join(conditions)}" if conditions else ""
        yield f"{brief.name(reply.party)} {reply.answer}, {day_words(reply.day, brief.today)}{on}"


def _next(brief: Brief) -> Lines:
    status = brief.status
    if status.meeting is not None:
        on = status.meeting.on
        exact = on.earliest if on is not None and on.is_exact else None
        away = f" ({ago(exact, brief.today)})" if exact is not None else ""
        yield f"{meeting_words(status.meeting, brief.name, brief.today)}{away}"
    elif status.open is not None and (terms := terms_words(status.open.terms, brief.today)):
        yield f"no meeting is set; proposed: {terms}"
    elif status.phase is not Phase.CONCLUDED:
        yield "no meeting is set"


def _agenda(brief: Brief) -> Lines:
    yield from brief.status.open.terms.agenda if brief.status.open is not None else ()


def _held(brief: Brief) -> Lines:
    session = brief.status.session
    if session is None:
        return
    said = session_words(session, brief.name, brief.today)
    yield f"{on_words(session.occurred, brief.today)}{f': {said}' if said else ''}"


def _rounds(brief: Brief) -> Lines:
    yield f"{brief.status.rounds} held" if brief.status.rounds else "none on record"


def _ended(brief: Brief) -> Lines:
    status = brief.status
    if status.stall is not None and status.stall.by is not None:
        yield f"by {brief.name(status.stall.by)}"
    if status.conclusion is not None and (outcome := outcome_words(status.conclusion)):
        yield outcome


def _known(brief: Brief) -> Lines:
    if not brief.basis:
        yield "no proposal, answer or meeting is on record"
    yield from _voices(brief.basis, brief)


def _voices(entries: Iterable[Entry], brief: Brief) -> Iterator[Line]:
    """Each source once, its attribution first, with the days on which it told something."""
    told: dict[tuple[str, str, str, str], list[str]] = {}
    for entry in entries:
        for source in entry.sources:
            told.setdefault(_voice(source, entry, brief), []).append(_when(source, entry, brief))
    for (style, attribution, who, url), days in told.items():
        yield [Span(attribution, style), f": {who} ({'; '.join(dict.fromkeys(days))}){f' {url}' if url else ''}"]


def _own_voices(entry: Entry, brief: Brief) -> Iterator[Line]:
    """The sources of one event whose date stands beside it."""
    for source in entry.sources:
        style, attribution, who, url = _voice(source, entry, brief)
        details = detail_words(source, brief.today)
        yield [Span(attribution, style), f": {who}{f' ({details})' if details else ''}{f' {url}' if url else ''}"]


def _voice(source: Source, entry: Entry, brief: Brief) -> tuple[str, str, str, str]:
    is_official = source.is_official and entry.standing is Standing.OFFICIAL
    attribution = attribution_words(source, brief.name)
    if source.is_official and not is_official:
        attribution = f"reported only ({why_reported(entry, brief.status.description)}): {attribution}"
    return "official" if is_official else "reported", attribution, who_words(source), source.url or ""


def _when(source: Source, entry: Entry, brief: Brief) -> str:
    details = detail_words(source, brief.today)
    return f"{date_words(entry.event.occurred, brief.today)}{f', {details}' if details else ''}"


def _reported(brief: Brief) -> Lines:
    if brief.differs(brief.reported):
        yield [Span("not official:", "reported"), f" {_beside(brief.reported, brief)}"]
    for entry in brief.unofficial:
        yield [Span("not official:", "reported"), f" {_dated(entry, brief)}"]
        yield from _own_voices(entry, brief)


def _dated(entry: Entry, brief: Brief) -> str:
    said = sentence(entry.event, brief.name, brief.today)
    return f"{said} ({date_words(entry.event.occurred, brief.today)})"


def _denied(brief: Brief) -> Lines:
    for denied in brief.denied:
        yield _denial(denied, brief)
        if denied.note is not None:
            yield from _own_voices(denied.note, brief)


def _denial(denied: Denied, brief: Brief) -> str:
    by = brief.name(denied.denial.by) if denied.denial.by else "somebody"
    what = f"“{_dated(denied.entry, brief)}”" if denied.entry else f"event {denied.denial.event_id}"
    lost = "; it is no longer official" if denied.took_standing else ""
    return f"by {by} on {day_words(denied.denial.day, brief.today)}: {what}{lost}"


def _anomalies(brief: Brief) -> Lines:
    for anomaly in brief.status.anomalies:
        yield [Span(f"{capital(anomaly_words(anomaly, brief.name))} ({day_words(anomaly.day, brief.today)})", "warning")]
    known = {anomaly.event_id for anomaly in brief.status.anomalies}
    for anomaly in brief.reported.anomalies:
        if anomaly.event_id not in known:
            day = day_words(anomaly.day, brief.today)
            yield [Span("not official:", "reported"), f" {anomaly_words(anomaly, brief.name)} ({day})"]


def _noted(brief: Brief) -> Lines:
    """The latest note, where there is nothing else to tell."""
    if brief.note is not None and brief.status.phase is Phase.IDLE:
        yield _dated(brief.note, brief)
        yield from _own_voices(brief.note, brief)


def _linked(brief: Brief) -> Lines:
    for link in brief.links:
        yield f"{link.words} {_other(link, brief)}"
        if link.note is not None:
            yield f"noted there {on_words(link.note.event.occurred, brief.today)}: {_note(link.note, brief)}"


def _other(link: Linked, brief: Brief) -> str:
    if link.status is None:
        return f"{link.track}: not in this ledger"
    title = link.status.description.title
    name = f"{title} ({link.track})" if title else link.track
    awaited = f", awaited: {joined(map(link.status.description.name, link.status.awaiting))}" if link.status.awaiting else ""
    return f"{name}: {link.status.headline(brief.question.now)}{awaited}"


def _note(entry: Entry, brief: Brief) -> str:
    return sentence(entry.event, brief.name, brief.today)


def _flags(brief: Brief) -> Lines:
    for flag in brief.flags:
        yield [Span(flag.name, "warning"), f": {with_days(flag.sentence, brief.today)}"]
    if not brief.flags:
        yield "none"


_FIELDS: Mapping[str, Callable[[Brief], Lines]] = {
    "Hypothetical": _hypothetical,
    "Officially": _official,
    "Awaited": _awaited,
    "Asked": _asked,
    "Usual": _usual,
    "Answers": _answers,
    "Ended": _ended,
    "Held": _held,
    "Next": _next,
    "Agenda": _agenda,
    "Rounds": _rounds,
    "How we know": _known,
    "Reported": _reported,
    "Denied": _denied,
    "Anomalies": _anomalies,
    "Noted": _noted,
    "Linked": _linked,
    "Flags": _flags,
}
"""The labels of a brief in their order, each with what it tells; one that tells nothing is left out."""


# As rows.

_TABLE = ("track", "status", "awaited", "asked", "next", "flags")
_ROWS = (
    "track", "title", "phase", "status", "since", "awaited", "asked", "days", "accepted", "declined", "next", "venue",
    "rounds", "anomalies", "flags",
)  # fmt: skip


def table(found: Overview) -> Table:
    """A row for each track, for people."""
    return Table(_TABLE, tuple(_row(row, found, _TABLE) for row in found.rows))


def rows(found: Overview) -> Table:
    """A row for each track, for programs: codes of parties and ISO dates."""
    return Table(_ROWS, tuple(_row(row, found, _ROWS) for row in found.rows))


def _row(row: Row, found: Overview, columns: Sequence[str]) -> tuple[Cell, ...]:
    status, asked = row.status, row.status.asked
    meeting = status.meeting
    values: dict[str, Cell] = {
        "track": row.track,
        "title": status.description.title,
        "phase": status.phase.value,
        "status": status.headline(found.question.now),
        "since": iso(status.since),
        "awaited": " ".join(status.awaiting),
        "asked": iso(asked),
        "days": (found.question.today - asked).days if asked else None,
        "accepted": " ".join(status.accepted),
        "declined": " ".join(status.declined),
        "next": str(meeting.on or "no date") if meeting else None,
        "venue": meeting.venue if meeting else None,
        "rounds": status.rounds,
        "anomalies": len(status.anomalies),
        "flags": " ".join(flag.name for flag in row.flags),
    }
    return tuple(values[name] for name in columns)


# As data.


def data(report: Report) -> dict[str, Any]:
    """The report as plain data, in its envelope; days and dates as text, parties by their codes, events in their wire form."""
    return report.question.envelope("status", tracks=[_brief_data(brief) for brief in report.briefs])


def _brief_data(brief: Brief) -> dict[str, Any]:
    status, now = brief.status, brief.question.now
    description = status.description
    return {
        "track": brief.track,
        "title": description.title,
        "parties": [{"code": party.code, "name": party.name, "role": party.role.value} for party in description.parties],
        **status_data(status, now),
        "proposal": status.open and proposal_data(status.open, brief.restated),
        "meeting": status.meeting and to_dict(status.meeting),
        "session": status.session and to_dict(status.session),
        "stall": status.stall and to_dict(status.stall),
        "conclusion": status.conclusion and to_dict(status.conclusion),
        "how_we_know": [entry_data(entry, description) for entry in brief.basis],
        "official": status_data(brief.official, now) if brief.differs(brief.official) else None,
        "reported": status_data(brief.reported, now) if brief.differs(brief.reported) else None,
        "not_official": [entry_data(entry, description) for entry in brief.unofficial],
        "denials": [_denial_data(denied) for denied in brief.denied],
        "anomalies": [anomaly_data(anomaly) for anomaly in status.anomalies],
        "reported_anomalies": [anomaly_data(anomaly) for anomaly in brief.reported.anomalies],
        "note": brief.note and entry_data(brief.note, description),
        "links": [_link_data(link, brief) for link in brief.links],
        "flags": [{"name": flag.name, "since": iso(flag.since), "sentence": flag.sentence} for flag in brief.flags],
        "usual": _usual_data(brief),
        "hypothetical": brief.hypothetical,
    }


def _usual_data(brief: Brief) -> dict[str, Any] | None:
    if brief.usual is None or brief.status.asked is None:
        return None
    from diplostate.reports.usual import data

    return data(brief.usual, (brief.today - brief.status.asked).days)


def _denial_data(denied: Denied) -> dict[str, Any]:
    denial = denied.denial
    return {
        "event": denial.event_id,
        "note": denial.note_id,
        "by": denial.by,
        "day": iso(denial.day),
        "took_standing": denied.took_standing,
    }


def _link_data(link: Linked, brief: Brief) -> dict[str, Any]:
    return {
        "relation": link.relation.value,
        "inverse": link.inverse,
        "track": link.track,
        "title": link.status.description.title if link.status else None,
        **(status_data(link.status, brief.question.now) if link.status else {}),
    }
