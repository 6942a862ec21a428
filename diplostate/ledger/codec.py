"""Events and statuses as plain data and back: the wire form of log files and stores, and what counts as the same content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

import attrs

from diplostate.errors import Fault, Invalid, InvalidEvent, LedgerError
from diplostate.ledger.ids import uuid8
from diplostate.ledger.upcasters import upcast
from diplostate.ledger.written import written
from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Event, Link, Party, Terms, utc
from diplostate.talks.machine import Phase, Symbol
from diplostate.talks.record import Denial, Description
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.status import Anomaly, Leak, Proposal, Reply, Status
from diplostate.talks.trusted import Put, puts
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Role, StallReason, Tier

T = TypeVar("T")
A = TypeVar("A", bound=attrs.AttrsInstance)

_FIRST = (
    "hypothetical", "id", "track", "version", "position", "occurred", "recorded", "by", "to", "answer", "reason", "outlet",
    "speaker",
)  # fmt: skip
_LAST = ("note", "sources")
"""Fields that are written before and behind all others of their class."""


def to_dict(event: Event) -> dict[str, Any]:
    """The wire form of an event, ready for JSON: its kind and what is known of it; a field without a value is left out."""
    return {"kind": event.kind, **_said(event)}


def from_dict(data: object, *, texts: bool = False) -> Event:
    """An event from data that nobody has checked; raises `InvalidEvent` with everything that is wrong with its shape.

    With ``texts``, whole numbers come as text too, as in YAML. A source may say ``grade: B2`` for ``reliability: B`` and
    ``credibility: 2``. What the values mean is judged by `diplostate.talks.rules`, not here.
    """
    from diplostate.ledger.strict import structure  # cattrs is slow to import, and a reader of a ledger needs none of it

    return structure(data, texts=texts)


def from_stored(data: Mapping[str, Any]) -> Event:
    """An event from what a ledger of this product wrote itself; older shapes are read through the upcasters.

    Nothing is checked but that it can be read at all; raises `LedgerError` where it cannot.
    """
    try:
        values = upcast(data)
        return _read(KINDS[values["kind"]], values)
    except (Invalid, LookupError, TypeError, ValueError, AttributeError) as error:
        raise LedgerError(
            f"a stored event cannot be read ({error}): it is damaged, or of a newer diplostate; upgrade, or restore a copy"
        ) from error


def body(event: Event) -> str:
    """The canonical JSON text that a ledger keeps of an event: all but version and position, which it keeps beside it."""
    return written(event, "version", "position")


def content(event: Event) -> str:
    """The canonical JSON text of what an event says: two events with one id must agree in it."""
    return written(event, "version", "position", "recorded")


def content_id(event: Event) -> str:
    """An id made from what the event says: the same facts get the same one, whoever imports them and whenever."""
    return uuid8(hashlib.sha256(written(event, "version", "position", "recorded", "id").encode()).digest())


def content_hash(event: Event) -> str:
    """The SHA-256 of `body`, in hexadecimal digits."""
    return hashlib.sha256(body(event).encode()).hexdigest()


def status_to_dict(status: Status) -> dict[str, Any]:
    """A status as plain data, ready for JSON; a field with its default value is left out."""
    return _said(status)


def status_from_dict(data: Mapping[str, Any]) -> Status:
    """A status from what `status_to_dict` made of it."""
    return _built(Status, data)


def _said(item: attrs.AttrsInstance) -> dict[str, Any]:
    """The fields of a frozen value that have another value than their default, as plain data."""
    said: dict[str, Any] = {}
    for name, default in _shape(type(item)):
        value = getattr(item, name)
        if value is not default and value != default:
            said[name] = _plain(name, value) if name not in _MAPPINGS else {key: str(word) for key, word in value}
    return said


def _plain(name: str, value: object) -> object:
    try:
        return _PLAIN[type(value)](value)
    except KeyError as error:
        cls = error.args[0].__name__
        raise InvalidEvent([Fault(f"holds a {cls}: an event is made of texts, whole numbers and dates", (name,))]) from None


@cache
def _shape(cls: type[attrs.AttrsInstance]) -> tuple[tuple[str, object], ...]:
    """The fields of a class in the order in which they are written, each with its default."""
    defaults = {field.name: _default(field.default) for field in attrs.fields(cls)}
    middle = [name for name in defaults if name not in _FIRST and name not in _LAST]
    return tuple((name, defaults[name]) for name in (*_FIRST, *middle, *_LAST) if name in defaults)


def _default(value: object) -> object:
    factory = getattr(value, "factory", None)
    return value if factory is None else factory()


def _list(value: tuple[Any, ...]) -> list[Any]:
    return [_PLAIN[type(part)](part) for part in value]


def _instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


_MAPPINGS = frozenset({"heads", "outcomes"})
"""Fields that hold pairs and are written as mappings."""

_PLAIN: dict[type, Callable[[Any], Any]] = {
    type(None): lambda _: None,
    str: str,
    int: int,
    bool: bool,
    tuple: _list,
    Edtf: str,
    date: date.isoformat,
    datetime: _instant,
    Link: lambda link: {link.relation.value: link.track},
    **dict.fromkeys((Answer, Attribution, ItemOutcome, Outcome, Phase, Role, StallReason, Symbol, Tier), str),
    **dict.fromkeys((Source, Party, Terms, Reply, Proposal, Leak, Anomaly, Denial, Description), _said),
    **dict.fromkeys(KINDS.values(), to_dict),
}
"""How a value of each class becomes plain data."""


def _link(data: Mapping[str, str]) -> Link:
    ((relation, track),) = data.items()
    return Link(relation, track)


def _links(data: list[Mapping[str, str]]) -> tuple[Link, ...]:
    return tuple(map(_link, data))


def _sources(data: list[Mapping[str, Any]]) -> tuple[Source, ...]:
    return tuple([_read(Source, source) for source in data])


def _parties(data: list[Mapping[str, Any]]) -> tuple[Party, ...]:
    return tuple([Party(**party) for party in data])


_DECODE: dict[str, Callable[[Any], Any]] = {
    "sources": _sources,
    "parties": _parties,
    "links": _links,
    "recorded": lambda text: utc(datetime.fromisoformat(text)),
    **dict.fromkeys(("occurred", "published", "window", "respond_by", "on", "until"), Edtf.parse),
    "attribution": {word.value: word for word in Attribution}.__getitem__,
    "answer": {word.value: word for word in Answer}.__getitem__,
}
"""How fields are read from plain data, where their classes do not do it themselves or take longer."""


def _read(cls: type[A], data: Mapping[str, Any]) -> A:
    """An event or a source from plain data; raises ``LookupError`` where a field is missing, or is one that nobody knows."""
    item, reading = object.__new__(cls), _reading(cls)
    for put, default in reading.defaults:
        put(item, default)
    for name, value in data.items():
        put, read = reading.fields[name]
        put(item, value if read is None or value is None else read(value))
    for name in reading.needed:
        data[name]
    return item


class _Reading(NamedTuple):
    """How values of a class are read: what each field is where nothing is said, and what makes it of what is."""

    defaults: tuple[tuple[Put, object], ...]
    fields: Mapping[str, tuple[Put, Callable[[Any], Any] | None]]
    needed: tuple[str, ...]


@cache
def _reading(cls: type[attrs.AttrsInstance]) -> _Reading:
    fields = {field.name: field for field in attrs.fields(cls)}
    defaults = {name: _default(field.default) for name, field in fields.items()}
    return _Reading(
        tuple((put, defaults[name]) for name, put in puts(cls).items()),
        {name: (put, _DECODE.get(name, fields[name].converter)) for name, put in puts(cls).items()}
        | {"kind": (_nothing, None)},
        tuple(name for name, default in defaults.items() if default is attrs.NOTHING),
    )


def _nothing(item: object, value: object) -> None:
    """The kind is in the class."""


def _built(cls: type[T], data: Mapping[str, Any]) -> T:
    decode = _PARTS[cls]
    return cls(**{name: decode[name](value) if name in decode else value for name, value in data.items()})


def _one(cls: type[T]) -> Callable[[Mapping[str, Any]], T]:
    return lambda data: _built(cls, data)


def _many(cls: type[T]) -> Callable[[list[Mapping[str, Any]]], tuple[T, ...]]:
    return lambda data: tuple(_built(cls, part) for part in data)


_PARTS: dict[type, dict[str, Callable[[Any], Any]]] = {
    Status: {
        "phase": Phase,
        "since": date.fromisoformat,
        "table": _many(Proposal),
        "leak": _one(Leak),
        "meeting": from_stored,
        "session": from_stored,
        "stall": from_stored,
        "conclusion": from_stored,
        "anomalies": _many(Anomaly),
        "moved": date.fromisoformat,
        "noted": date.fromisoformat,
        "description": _one(Description),
        "denials": _many(Denial),
    },
    Proposal: {
        "to": tuple,
        "event": from_stored,
        "asked": date.fromisoformat,
        "terms": _one(Terms),
        "replies": _many(Reply),
        "restated": from_stored,
    },
    Terms: {"window": Edtf.parse, "tier": Tier, "agenda": tuple, "respond_by": Edtf.parse},
    Reply: {"answer": Answer, "event": from_stored, "day": date.fromisoformat},
    Leak: {"event": from_stored, "day": date.fromisoformat},
    Anomaly: {"symbol": Symbol, "phase": Phase, "day": date.fromisoformat},
    Description: {"parties": _parties, "links": _links},
    Denial: {"day": date.fromisoformat},
}
"""How the fields of the parts of a status are read from plain data, those that are not what they look like."""
