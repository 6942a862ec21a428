"""What an event may hold: each field a value of the type that its class declares, whoever made the event.

Logs are read exactly, so what comes from them has its shape; an event that a program makes has it only if it is looked at.
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Iterator
from typing import Union, cast, get_args, get_origin, get_type_hints

import attrs

from diplostate.errors import Fault
from diplostate.talks.events import KINDS, Link, Party
from diplostate.talks.sources import Source

Path = tuple[str | int, ...]


def mistyped(event: object) -> list[Fault]:
    """Every field whose value is of another type than the one that is declared, by its path; of no event, what it is."""
    if type(event) not in _CLASSES:
        return [Fault(f"{_found(event)} is no event: make one of {', '.join(cls.__name__ for cls in KINDS.values())}")]
    types_ = _types(event)
    if types_ in _SOUND:
        return []
    found = list(_fields(event, ()))
    if not found and len(_SOUND) < MOST_SOUND:
        _SOUND.add(types_)
    return found


_CLASSES = frozenset(KINDS.values())
_PARTS = (Source, Party, Link)
_VALUES: dict[type, Callable[[object], tuple[object, ...]]] = {
    cls: operator.attrgetter(*(field.name for field in attrs.fields(cls))) for cls in (*_CLASSES, *_PARTS)
}
_SOUND: set[object] = set()
"""The types of all values of events that were found well: a second look at the same types finds the same."""
MOST_SOUND = 10_000
"""How many of them are remembered."""


def _types(item: object) -> object:
    """The class of an event, or of a part of one, and the types of all that it holds."""
    cls = type(item)
    if cls is tuple:
        return frozenset(map(_types, cast("tuple[object, ...]", item)))
    if cls not in _VALUES:
        return cls
    values = _VALUES[cls](item)
    return cls, *map(type, values), *[_types(value) for value in values if type(value) is tuple and value]


def _fields(item: object, path: Path) -> Iterator[Fault]:
    for (name, declared), value in zip(_declared(type(item)), _VALUES[type(item)](item), strict=True):
        yield from _value(value, declared, (*path, name))


def _declared(cls: type) -> tuple[tuple[str, object], ...]:
    """Each field with its type."""
    hints = get_type_hints(cls)
    return tuple((field.name, hints[field.name]) for field in attrs.fields(cls))


def _members(declared: object) -> tuple[object, ...]:
    return get_args(declared) if get_origin(declared) in (Union, types.UnionType) else (declared,)


def _value(value: object, declared: object, path: Path) -> Iterator[Fault]:
    fitting = [
        kind for kind in _members(declared) if isinstance(value, _class(kind)) and isinstance(value, bool) == (kind is bool)
    ]
    if not fitting:
        names = " or ".join(map(_name, _members(declared)))
        yield Fault(f"expected {names}, found {_found(value)}", path)
    elif isinstance(value, tuple):
        yield from _parts(value, get_args(fitting[0]), path)
    elif isinstance(value, _PARTS):
        yield from _fields(value, path)


def _parts(value: tuple[object, ...], declared: tuple[object, ...], path: Path) -> Iterator[Fault]:
    """Of a list, each entry; of a mapping, which an event keeps as pairs, each half of a pair."""
    kinds = declared[:1] * len(value) if declared[-1] is Ellipsis else declared
    for index, (part, kind) in enumerate(zip(value, kinds, strict=True)):
        yield from _value(part, kind, (*path, index))


def _class(declared: object) -> type:
    found = get_origin(declared) or declared
    assert isinstance(found, type), f"{declared!r} has no class"
    return found


def _name(declared: object) -> str:
    kind = _class(declared)
    return {str: "text", int: "a whole number", tuple: "a list", type(None): "None"}.get(kind, f"a value of {kind.__name__}")


def _found(value: object) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
