"""Events from data that nobody has checked: the exact shape or all faults at once, and no silent conversion."""

from __future__ import annotations

import operator
import re
import types
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, partial
from typing import TypeGuard, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.dispatch import StructureHook
from cattrs.errors import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from diplostate.errors import Fault, Invalid, InvalidEvent
from diplostate.ledger.canonical import LARGEST_INT
from diplostate.ledger.log_text import MOST_FAULTS, short
from diplostate.talks.dates import Edtf
from diplostate.talks.events import KINDS, Event, Link
from diplostate.talks.rules import nearest
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier

Path = tuple[str | int, ...]
T = TypeVar("T")
Hook = Callable[[object], object]
"""Gives the value for plain data, or raises with what is wrong with it."""

_INT = re.compile(r"0|-?[1-9]\d{0,15}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_PLACES = ("track", "occurred", "version", "position", "hypothetical")
"""Fields that nobody looks for: each form of a log has its own way to say them, and the last one is set by a program."""
_LONGEST_DATE = 100
_GRADE = re.compile(r"[A-F][1-6]")


class UnknownField(Fault):
    """A field that nobody knows: what is wrong is its name, not its value."""


def structure(data: object, *, texts: bool) -> Event:
    """An event from its wire form; raises `InvalidEvent` with everything that is wrong with its shape."""
    fields = dict(_exactly(data, dict, "an event as a mapping"))
    if "kind" not in fields:
        raise _invalid(f"does not say its kind: one of {', '.join(KINDS)}", "kind")
    kind = fields.pop("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise _invalid(_none_of(kind, KINDS), "kind")
    try:
        return _converter(texts).structure(fields, KINDS[kind])
    except (Invalid, ClassValidationError) as error:
        raise InvalidEvent(list(_faults(error, ()))) from None


# What is wrong, in the words of a log


def _faults(error: Exception, path: Path) -> Iterator[Fault]:
    """What an error says is wrong, with paths from the top.

    Cattrs has ``transform_error`` for this; it gives texts with the path inside, by which no position can be found.
    """
    if isinstance(error, Invalid):
        yield from (attrs.evolve(fault, path=(*path, *fault.path)) for fault in error.faults)
        return
    assert isinstance(error, ClassValidationError), error
    for part in error.exceptions:
        names = [note.name for note in getattr(part, "__notes__", ()) if isinstance(note, AttributeValidationNote)]
        yield from _faults_of_field(part, error.cl, (*path, *names))


def _faults_of_field(error: Exception, cls: type, path: Path) -> Iterator[Fault]:
    if isinstance(error, KeyError):
        yield Fault(f"{_name(cls)} needs {path[-1]!r}", path)
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(map(str, error.extra_fields))[:MOST_FAULTS]:
            yield UnknownField(f"{short(name)} is no field of {_name(cls)}{_fields_like(name, cls)}", (*path, name))
    else:
        yield from _faults(error, path)


def _name(cls: type) -> str:
    return f"a {cls.kind!r} event" if issubclass(cls, Event) else f"a {cls.__name__.lower()}"


def _fields_like(name: str, cls: type) -> str:
    names = [field.name for field in attrs.fields(cls)] + ["grade"] * (cls is Source)
    return nearest(name, names) or f": it has {', '.join(known for known in names if known not in _PLACES)}"


def _none_of(value: object, words: Collection[str]) -> str:
    hint = nearest(value, words) if isinstance(value, str) else ""
    return f"{_found(value)} is none of {', '.join(words)}{hint}"


def _found(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return short(value)
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, (int, float)):
        return "a number too large" if abs(value) > LARGEST_INT else f"the number {value}"
    return "nothing" if value is None else f"a {type(value).__name__}"


def _invalid(message: str, *path: str | int) -> InvalidEvent:
    return InvalidEvent([Fault(message, path)])


# Exact values: what is not of the class that is expected is a fault


def _exactly(value: object, cls: type[T], what: str) -> T:
    if value is None:
        raise _invalid(f"is empty where {what} is expected: leave the field out where there is nothing to say")
    if type(value) is not cls:
        raise _invalid(f"expected {what}, found {_found(value)}")
    return value


def _text(value: object) -> str:
    return _exactly(value, str, "a text")


def _int(value: object) -> int:
    number = _exactly(value, int, "a whole number")
    if abs(number) > LARGEST_INT:
        raise _invalid(f"is too large: whole numbers go up to {LARGEST_INT}")
    return number


def _digits(value: object) -> int:
    text = _exactly(value, str, "a whole number")
    if not _INT.fullmatch(text):
        raise _invalid(f"expected a whole number, found {_found(text)}")
    return _int(int(text))


def _bool(value: object) -> bool:
    return _exactly(value, bool, "true or false")


def _bool_in_words(value: object) -> bool:
    text = _exactly(value, str, "true or false")
    if text not in ("true", "false"):
        raise _invalid(f"expected true or false, found {_found(text)}")
    return text == "true"


def _date(value: object) -> Edtf:
    text = _exactly(value, str, "a date")
    if len(text) > _LONGEST_DATE:
        raise _invalid(f"{short(text)} is too long for a date")
    return Edtf.parse(text)


def _recorded(value: object) -> datetime:
    text = _exactly(value, str, "an instant")
    if not _INSTANT.fullmatch(text):
        raise _invalid(f"{_found(text)} is not an instant: write YYYY-MM-DDThh:mm:ssZ, with Z or an offset such as +03:00")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _invalid(f"{text!r} does not exist in the calendar (years 1 to 9999)") from None


def _word(cls: type[StrEnum]) -> Hook:
    words = {member.value: member for member in cls}

    def hook(value: object) -> StrEnum:
        word = _exactly(value, str, f"one of {', '.join(words)}")
        if word not in words:
            raise _invalid(_none_of(word, words))
        return words[word]

    return hook


def _link(value: object) -> Link:
    pairs = _exactly(value, dict, "a link as in {prepares: TRACK}")
    relations = [member.value for member in Relation]
    if len(pairs) != 1:
        raise _invalid(f"a link has one relation ({', '.join(relations)}) and its track; this one has {len(pairs)}")
    ((relation, track),) = pairs.items()
    if relation not in relations:
        raise InvalidEvent([UnknownField(_none_of(relation, relations), (relation,))])
    return Link(relation, str(*_all(_text, [(relation, track)])))


def _all(hook: Hook, parts: Iterable[tuple[str | int, object]]) -> list[object]:
    """Every part through the hook, or the faults of all of them, each with its step in the path."""
    found: list[object] = []
    faults: list[Fault] = []
    for step, part in parts:
        try:
            found.append(hook(part))
        except (Invalid, ClassValidationError) as error:
            faults += _faults(error, (step,))
            if len(faults) > MOST_FAULTS:
                break
    if faults:
        raise InvalidEvent(faults)
    return found


# How cattrs finds the hook for a field, by its annotation


def _is_optional(cls: type) -> bool:
    return get_origin(cls) is types.UnionType


def _optional(cls: type, converter: Converter) -> StructureHook:
    """A field that may be left out; where it is there, it has a value."""
    present, _ = get_args(cls)
    return converter.get_structure_hook(present)


def _is_list(cls: type) -> bool:
    return get_origin(cls) is tuple and get_args(cls)[1:] == (Ellipsis,)


def _list(cls: type, converter: Converter) -> StructureHook:
    """A tuple of parts comes as a list, and a tuple of pairs as a mapping."""
    part = get_args(cls)[0]
    if get_origin(part) is tuple:
        values = _hook(get_args(part)[1], converter)
        return lambda value, _: _mapping(value, values)
    each = _hook(part, converter)
    return lambda value, _: tuple(_all(each, enumerate(_exactly(value, list, "a list"))))


def _mapping(value: object, values: Hook) -> dict[str, object]:
    pairs = _exactly(value, dict, "a mapping")
    return dict(zip(pairs, _all(values, pairs.items()), strict=True))


def _hook(cls: type, converter: Converter) -> Hook:
    structure_hook = converter.get_structure_hook(cls)
    return lambda value: structure_hook(value, cls)


def _fields(cls: type, converter: Converter) -> StructureHook:
    fields: StructureHook = make_dict_structure_fn(
        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True
    )
    return lambda value, _: fields(_exactly(value, dict, f"{_name(cls)} as a mapping"), cls)


def _source(cls: type, converter: Converter) -> StructureHook:
    fields = _fields(cls, converter)
    return lambda value, _: fields(value, cls) if not _has_grade(value) else _graded(value, lambda rest: fields(rest, cls))


def _has_grade(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict) and "grade" in value


def _graded(value: dict[str, object], source: Callable[[object], Source]) -> Source:
    """A source whose grade is said in short."""
    grade = value["grade"]
    faults = list(_faults_of_grade(value))
    rest = {name: part for name, part in value.items() if name != "grade"}
    try:
        plain = source(rest)
    except ClassValidationError as error:
        raise InvalidEvent([*faults, *_faults(error, ())]) from None
    if faults:
        raise InvalidEvent(faults)
    return attrs.evolve(plain, reliability=str(grade)[0], credibility=int(str(grade)[1]))


def _faults_of_grade(value: dict[str, object]) -> Iterator[Fault]:
    grade = value["grade"]
    if not isinstance(grade, str) or not _GRADE.fullmatch(grade):
        yield Fault(f"expected a grade from A1 to F6, found {_found(grade)}", ("grade",))
    if "reliability" in value or "credibility" in value:
        yield Fault("says again what 'reliability' and 'credibility' say: leave one of them out", ("grade",))


@cache
def _converter(texts: bool) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_factory(attrs.has, _fields)
    converter.register_structure_hook_factory(partial(operator.is_, Source), _source)
    converter.register_structure_hook_factory(_is_list, _list)
    converter.register_structure_hook_factory(_is_optional, _optional)
    exact: dict[type, Hook] = {str: _text, Edtf: _date, datetime: _recorded, Link: _link}
    exact |= {int: _digits, bool: _bool_in_words} if texts else {int: _int, bool: _bool}
    words = (Answer, Attribution, ItemOutcome, Outcome, Role, StallReason, Tier)
    for cls, hook in (exact | {cls: _word(cls) for cls in words}).items():
        converter.register_structure_hook(cls, _as_structure_hook(hook))
    return converter


def _as_structure_hook(hook: Hook) -> StructureHook:
    return lambda value, _: hook(value)
