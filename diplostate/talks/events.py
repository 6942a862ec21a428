"""Events: the facts that someone made public about a talk track, one frozen class for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeVar

import attrs

from diplostate.errors import Fault, InvalidEvent
from diplostate.talks.dates import Edtf, as_edtf, end_of
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Party:
    """A state, an organisation or an armed group that takes part, by its code.

    Codes are ISO 3166-1 alpha-3 where one exists, CAMEO actor codes otherwise.
    """

    code: str
    name: str | None = None
    role: Role = attrs.field(default=Role.PRINCIPAL, converter=Role)


@attrs.frozen
class Link:
    """How this track is related to another one."""

    relation: Relation = attrs.field(converter=Relation)
    track: str


def _edtf_or_none(value: Edtf | str | date | None) -> Edtf | None:
    return None if value is None else as_edtf(value)


def _several(value: Iterable[T]) -> tuple[T, ...]:
    if isinstance(value, (list, tuple)):  # a check against an abstract class takes longer than all the rest
        return tuple(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidEvent([Fault(f"{value!r} stands alone where a list is expected: write [{value!r}]")])
    return tuple(value)


# A converter says what a field takes, and no type checker reads it from a generic one.


def _texts(value: Iterable[str]) -> tuple[str, ...]:
    return _several(value)


def _sources(value: Iterable[Source]) -> tuple[Source, ...]:
    return _several(value)


def _parties(value: Iterable[Party] | None) -> tuple[Party, ...] | None:
    return None if value is None else _several(value)


def _links(value: Iterable[Link] | None) -> tuple[Link, ...] | None:
    return None if value is None else _several(value)


def utc(value: datetime | None) -> datetime | None:
    """An aware datetime in UTC, as events keep it; raises `InvalidEvent` for one that has no time zone."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise InvalidEvent([Fault(f"recorded {value!r} is no datetime: give an aware datetime")])
    if value.tzinfo is None:
        raise InvalidEvent([Fault(f"recorded {value.isoformat()} has no time zone: give an aware datetime")])
    return value.astimezone(UTC)


def _outcomes(value: Mapping[str, ItemOutcome | str]) -> tuple[tuple[str, ItemOutcome], ...]:
    return tuple((item, ItemOutcome(outcome)) for item, outcome in _pairs(value))


def _heads(value: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return _pairs(value)


def _pairs(value: Mapping[str, T]) -> tuple[tuple[str, T], ...]:
    """What an event keeps of a mapping; it may be handed on as pairs."""
    try:
        return tuple(sorted(dict(value).items()))
    except (TypeError, ValueError):
        raise InvalidEvent([Fault(f"{value!r} is no mapping: write {{name: value, ...}}")]) from None


class Kept:
    """What follows from the fields of an event: worked out when it is first asked for, and kept.

    (`functools.cached_property` says the same, but on classes with slots its first answer costs several times as much.)
    """

    __slots__ = {  # noqa: RUF023  # in the order in which they build on each other
        "known": """When the record knew of it: ``recorded``, or what counts as such where nobody wrote it down.

        That is the end of the earliest day on which one of the sources was published, else of the latest day that
        ``occurred`` allows. Raises `InvalidEvent` where neither gives a day.""",
        "day": """The day on which it counts: the latest that ``occurred`` allows, but not after the UTC day on which it was
        recorded, and not before its earliest day.""",
        "speakers": "For whom its official sources speak; None for one that does not say.",
        "stands": "Whether its own sources make it official; None where the roles of those who speak decide.",
        "addressees": "Of a proposal, to whom it is addressed: each once, without the proposer.",
        "terms": "Of a proposal or a counter-proposal, what it proposes.",
    }  # fmt: skip

    known: datetime
    day: date
    speakers: tuple[str | None, ...]
    stands: bool | None
    addressees: tuple[str, ...]
    terms: Terms

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # of each its own
        work_out = _WORKED_OUT.get((type(self), name))
        if work_out is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        value = work_out(self)
        object.__setattr__(self, name, value)
        return value


@attrs.frozen(kw_only=True)
class Event(Kept):
    """What every event carries.

    ``occurred`` is valid time and may be imprecise. ``recorded`` (an aware instant, kept in UTC), ``version`` (the place in
    the track, from 1) and ``position`` (the place in the ledger, from 1) are set by the ledger and no part of what the
    event says. ``hypothetical`` marks what is no fact, but put on a branch or simulated: a record of facts refuses it.
    """

    kind: ClassVar[str]

    track: str
    occurred: Edtf = attrs.field(converter=as_edtf)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources)
    note: str | None = None
    hypothetical: bool = False
    id: str | None = None
    recorded: datetime | None = attrs.field(default=None, converter=utc)
    version: int | None = None
    position: int | None = None

    @property
    def symbol(self) -> str:
        """What the machine reads of the event: its kind, and for an answer which one."""
        return self.kind


@attrs.frozen(kw_only=True)
class Terms:
    """What is proposed."""

    round: int | None = None
    venue: str | None = None
    window: Edtf | None = None
    level: str | None = None
    tier: Tier | None = None
    format: str | None = None
    agenda: tuple[str, ...] = ()
    respond_by: Edtf | None = None

    def updated(self, newer: Terms) -> Terms:
        """The terms after a restatement: what it names is replaced, the rest is kept."""
        return Terms(**{name: getattr(newer, name) or getattr(self, name) for name in TERMS})


TERMS = tuple(field.name for field in attrs.fields(Terms))
"""The fields that say what is proposed."""


@attrs.frozen(kw_only=True)
class Proposing(Event):
    """What a proposal or a counter-proposal may propose."""

    kind: ClassVar[str]

    round: int | None = None
    venue: str | None = None
    window: Edtf | None = attrs.field(default=None, converter=_edtf_or_none)
    level: str | None = None
    tier: Tier | None = attrs.field(default=None, converter=attrs.converters.optional(Tier))
    format: str | None = None
    agenda: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    respond_by: Edtf | None = attrs.field(default=None, converter=_edtf_or_none)


@attrs.frozen(kw_only=True)
class Proposed(Proposing):
    """``by`` proposes talks or a text to one or more parties."""

    kind: ClassVar[str] = "proposed"

    by: str
    to: tuple[str, ...] = attrs.field(converter=_texts)


@attrs.frozen(kw_only=True)
class Responded(Proposing):
    """``by`` answers a proposal, ``to`` says whose; a counter carries what it proposes instead."""

    kind: ClassVar[str] = "responded"

    by: str
    answer: Answer = attrs.field(converter=Answer)
    to: str | None = None
    conditions: tuple[str, ...] = attrs.field(default=(), converter=_texts)

    @property
    def symbol(self) -> str:
        """The answer."""
        return self.answer.value


@attrs.frozen(kw_only=True)
class Scheduled(Event):
    """A meeting is set, or set anew; ``heads`` maps party codes to the heads of their delegations."""

    kind: ClassVar[str] = "scheduled"

    on: Edtf | None = attrs.field(default=None, converter=_edtf_or_none)
    venue: str | None = None
    host: str | None = None
    level: str | None = None
    heads: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_heads)
    round: int | None = None


@attrs.frozen(kw_only=True)
class Held(Event):
    """A meeting took place from this day on, ``until`` another one (``..`` while it lasts).

    ``outcomes`` maps items of the agenda to how far they came.
    """

    kind: ClassVar[str] = "held"

    until: Edtf | None = attrs.field(default=None, converter=_edtf_or_none)
    venue: str | None = None
    round: int | None = None
    absent: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    outcomes: tuple[tuple[str, ItemOutcome], ...] = attrs.field(default=(), converter=_outcomes)
    agreement: str | None = None


@attrs.frozen(kw_only=True)
class Stalled(Event):
    """Talks do not move."""

    kind: ClassVar[str] = "stalled"

    reason: StallReason | None = attrs.field(default=None, converter=attrs.converters.optional(StallReason))
    by: str | None = None


@attrs.frozen(kw_only=True)
class Concluded(Event):
    """The track is over; ``into`` names the track that it was merged into."""

    kind: ClassVar[str] = "concluded"

    outcome: Outcome | None = attrs.field(default=None, converter=attrs.converters.optional(Outcome))
    into: str | None = None


@attrs.frozen(kw_only=True)
class Described(Event):
    """What the track is; None leaves a field as it was said before."""

    kind: ClassVar[str] = "described"

    title: str | None = None
    parties: tuple[Party, ...] | None = attrs.field(default=None, converter=_parties)
    links: tuple[Link, ...] | None = attrs.field(default=None, converter=_links)


@attrs.frozen(kw_only=True)
class Noted(Event):
    """Context that moves nothing, a confirmation (``confirms``) or a denial (``denies``) of an earlier event."""

    kind: ClassVar[str] = "noted"

    text: str | None = None
    by: str | None = None
    confirms: str | None = None
    denies: str | None = None
    links: tuple[Link, ...] | None = attrs.field(default=None, converter=_links)


@attrs.frozen(kw_only=True)
class Retracted(Event):
    """An earlier event of this track was recorded in error."""

    kind: ClassVar[str] = "retracted"

    retracts: str
    reason: str | None = None


MOVES = (Proposed, Responded, Scheduled, Held, Stalled, Concluded)
"""The kinds that move the machine."""

KINDS: Mapping[str, type[Event]] = {cls.kind: cls for cls in (*MOVES, Described, Noted, Retracted)}
"""The stored word of every kind, and its class: the one table of stable names."""


def _known(event: Event) -> datetime:
    if event.recorded is not None:
        return event.recorded
    published = [source.published.latest for source in event.sources if source.published and source.published.latest]
    day = min(published, default=event.occurred.latest)
    if day is None:
        raise InvalidEvent(
            [Fault(f"{event.occurred} has no end: say when it was recorded, or when a source was published", ("recorded",))]
        )
    return end_of(day)


def _day(event: Event) -> date:
    known, earliest, latest = event.known.date(), event.occurred.earliest, event.occurred.latest
    counted = known if latest is None or latest > known else latest
    return counted if earliest is None or earliest < counted else earliest


def _speakers(event: Event) -> tuple[str | None, ...]:
    return tuple([source.speaks_for for source in event.sources if source.attribution is _OFFICIAL])


def _any_stands(event: Event) -> bool:
    return bool(event.speakers)


def _proposal_stands(event: Proposed | Stalled) -> bool | None:
    """True where ``by`` speaks, or a source does not say for whom; False where nobody speaks officially."""
    speakers = event.speakers
    return True if event.by in speakers or None in speakers else None if speakers else False


def _answer_stands(event: Responded) -> bool:
    """Only the party that owes the answer can give it officially."""
    return event.by in event.speakers


def _stall_stands(event: Stalled) -> bool | None:
    """As for a proposal where somebody caused the stall, else as for any event."""
    return _any_stands(event) if event.by is None else _proposal_stands(event)


def _addressees(event: Proposed) -> tuple[str, ...]:
    return tuple(dict.fromkeys([party for party in event.to if party != event.by]))


def _terms(event: Proposing) -> Terms:
    return Terms(**{name: getattr(event, name) for name in TERMS})


_OFFICIAL = Attribution.OFFICIAL
_ALL = {"known": _known, "day": _day, "speakers": _speakers, "stands": _any_stands}
_SOME: Mapping[type[Event], Mapping[str, Callable[[Any], object]]] = {
    Proposed: {"stands": _proposal_stands, "addressees": _addressees, "terms": _terms},
    Responded: {"stands": _answer_stands, "terms": _terms},
    Stalled: {"stands": _stall_stands},
}
_WORKED_OUT: Mapping[tuple[type, str], Callable[[Any], object]] = {
    (cls, name): work_out for cls in KINDS.values() for name, work_out in {**_ALL, **_SOME.get(cls, {})}.items()
}
"""How each kind works out what it keeps."""


def names_party(event: Event) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """The party codes that take part in an event, each with the path of its field."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    if isinstance(event, (Proposed, Responded, Stalled)) and event.by is not None:
        found.append((("by",), event.by))
    if isinstance(event, Proposed):
        found += [(("to", index), code) for index, code in enumerate(event.to)]
    if isinstance(event, Responded) and event.to is not None:
        found.append((("to",), event.to))
    if isinstance(event, Held):
        found += [(("absent", index), code) for index, code in enumerate(event.absent)]
    if isinstance(event, Scheduled):
        found += [(("heads", code), code) for code, _ in event.heads]
    return tuple(found)
