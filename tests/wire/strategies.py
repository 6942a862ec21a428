"""Events of every kind with every field, in texts that trap readers and writers of YAML and JSON."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Described, Event, Link, Noted, Party, Proposed, Responded, Retracted
from diplostate.talks.rules import errors, faults
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier
from diplostate.testing.strategies import dates

TRAPS = (
    "no", "NO", "yes", "on", "null", "~", "true", "y", "12:30", "1e3", "0x1F", "1_000", "007", ".5", ".inf", "..",
    "...", "-", "---", "- a", "a: b", "a:", ":a", "a #b", "#a", "a#b", "? a", "?", "! a", "&a", "*a", "@a", "`a`",
    "%a", "|", ">", "<<", "=", "{a}", "[a]", "a, b", "a]", "a?", "a?b",
    '"a"', "'a'", "it's", 'say "it\'s"', "\\", "a\\nb", " a",
    "a ", "  a  b  ", "a  b", "\ta", "a\tb", "a\t", "a\nb", "a\n", "\na", "a\n\nb", "a\n\n", "a \nb", "a\n b", " a\nb",
    "a\n# b", "a\n- b", "a\n---\nb", "a\r\nb", "a\rb", "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "a\x85b", "\u2028",
    "a\u2028b", "\u2029", "\ufeff", "a\ufeffb", "\ufffe", "\ufffd", "\u202e", "\xa0", "a\xa0", "e\u0301", "é",
    "Türkiye", "联合国", "🕊", "𝒳", "\U0010ffff", "2025-07-21", "2025", "word " * 60, "word " * 60 + "end", "x" * 2_000,
    ("word " * 60 + "end\n") * 3, "a " * 200 + "#b", "a " * 200 + "# b", "a " * 200 + ": b",
)  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """A text that a record may hold: not blank, and without half a character."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    tricky = st.text(st.sampled_from(" \n\t:#-'\"\\{}[],&*!|>?@`%~.a1é\u2028\x85"), min_size=1, max_size=12)
    return (st.sampled_from(TRAPS) | anything | tricky).filter(lambda text: bool(text.strip()))


CODES = ("UKR", "NO", "12-30", "1E3")
_code = st.sampled_from(CODES)
_track = st.sampled_from(["another", "no", "1.5", "1e3"])
_dates = dates().filter(lambda date: date.latest is not None)
_source = st.builds(
    Source,
    attribution=st.sampled_from(Attribution),
    outlet=texts(),
    speaker=st.none() | texts(),
    speaks_for=st.none() | _code,
    url=st.none() | st.sampled_from(["https://example.org/a?b=c&d=[e]#f", "http://example.org/,{no}:'\""]),
    published=st.none() | _dates,
    reliability=st.none() | st.sampled_from("ABCDEF"),
    credibility=st.none() | st.integers(1, 6),
    note=st.none() | texts(),
)
_links = st.lists(st.builds(Link, st.sampled_from(Relation), _track), max_size=3)
_parties = st.builds(
    lambda names, roles: [Party(code=code, name=name, role=role) for code, name, role in zip(CODES, names, roles, strict=True)],
    st.lists(st.none() | texts(), min_size=len(CODES), max_size=len(CODES)),
    st.lists(st.sampled_from(Role), min_size=len(CODES), max_size=len(CODES)),
)
_FIELDS = {
    "occurred": _dates,
    "sources": st.lists(_source, min_size=1, max_size=2),
    "recorded": st.datetimes(datetime(2026, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "round": st.sampled_from([1, 7, 2**53 - 1]),
    "window": _dates,
    "tier": st.sampled_from(Tier),
    "agenda": st.lists(texts(), max_size=4),
    "respond_by": _dates,
    "conditions": st.lists(texts(), max_size=2),
    "by": _code,
    "answer": st.sampled_from(Answer),
    "on": _dates,
    "heads": st.dictionaries(_code, texts(), max_size=3),
    "until": st.just(Edtf.parse("..")) | _dates,
    "absent": st.lists(_code, max_size=3),
    "outcomes": st.dictionaries(texts(), st.sampled_from(ItemOutcome), max_size=3),
    "reason": st.sampled_from(StallReason),
    "outcome": st.sampled_from(Outcome),
    "into": _track,
    "parties": st.just([]) | _parties,
    "links": _links,
    "note": texts(),
}
_OWN = {(Proposed, "to"): st.lists(_code, min_size=1, max_size=4), (Responded, "to"): _code, (Retracted, "reason"): texts()}


def _kwargs(cls: type[Event], without: Collection[str]) -> st.SearchStrategy[dict[str, object]]:
    """Its required fields, and some of the others."""
    fields = {field.name: field for field in attrs.fields(cls) if field.name not in without}
    found = {name: _OWN.get((cls, name), _FIELDS.get(name, texts())) for name in fields}
    needed = {name for name, field in fields.items() if field.default is attrs.NOTHING} | {"recorded", "sources"}
    return st.fixed_dictionaries(
        {name: found[name] for name in found if name in needed},
        optional={name: found[name] for name in found if name not in needed},
    )


_PLACED = ("track", "id", "version", "position", "retracts", "confirms", "denies", "hypothetical")


@st.composite
def events(draw: st.DrawFn, cls: type[Event] | None = None, *, name: str = "e1", earlier: Sequence[str] = ()) -> Event:
    """A well-formed event, complete but for its place; it may speak of earlier ones."""
    kinds = [kind for kind in KINDS.values() if earlier or kind is not Retracted]
    kind = cls or draw(st.sampled_from(kinds))
    said = draw(_kwargs(kind, _PLACED))
    if kind is Noted and earlier:
        said[draw(st.sampled_from(["confirms", "denies"]))] = draw(st.sampled_from(earlier))
    if kind is Retracted:
        said["retracts"] = draw(st.sampled_from(earlier))
    event = kind(track="a-track", id=name, **said)
    assume(not errors(faults(event)))
    return event


@st.composite
def logs(draw: st.DrawFn, *, placed: bool = False) -> tuple[Event, ...]:
    """The record of one track, most often with a head."""
    record = [draw(events(Described, name="head"))] if draw(st.integers(0, 4)) else []
    for number in range(draw(st.integers(0 if record else 1, 4))):
        earlier = [event.id for event in record if event.id]
        record.append(draw(events(name=f"{draw(st.sampled_from(['e', 'no:/#@+-._']))}{number}", earlier=earlier)))
    if placed:
        record = [attrs.evolve(event, version=place, position=place * 3) for place, event in enumerate(record, 1)]
    return tuple(record)
