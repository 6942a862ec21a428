"""Events and statuses straight from their fields to canonical JSON: what `canonical` makes of their plain data, but faster."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import compress
from json.encoder import encode_basestring
from operator import attrgetter, is_not
from typing import Any, NamedTuple

import attrs

from diplostate.errors import Fault, InvalidEvent
from diplostate.ledger.canonical import canonical
from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Event, Link, Party, Terms
from diplostate.talks.machine import Phase, Symbol
from diplostate.talks.record import Denial, Description
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.status import Anomaly, Leak, Proposal, Reply, Status
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Role, StallReason, Tier

Write = Callable[[Any], str]


class _Shape(NamedTuple):
    """The fields of a class as they are sorted: what gets all their values, and of each its name, its key, its default, and
    how it is written where the class of its value does not say."""

    values: Callable[[object], tuple[object, ...]]
    fields: tuple[tuple[str, str, object, Write | None], ...]
    defaults: tuple[object, ...]


_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which has no text in UTF-8."""


def written(item: attrs.AttrsInstance, *left_out: str) -> str:
    """The canonical text of an event or a status without some of its fields; raises `Invalid` where it can have none."""
    text = _fields(item, _shape(type(item), left_out))
    return text if text.isascii() or not _HALF.search(text) else canonical(json.loads(text))  # which says where it is


def _fields(item: attrs.AttrsInstance, shape: _Shape) -> str:
    parts = []
    values = shape.values(item)
    said = compress(zip(values, shape.fields, strict=True), map(is_not, values, shape.defaults))
    for value, (name, key, default, write) in said:
        if default is None or value != default:
            try:
                parts.append(key + (_WRITE[type(value)](value) if write is None else write(value)))
            except KeyError as error:
                cls = error.args[0].__name__
                fault = Fault(f"holds a {cls}: an event is made of texts, whole numbers and dates", (name,))
                raise InvalidEvent([fault]) from None
    return f"{{{','.join(parts)}}}"


@cache
def _shape(cls: type[attrs.AttrsInstance], left_out: tuple[str, ...] = ()) -> _Shape:
    defaults = {field.name: _default(field.default) for field in attrs.fields(cls) if field.name not in left_out}
    if cls in KINDS.values():
        defaults["kind"] = None
    names = sorted(defaults)
    fields = tuple((name, f'"{name}":', defaults[name], _MAPPINGS.get(name)) for name in names)
    return _Shape(attrgetter(*names), fields, tuple(defaults[name] for name in names))


def _default(value: object) -> object:
    factory = getattr(value, "factory", None)
    return value if factory is None else factory()


def _item(item: attrs.AttrsInstance) -> str:
    return _fields(item, _shape(type(item)))


def _event(event: Event) -> str:
    """An event in a status: the same few are written again with every append to their track."""
    kept = _recent.get(id(event))
    if kept is None or kept[0] is not event:
        if len(_recent) >= MOST_RECENT:
            _recent.clear()
        kept = _recent[id(event)] = event, _item(event)
    return kept[1]


def forget(event: Event) -> None:
    """Do not keep the text of an event that has its place only now."""
    _recent.pop(id(event), None)


_recent: dict[int, tuple[Event, str]] = {}
MOST_RECENT = 1_000
"""Events whose texts are kept in memory."""


def _list(value: tuple[Any, ...]) -> str:
    return f"[{','.join([_WRITE[type(part)](part) for part in value])}]"


def _pairs(value: tuple[tuple[str, str], ...]) -> str:
    return canonical({key: str(word) for key, word in value})


def _word(word: StrEnum) -> str:
    return f'"{word._value_}"'


_MAPPINGS: dict[str, Write] = {"heads": _pairs, "outcomes": _pairs}
"""Fields that hold pairs and are written as mappings."""

_WRITE: dict[type, Write] = {
    type(None): lambda _: "null",
    str: encode_basestring,
    int: str,
    bool: lambda value: "true" if value else "false",
    tuple: _list,
    Edtf: lambda value: encode_basestring(value.text),
    date: lambda value: f'"{value.isoformat()}"',
    datetime: lambda value: f'"{value.isoformat().replace("+00:00", "Z")}"',
    Link: lambda link: f'{{"{link.relation.value}":{encode_basestring(link.track)}}}',
    **dict.fromkeys((Answer, Attribution, ItemOutcome, Outcome, Phase, Role, StallReason, Symbol, Tier), _word),
    **dict.fromkeys((Source, Party, Terms, Reply, Proposal, Leak, Anomaly, Denial, Description, Status), _item),
    **dict.fromkeys(KINDS.values(), _event),
}
"""How a value of each class is written."""
