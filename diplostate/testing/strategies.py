"""Hypothesis strategies: parties, dates, sources, events, and whole logs, with and without anomalies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from diplostate.talks.dates import Edtf
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
from diplostate.talks.fold import answerable, reduce
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier

Fields = SearchStrategy[dict[str, Any]]

TRACK = "aaa-bbb"
"""The track of generated logs."""
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE")
"""The parties of generated logs."""
FIRST_DAY = date(2025, 6, 28)
"""Generated days lie in the four weeks from here on, so that they often meet."""
_DAYS = 28


def texts() -> SearchStrategy[str]:
    """A text that a record may hold: neither blank nor with lone surrogates."""
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)


_CASTS: tuple[tuple[Role, ...], ...] = (
    (Role.PRINCIPAL, Role.PRINCIPAL),
    (Role.PRINCIPAL, Role.PRINCIPAL, Role.HOST),
    (Role.PRINCIPAL, Role.PRINCIPAL, Role.MEDIATOR),
    (Role.PRINCIPAL, Role.PRINCIPAL, Role.PRINCIPAL),
    (Role.PRINCIPAL, Role.MEDIATOR, Role.PRINCIPAL, Role.GUARANTOR),
    (Role.HOST, Role.PRINCIPAL, Role.PRINCIPAL, Role.OBSERVER, Role.PRINCIPAL),
)


def parties() -> SearchStrategy[tuple[Party, ...]]:
    """Two to five parties, of which at least two are principals."""
    return st.sampled_from(_CASTS).map(
        lambda roles: tuple(Party(code=code, role=role) for code, role in zip(CODES, roles, strict=False))
    )


def days() -> SearchStrategy[date]:
    """A day among those in which generated logs take place."""
    return st.integers(0, _DAYS - 1).map(lambda ahead: FIRST_DAY + timedelta(days=ahead))


_SHAPES = (
    "{day}?",
    "{day}~",
    "{day}T08:00Z",
    "{day}T20:30:15Z",
    "{day}T01:00+03:00",
    "{day}T23:00-05:00",
    "{day}T12:00",
    "{month}",
    "{month}-XX",
    "{month}%",
    "{day}/{later}",
    "{day}/{month}",
    "{day}/..",
    "../{day}",
    "/{day}",
    "2025",
    "2025-22",
    "202X",
)


def _shaped(day: date, shape: str) -> Edtf:
    return Edtf.parse(shape.format(day=day, month=f"{day:%Y-%m}", later=day + timedelta(days=2)))


def dates() -> SearchStrategy[Edtf]:
    """A date in any of its forms, about half of them exact to the day."""
    return st.builds(_shaped, days(), st.sampled_from(("{day}",) * len(_SHAPES) + _SHAPES))


_GRADES = ((None, None),) * 3 + (("A", 1), ("B", 2), ("B", 3), ("C", 2), ("E", 5), ("F", 6), ("F", 1), ("A", 6), ("A", None))


@st.composite
def sources(draw: DrawFn, *, speakers: Sequence[str] = CODES) -> Source:
    """One source with any of its fields, which speaks for one of these parties or does not say for whom."""
    reliability, credibility = draw(st.sampled_from(_GRADES))
    published = dates().filter(lambda day: day.latest is not None)
    return Source(
        attribution=draw(st.sampled_from(Attribution)),
        outlet="A newspaper",
        speaks_for=draw(st.sampled_from([None, *speakers])),
        reliability=reliability,
        credibility=credibility,
        **draw(_some(speaker=texts(), note=texts(), url=st.just("https://example.org/statement"), published=published)),
    )


def _source(attribution: Attribution, speaks_for: str | None = None, grade: str = "") -> Source:
    reliability, credibility = (grade[0], int(grade[1])) if grade else (None, None)
    return Source(
        attribution=attribution, outlet="Press", speaks_for=speaks_for, reliability=reliability, credibility=credibility
    )


@cache
def _usual(by: str | None, codes: tuple[str, ...]) -> SearchStrategy[tuple[Source, ...]]:
    """The sources of an event, most of them official and in the name of ``by``: what a fold looks at, and no more."""
    speaks = _source(Attribution.OFFICIAL, by)
    rumour = _source(Attribution.ANONYMOUS)
    graded = [_source(Attribution.MEDIA, None, grade) for grade in ("A1", "B2", "B3", "C2", "E5", "F1", "A6")]
    others = [_source(Attribution.OFFICIAL, code) for code in (None, *codes)]
    weak = [_source(Attribution.STATE_MEDIA, by), _source(Attribution.INFERRED), rumour, rumour, *graded]
    together = [(rumour, speaks), (graded[2], graded[3]), tuple(others)]
    return st.sampled_from([*[(speaks,)] * 16, *((one,) for one in (*others, *weak)), *together])


def _some(**fields: SearchStrategy[Any]) -> Fields:
    """Some of these optional fields."""
    return st.fixed_dictionaries({}, optional=fields)


def _terms(details: bool) -> Fields:
    fields: dict[str, SearchStrategy[Any]] = {
        "round": st.integers(1, 5),
        "venue": texts() if details else st.sampled_from(["Here", "There"]),
        "window": dates(),
    }
    if details:
        fields |= {
            "level": texts(),
            "tier": st.sampled_from(Tier),
            "format": texts(),
            "agenda": st.lists(texts(), max_size=3),
            "respond_by": dates(),
        }
    return _some(**fields)


def _proposed(codes: Sequence[str], details: bool) -> Fields:
    party = st.sampled_from(codes)
    sides = st.fixed_dictionaries({"by": party, "to": st.lists(party, min_size=1, max_size=3)})
    return st.builds(dict.__or__, sides.filter(lambda told: set(told["to"]) != {told["by"]}), _terms(details))


def _responded(codes: Sequence[str], details: bool) -> Fields:
    party, answer = st.sampled_from(codes), st.sampled_from(Answer)
    sides = st.fixed_dictionaries({"by": party, "answer": answer, "to": st.sampled_from([None, None, *codes])})
    conditions = _some(conditions=st.lists(texts(), max_size=2)) if details else st.just({})
    return st.builds(_answer, sides, _terms(details), conditions)


def _answer(said: dict[str, Any], terms: dict[str, Any], conditions: dict[str, Any]) -> dict[str, Any]:
    to = None if said["to"] == said["by"] else said["to"]
    return {**said, "to": to, **(terms if said["answer"] is Answer.COUNTERED else {}), **conditions}


def _scheduled(codes: Sequence[str], details: bool) -> Fields:
    heads = st.dictionaries(st.sampled_from(codes), texts(), max_size=2)
    more = _some(on=dates(), venue=texts(), host=texts(), level=texts(), heads=heads, round=st.integers(1, 5))
    return more if details else st.just({})


def _held(codes: Sequence[str], details: bool) -> Fields:
    fields: dict[str, SearchStrategy[Any]] = {
        "round": st.integers(1, 5),
        "absent": st.lists(st.sampled_from(codes), max_size=2),
    }
    if details:
        outcomes = st.dictionaries(texts(), st.sampled_from(ItemOutcome), max_size=3)
        fields |= {"until": st.just(Edtf.parse("..")), "venue": texts(), "outcomes": outcomes, "agreement": texts()}
    return _some(**fields)


def _links() -> SearchStrategy[list[Link]]:
    return st.lists(st.builds(Link, st.sampled_from(Relation), st.sampled_from(["another", "a-third"])), max_size=2)


@cache
def _fields(codes: tuple[str, ...], details: bool) -> Mapping[type[Event], Fields]:
    """For every kind, the fields of its own."""
    someone = st.sampled_from([None, *codes])
    everyone = st.tuples(*(st.builds(Party, code=st.just(code), role=st.sampled_from(Role)) for code in codes))
    reasons = st.sampled_from((StallReason.WITHDRAWN,) * 4 + (None, *StallReason))
    return {
        Proposed: _proposed(codes, details),
        Responded: _responded(codes, details),
        Scheduled: _scheduled(codes, details),
        Held: _held(codes, details),
        Stalled: st.fixed_dictionaries({"reason": reasons, "by": someone}),
        Concluded: _some(outcome=st.sampled_from(Outcome), into=st.just("another")),
        Described: _some(title=texts(), parties=everyone, links=_links()),
        Noted: st.fixed_dictionaries({"by": someone, "text": texts()}, optional={"links": _links()} if details else {}),
    }


_KINDS = (
    (Proposed,) * 6 + (Responded,) * 3 + (Scheduled,) * 2 + (Held,) * 2 + (Stalled,) * 2 + (Concluded, Described, Noted, Noted)
)
_LAGS = (None,) * 6 + (0, 0, 0, 1, 1, 3, 9, -1)


def _times(draw: DrawFn, around: int, *, needed: bool = False) -> dict[str, Any]:
    """When it occurred, about so many days from the first; and when it was recorded, at most a day before it can have begun."""
    day = FIRST_DAY + timedelta(days=min(_DAYS, max(0, around + draw(st.sampled_from((0, 0, 0, 0, 0, 1, 2, -1, -4, 6))))))
    occurred = _shaped(day, draw(st.sampled_from(("{day}",) * 3 * len(_SHAPES) + _SHAPES)))
    lag = draw(st.sampled_from(_LAGS))
    if lag is None and not needed and occurred.latest is not None:
        return {"occurred": occurred, "recorded": None}
    begins = occurred.earliest or day
    return {"occurred": occurred, "recorded": datetime.combine(begins + timedelta(days=lag or 0), time(21, 30), tzinfo=UTC)}


@st.composite
def events(
    draw: DrawFn,
    *,
    codes: tuple[str, ...] = CODES,
    kind: type[Event] | None = None,
    details: bool = True,
    around: int | None = None,
) -> Event:
    """One well-formed event that refers to no other; ``details`` fills in what no fold looks at.

    ``around`` is about how many days after `FIRST_DAY` it occurs.
    """
    cls = kind or draw(st.sampled_from(_KINDS))
    fields = draw(_fields(codes, details)[cls])
    if details:
        fields |= draw(_some(note=texts()))
        told = tuple(draw(st.lists(sources(speakers=codes), min_size=1, max_size=2)))
    else:
        told = draw(_usual(fields.get("by"), codes))
    times = _times(draw, draw(st.integers(0, _DAYS)) if around is None else around, needed=details)
    return cls(track=TRACK, sources=told, **times, **fields)


def _reference(draw: DrawFn, earlier: Sequence[Event], codes: tuple[str, ...], around: int) -> Event:
    """A retraction, a confirmation or a denial of an earlier event."""
    verb = draw(st.sampled_from(["retracts", "confirms", "denies"]))
    deniable = [event for event in earlier if isinstance(event, (Scheduled, Held, Stalled, Concluded))]
    target = draw(st.sampled_from(deniable if verb == "denies" and deniable else earlier))
    fields: dict[str, Any] = {verb: str(target.id), **_times(draw, around)}
    if verb == "retracts":
        return Retracted(track=TRACK, **fields)
    by = draw(st.sampled_from([None, *codes]))
    return Noted(track=TRACK, sources=draw(_usual(draw(st.sampled_from([None, by])), codes)), by=by, **fields)


def placed(record: Sequence[Event], *, behind: int = 0) -> tuple[Event, ...]:
    """These events with an id, a version and a position each, counted on from ``behind``."""
    return tuple(
        attrs.evolve(event, id=event.id or f"e{place}", version=place, position=place)
        for place, event in enumerate(record, behind + 1)
    )


def _next(draw: DrawFn, record: Sequence[Event], codes: tuple[str, ...], around: int, details: bool) -> Event:
    """One more event: about itself, about an earlier event, or an answer to an earlier proposal."""
    what = draw(st.sampled_from(["itself"] * 4 + ["answer"] * 3 + ["reference"] * 2))
    offers = [event for event in record if isinstance(event, Proposed)]
    if what == "reference" and record:
        return _reference(draw, record, codes, around)
    if what == "answer" and offers:
        return _reply(draw, draw(st.sampled_from(offers)), codes, around)
    return draw(events(codes=codes, details=details, around=around))


def _reply(draw: DrawFn, offer: Proposed, codes: tuple[str, ...], around: int) -> Event:
    """An answer of somebody to whom a proposal was addressed, or of the proposer to a counter-proposal."""
    by, to = draw(st.sampled_from([(party, None) for party in offer.to] + [(party, offer.by) for party in offer.to]))
    if draw(st.integers(0, 4)) == 0:
        by, to = offer.by, None if to is None else by
    told = draw(_usual(by, codes))
    answer = draw(st.sampled_from(Answer))
    times = _times(draw, around)
    return Responded(track=TRACK, by=by, to=None if to == by else to, answer=answer, sources=told, **times)


_SIZES = (0, 1, 2, 3, 4, 5, 6, 8, 8, 10, 10, 12, 12, 16)


@st.composite
def logs(draw: DrawFn, *, max_size: int = 16, details: bool = False) -> tuple[Event, ...]:
    """The well-formed record of one track: every kind, source and date, with answers to nothing, late recordings, leaks,
    confirmations, denials, and retractions of retractions. It may declare its parties or not."""
    people = draw(parties())
    codes = tuple(party.code for party in people)
    record: list[Event] = []
    if draw(st.integers(0, 3)):
        record += placed([Described(track=TRACK, occurred=FIRST_DAY, parties=people)])
    for step in range(draw(st.sampled_from([size for size in _SIZES if size <= max_size]))):
        record += placed([_next(draw, record, codes, step, details)], behind=len(record))
    return tuple(record)


@st.composite
def legal_logs(draw: DrawFn, *, max_size: int = 10) -> tuple[Event, ...]:
    """A record in which every answer meets a proposal: told officially, day after day, as it happened."""
    people = draw(parties())
    codes = tuple(party.code for party in people)
    record = placed([Described(track=TRACK, occurred=FIRST_DAY, parties=people)])
    for ahead in range(draw(st.integers(0, max_size))):
        kind = draw(st.sampled_from([Proposed, Responded, Scheduled, Held, Stalled, Concluded]))
        fields = draw(_fields(codes, False)[kind])
        if kind is Responded:
            pairs = sorted(answerable(reduce(record)), key=str)
            if not pairs:
                continue
            fields["by"], fields["to"] = draw(st.sampled_from(pairs))
        record += placed([_officially(kind, FIRST_DAY + timedelta(days=ahead // 2), fields)], behind=len(record))
    return record


@st.composite
def illegal_logs(draw: DrawFn) -> tuple[Event, ...]:
    """A legal record, and behind it an answer for which there is no proposal."""
    record = draw(legal_logs())
    possible = answerable(reduce(record))
    pairs = [(by, to) for by in CODES for to in (None, *CODES) if by != to and (by, to) not in possible]
    by, to = draw(st.sampled_from(pairs))
    fields = {"by": by, "to": to, "answer": draw(st.sampled_from(Answer))}
    return (*record, *placed([_officially(Responded, FIRST_DAY + timedelta(days=_DAYS), fields)], behind=len(record)))


def _officially(kind: type[Event], day: date, fields: dict[str, Any]) -> Event:
    source = Source(attribution=Attribution.OFFICIAL, outlet="Press service", speaks_for=fields.get("by"))
    return kind(track=TRACK, occurred=day, sources=(source,), **fields)
