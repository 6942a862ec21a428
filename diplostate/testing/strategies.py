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
    Answer,
    Concluded,
    Described,
    Event,
    Held,
    ItemOutcome,
    Link,
    Noted,
    Outcome,
    Party,
    Proposed,
    Relation,
    Responded,
    Retracted,
    Role,
    Scheduled,
    Stalled,
    StallReason,
    Tier,
)
from diplostate.talks.fold import answerable, reduce
from diplostate.talks.sources import Attribution, Source

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


@st.composite
def parties(draw: DrawFn) -> tuple[Party, ...]:
    """Two to five parties, of which at least two are principals."""
    others = draw(st.lists(st.sampled_from(Role), max_size=3))
    roles = draw(st.permutations([Role.PRINCIPAL, Role.PRINCIPAL, *others]))
    return tuple(Party(code=code, role=role) for code, role in zip(CODES, roles, strict=False))


def days() -> SearchStrategy[date]:
    """A day among those in which generated logs take place."""
    return st.integers(0, _DAYS - 1).map(lambda ahead: FIRST_DAY + timedelta(days=ahead))


_SHAPES = ("{day}",) * 8 + (
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


@st.composite
def dates(draw: DrawFn) -> Edtf:
    """A date in any of its forms, most of them exact to the day."""
    day = draw(days())
    later = day + timedelta(days=2)
    return Edtf.parse(draw(st.sampled_from(_SHAPES)).format(day=day, month=f"{day:%Y-%m}", later=later))


_GRADES = ((None, None),) * 3 + (("A", 1), ("B", 2), ("B", 3), ("C", 2), ("E", 5), ("F", 6), ("F", 1), ("A", 6), ("A", None))


@st.composite
def sources(draw: DrawFn, *, speakers: Sequence[str], details: bool = False) -> Source:
    """One source, official or not, which speaks for one of these parties or does not say for whom."""
    attribution = draw(st.sampled_from((Attribution.OFFICIAL,) * 5 + tuple(Attribution)))
    speaks_for = draw(st.sampled_from((None, *speakers)))
    reliability, credibility = draw(st.sampled_from(_GRADES))
    extra: dict[str, Any] = {}
    if details:
        extra = draw(_some(speaker=texts(), note=texts(), url=st.just("https://example.org/statement"), published=dates()))
        if extra.get("published") is not None and extra["published"].latest is None:
            del extra["published"]
    return Source(
        attribution=attribution,
        outlet="A newspaper",
        speaks_for=speaks_for,
        reliability=reliability,
        credibility=credibility,
        **extra,
    )


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
    (Proposed,) * 5 + (Responded,) * 8 + (Scheduled,) * 2 + (Held,) * 2 + (Stalled,) * 2 + (Concluded, Described, Noted, Noted)
)
_LAGS = (None,) * 4 + (0, 0, 0, 1, 1, 3, 9, -1)


def _recorded(draw: DrawFn, occurred: Edtf, *, needed: bool) -> datetime | None:
    """When it was recorded: never more than a day before it can have begun."""
    lag = draw(st.sampled_from(_LAGS))
    if lag is None and not needed:
        return None
    begins = occurred.earliest or occurred.latest or FIRST_DAY
    hour = draw(st.sampled_from((0, 9, 23)))
    return datetime.combine(begins + timedelta(days=lag or 0), time(hour, 30), tzinfo=UTC)


@st.composite
def events(draw: DrawFn, *, codes: tuple[str, ...] = CODES, kind: type[Event] | None = None, details: bool = True) -> Event:
    """One well-formed event that refers to no other; ``details`` fills in what no fold looks at."""
    cls = kind or draw(st.sampled_from(_KINDS))
    fields = draw(_fields(codes, details)[cls])
    told = draw(st.lists(sources(speakers=codes, details=details), min_size=1, max_size=2))
    occurred = draw(dates())
    published = any(source.published for source in told)
    recorded = _recorded(draw, occurred, needed=occurred.latest is None or published)
    if details:
        fields |= draw(_some(note=texts()))
    return cls(track=TRACK, occurred=occurred, recorded=recorded, sources=told, **fields)


def _reference(draw: DrawFn, earlier: Sequence[Event], codes: Sequence[str]) -> Event:
    """A retraction, a confirmation or a denial of an earlier event."""
    target = str(draw(st.sampled_from(earlier)).id)
    verb = draw(st.sampled_from(["retracts", "confirms", "confirms", "denies"]))
    occurred = draw(dates())
    fields: dict[str, Any] = {verb: target, "recorded": _recorded(draw, occurred, needed=occurred.latest is None)}
    if verb == "retracts":
        return Retracted(track=TRACK, occurred=occurred, **fields)
    told = draw(st.lists(sources(speakers=codes), min_size=1, max_size=2))
    return Noted(track=TRACK, occurred=occurred, sources=told, by=draw(st.sampled_from([None, *codes])), **fields)


def placed(record: Sequence[Event], *, behind: int = 0) -> tuple[Event, ...]:
    """These events with an id, a version and a position each, counted on from ``behind``."""
    return tuple(
        attrs.evolve(event, id=event.id or f"e{place}", version=place, position=place)
        for place, event in enumerate(record, behind + 1)
    )


@st.composite
def logs(draw: DrawFn, *, min_size: int = 0, max_size: int = 14, details: bool = False) -> tuple[Event, ...]:
    """The well-formed record of one track: every kind, source and date, with answers to nothing, late recordings, leaks,
    confirmations, denials, and retractions of retractions."""
    people = draw(parties())
    codes = tuple(party.code for party in people)
    record: list[Event] = []
    if draw(st.booleans()):
        record += placed([Described(track=TRACK, occurred=FIRST_DAY, parties=people)])
    for _ in range(draw(st.integers(min_size, max_size))):
        refers = record and draw(st.integers(0, 3)) == 0
        event = _reference(draw, record, codes) if refers else draw(events(codes=codes, details=details))
        record += placed([event], behind=len(record))
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
