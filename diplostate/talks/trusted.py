"""Frozen values that are made without a look at what they are given: for what a ledger wrote or judged itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import attrs

T = TypeVar("T", bound=attrs.AttrsInstance)
Put = Callable[[object, object], None]
"""Sets one field of a value that is being made."""


@cache
def puts(cls: type[attrs.AttrsInstance]) -> Mapping[str, Put]:
    """The fields of a frozen class in their order, each with what sets it."""
    return {field.name: getattr(cls, field.name).__set__ for field in attrs.fields(cls)}


def values_of(item: attrs.AttrsInstance) -> tuple[Any, ...]:
    """The values of all fields, in their order."""
    return _values(type(item))(item)


def changed(item: T, **changes: object) -> T:
    """What `attrs.evolve` gives, for changes that are what the converters would make of them."""
    fields, other = puts(type(item)), object.__new__(type(item))
    for put, value in zip(fields.values(), values_of(item), strict=True):
        put(other, value)
    for name, value in changes.items():
        fields[name](other, value)
    return other


def put_in(item: object, **values: object) -> None:
    """Complete a value that is still being made, of which nobody else knows yet."""
    for name, value in values.items():
        getattr(type(item), name).__set__(item, value)


@cache
def _values(cls: type[attrs.AttrsInstance]) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter(*puts(cls))
