"""What well-formed means: the faults of an event, by itself and in its track, each with the path of its field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import attrs

from diplostate.errors import Fault, InvalidEvent
from diplostate.talks.dates import Edtf
from diplostate.talks.events import (
    KINDS,
    TERMS,
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Proposing,
    Responded,
    Retracted,
    Scheduled,
    names_party,
)
from diplostate.talks.sources import Source
from diplostate.talks.trusted import puts, values_of
from diplostate.talks.words import Answer

Path = tuple[str | int, ...]

TRACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
"""A track id: letters, digits, ``.``, ``_`` and ``-``, at most 128 of them."""
EVENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#@+-]{0,127}", re.ASCII)
"""An event id: as a track id, and ``: / # @ +``."""
PARTY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)
"""A party code: capital letters, digits and ``-``, at most 32 of them."""
_URL = re.compile(r"https?://[^\s]+")
LONGEST_TEXT = 10_000
"""Characters that one text may have."""
LONGEST_LIST = 1_000
"""Entries that one list may have."""
LARGEST_ROUND = 9_999
"""The highest number that a round may have."""
GRACE = timedelta(days=1)
"""How far ahead of the day of recording an event may begin: time zones differ by less than a day."""


NO_FACT = (
    "is hypothetical: it was put on a branch or simulated, and is no fact. A record of facts refuses it; "
    "for a ledger that may hold such events, write hypothetical: before its URL"
)
"""What is said of a hypothetical event where only facts are taken."""


def nearest(word: str, words: Collection[str]) -> str:
    """The hint for a word that nobody knows: ``; did you mean 'accepted'?``, or nothing where none is near."""
    folded = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f"; did you mean {folded[found[0]]!r}?" if found else ""


def faults(
    event: Event,
    *,
    recorded: datetime | None = None,
    earlier: Mapping[str, str] | None = None,
    declared: Collection[str] | None = None,
    hypothetical: bool = False,
    slips: bool = True,
) -> list[Fault]:
    """Everything that is wrong with an event, errors and warnings (see `Fault.severity`).

    ``recorded`` is when it is being recorded, where the event does not say so itself. ``earlier`` maps the ids of the earlier
    events of its track to their kinds, and ``declared`` holds the declared parties; None leaves out the rules that need them.
    ``hypothetical`` takes what is marked so, which else is a fault: a record holds facts. Without ``slips``, what is legal but
    most likely not meant is not looked for.
    """
    found = [*_own(event), *_time(event, recorded)]
    if slips:
        found += _slips(event, declared)
    if event.hypothetical and not hypothetical:
        found.append(Fault(NO_FACT, ("hypothetical",)))
    if earlier is not None:
        found += _references(event, earlier)
    if declared is not None:
        found += _undeclared(event, declared)
    return found


def errors(found: Collection[Fault]) -> list[Fault]:
    """Those faults that are no mere warnings."""
    return [fault for fault in found if fault.severity == "error"]


def _own(event: Event) -> Iterator[Fault]:
    if not _is_clean(event):
        yield from _texts(event, ())
    yield from _matching(TRACK, event.track, ("track",), "a track id: letters, digits, '.', '_' and '-', at most 128")
    if event.id is not None:
        yield from _matching(EVENT_ID, event.id, ("id",), "an event id: letters, digits and . _ - : / # @ +, at most 128")
    for path, code in names_party(event):
        yield from _party(code, path)
    round_ = getattr(event, "round", None)
    if round_ is not None and not 1 <= round_ <= LARGEST_ROUND:
        limit = "rounds count from 1" if round_ < 1 else f"at most {LARGEST_ROUND} are read"
        yield Fault(f"round {round_} cannot be: {limit}", ("round",))
    for index, source in enumerate(event.sources):
        yield from _source(source, ("sources", index))
    if not event.sources and not _needs_no_source(event):
        yield Fault(f"a {event.kind!r} event needs at least one source: add 'sources'", ("sources",))
    if type(event) in _OWN:
        yield from _OWN[type(event)](event)


def _needs_no_source(event: Event) -> bool:
    if isinstance(event, Noted):
        return event.confirms is None and event.denies is None
    return isinstance(event, (Described, Retracted))


def _matching(pattern: re.Pattern[str], text: str, path: Path, what: str) -> Iterator[Fault]:
    if not pattern.fullmatch(text):
        yield Fault(f"{_short(text)} is not {what}", path)


def _party(code: str, path: Path) -> Iterator[Fault]:
    if not PARTY.fullmatch(code):
        hint = f"; did you mean {code.upper()!r}?" if PARTY.fullmatch(code.upper()) else ""
        yield Fault(f"{_short(code)} is not a party code: capital letters, digits and '-', as in RUS{hint}", path)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _texts(item: object, path: Path) -> Iterator[Fault]:
    """The faults that any text can have, wherever it stands in the event."""
    if isinstance(item, str):
        yield from _text(item, path)
    elif isinstance(item, tuple):
        yield from _length(item, path)
        for index, part in enumerate(item):
            yield from _texts(part, (*path, index))
    elif isinstance(item, _HOLDERS):
        for name, part in zip(puts(type(item)), values_of(item), strict=True):
            if part is not None:
                yield from _mapping(part, (name,)) if name in _MAPPINGS else _texts(part, (*path, name))


def _is_clean(event: Event) -> bool:
    """Whether a quick look shows already that no text has a fault, as is nearly always so: at all texts of an event at once."""
    texts: list[str] = []
    _gather(values_of(event), texts)
    text = "".join(texts)
    return text.isascii() and len(text) <= LONGEST_TEXT and all(map(str.strip, texts))


def _gather(parts: tuple[object, ...], texts: list[str]) -> None:
    """Add all texts in these; for a list that is too long an empty one, which is a fault too."""
    if len(parts) > LONGEST_LIST:
        texts.append("")
        return
    for part in parts:
        if part is None:
            continue
        cls = part.__class__
        if cls is str:
            texts.append(cast("str", part))
        elif cls is tuple:
            _gather(cast("tuple[object, ...]", part), texts)
        elif cls in _CLASSES:
            _gather(values_of(cast("Event", part)), texts)
        elif cls not in _WITHOUT_TEXT and isinstance(part, str):
            texts.append(part)


_WITHOUT_TEXT = frozenset({bool, int, Edtf, datetime})
_HOLDERS: tuple[type[attrs.AttrsInstance], ...] = (Event, Source, Party, Link)
_CLASSES = frozenset({*KINDS.values(), Source, Party, Link})
_MAPPINGS = frozenset({"heads", "outcomes"})
"""The fields that are written as mappings; an event keeps them as pairs."""


def _mapping(pairs: tuple[tuple[str, str], ...], path: Path) -> Iterator[Fault]:
    yield from _length(pairs, path)
    for key, value in pairs:
        yield from _text(key, (*path, key))
        yield from _text(value, (*path, key))


def _length(items: tuple[object, ...], path: Path) -> Iterator[Fault]:
    if len(items) > LONGEST_LIST:
        yield Fault(f"has {len(items)} entries: at most {LONGEST_LIST} are read", path)


def _text(text: str, path: Path) -> Iterator[Fault]:
    if not text.strip():
        yield Fault("is empty: leave the field out where there is nothing to say", path)
    if len(text) > LONGEST_TEXT:
        yield Fault(f"has {len(text)} characters: at most {LONGEST_TEXT} are read", path)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        yield Fault("holds half of a character (a lone UTF-16 surrogate): write the whole character", path)


def _source(source: Source, path: Path) -> Iterator[Fault]:
    if source.outlet is None and source.speaker is None and source.url is None:
        yield Fault("does not say who: name an outlet, a speaker or a url", path)
    if source.speaks_for is not None:
        yield from _party(source.speaks_for, (*path, "speaks_for"))
    if source.reliability is not None and source.reliability not in set("ABCDEF"):
        yield Fault(f"{_short(source.reliability)} is no reliability: A to F", (*path, "reliability"))
    if source.credibility is not None and not 1 <= source.credibility <= 6:
        yield Fault(f"{source.credibility} is no credibility: 1 to 6", (*path, "credibility"))
    if source.url is not None and not _URL.fullmatch(source.url):
        yield Fault(f"{_short(source.url)} is not a web address: it begins with https:// or http://", (*path, "url"))
    if source.published is not None and source.published.latest is None:
        yield Fault(f"{source.published} has no end: name the day of publication", (*path, "published"))


def _time(event: Event, recorded: datetime | None) -> Iterator[Fault]:
    if _is_no_day(event.occurred):
        yield Fault("'..' names no day: say when it occurred", ("occurred",))
        return
    known = event.recorded or recorded
    if known is None:
        try:
            known = event.known
        except InvalidEvent as error:
            yield from error.faults
            return
    begins = event.occurred.earliest
    day = known.astimezone(UTC).date()
    if begins is not None and begins - day > GRACE and not event.hypothetical:
        hint = "; did you mean 'on'?" if isinstance(event, Scheduled) else ""
        yield Fault(
            f"{event.occurred} lies after the day on which it was recorded ({day}): "
            f"an event is what has been made public by then{hint}",
            ("occurred",),
        )


def _is_no_day(value: Edtf | None) -> bool:
    return value is not None and value.earliest is None and value.latest is None


def _bounded(event: Event, *names: str) -> Iterator[Fault]:
    for name in names:
        if _is_no_day(getattr(event, name)):
            yield Fault("'..' names no day: give a date, or leave the field out", (name,))


def _proposing(event: Proposing) -> Iterator[Fault]:
    yield from _bounded(event, "window", "respond_by")


def _proposed(event: Proposed) -> Iterator[Fault]:
    yield from _proposing(event)
    if not set(event.to) - {event.by}:
        yield Fault("is addressed to nobody but its proposer: name at least one other party", ("to",))


def _responded(event: Responded) -> Iterator[Fault]:
    yield from _proposing(event)
    if event.to == event.by:
        yield Fault(f"{event.by} cannot answer its own proposal: 'to' names whose proposal it answers", ("to",))


def _scheduled(event: Scheduled) -> Iterator[Fault]:
    yield from _bounded(event, "on")


def _held(event: Held) -> Iterator[Fault]:
    ends, begins = None if event.until is None else event.until.latest, event.occurred.earliest
    if ends is not None and begins is not None and ends < begins:
        yield Fault(f"{event.until} is before the meeting began ({event.occurred})", ("until",))


def _concluded(event: Concluded) -> Iterator[Fault]:
    if event.into is not None:
        yield from _matching(TRACK, event.into, ("into",), "a track id: letters, digits, '.', '_' and '-', at most 128")
    if event.into == event.track:
        yield Fault("a track cannot be merged into itself", ("into",))


def _links(event: Described | Noted) -> Iterator[Fault]:
    for index, link in enumerate(event.links or ()):
        path = ("links", index, link.relation.value)
        yield from _matching(TRACK, link.track, path, "a track id: letters, digits, '.', '_' and '-', at most 128")
        if link.track == event.track:
            yield Fault("a track cannot be linked to itself", path)


def _described(event: Described) -> Iterator[Fault]:
    yield from _links(event)
    codes = [party.code for party in event.parties or ()]
    for index, code in enumerate(codes):
        yield from _party(code, ("parties", index, "code"))
        if code in codes[:index]:
            yield Fault(f"{code} is declared twice", ("parties", index, "code"))


def _noted(event: Noted) -> Iterator[Fault]:
    yield from _links(event)
    if event.by is not None:
        yield from _party(event.by, ("by",))
    if event.confirms is not None and event.confirms == event.denies:
        yield Fault("confirms and denies the same event: decide", ("denies",))
    if (event.text, event.note, event.confirms, event.denies, event.links) == (None,) * 5:
        yield Fault("says nothing: give a 'text'", ("text",))


_OWN: Mapping[type[Event], Callable[..., Iterator[Fault]]] = {
    Proposed: _proposed,
    Responded: _responded,
    Scheduled: _scheduled,
    Held: _held,
    Concluded: _concluded,
    Described: _described,
    Noted: _noted,
}


def _references(event: Event, earlier: Mapping[str, str]) -> Iterator[Fault]:
    if not isinstance(event, (Noted, Retracted)):
        return
    for name in ("retracts", "confirms", "denies"):
        target = cast("str | None", getattr(event, name, None))
        if target is None:
            continue
        if target not in earlier:
            yield Fault(f"{_short(target)} names no earlier event of this track{nearest(target, earlier)}", (name,))
        elif name == "confirms" and earlier[target] in ("described", "noted", "retracted"):
            yield _warning(f"confirming a {earlier[target]!r} event changes nothing", (name,))


def _undeclared(event: Event, declared: Collection[str]) -> Iterator[Fault]:
    for path, code in names_party(event):
        if PARTY.fullmatch(code) and code not in declared:
            yield Fault(f"party {code!r} is not declared in 'parties'{_nearest_party(code, declared)}", path)


def _nearest_party(code: str, declared: Collection[str]) -> str:
    """The hint for a party; codes are so short that one with another first letter is another party, and no slip."""
    return nearest(code, [known for known in declared if known[:1] == code[:1]])


def _slips(event: Event, declared: Collection[str] | None) -> Iterator[Fault]:
    """What is legal, but most likely not meant."""
    for index, source in enumerate(event.sources):
        path: Path = ("sources", index, "speaks_for")
        if isinstance(event, Responded) and source.is_official and source.speaks_for is None:
            yield _warning(
                f"an official source without 'speaks_for' does not make an answer official: add speaks_for: {event.by}, "
                "if that is for whom it speaks",
                ("sources", index),
            )
        if declared is not None and source.speaks_for is not None and source.speaks_for not in declared:
            yield _warning(
                f"speaks for {source.speaks_for!r}, which is no declared party{_nearest_party(source.speaks_for, declared)}",
                path,
            )
    if isinstance(event, Noted) and declared is not None and event.by is not None and event.by not in declared:
        yield _warning(f"{event.by!r} is no declared party{_nearest_party(event.by, declared)}", ("by",))
    if isinstance(event, Scheduled):
        yield from _slips_of_meeting(event)
    if isinstance(event, Responded) and event.answer is not Answer.COUNTERED:
        yield from (
            _warning(f"{name!r} says what a counter-proposal proposes, but the answer is {event.answer.value!r}", (name,))
            for name in TERMS
            if getattr(event, name) not in (None, ())
        )


def _slips_of_meeting(event: Scheduled) -> Iterator[Fault]:
    if event.on is None:
        yield _warning("a meeting is set, but 'on' does not say for when", ("on",))
    elif event.on.latest is not None and event.occurred.earliest is not None and event.on.latest < event.occurred.earliest:
        yield _warning(f"the meeting ({event.on}) lies before the day on which it was set ({event.occurred})", ("on",))


def _warning(message: str, path: Path) -> Fault:
    return Fault(message, path, severity="warning")
