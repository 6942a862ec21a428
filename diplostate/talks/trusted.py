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
    """What sets each field of a frozen class."""
    return {field.name: getattr(cls, field.name).__set__ for field in attrs.fields(cls)}


def changed(item: T, **changes: object) -> T:
    """What `attrs.evolve` gives, for changes that are what the converters would make of them."""
    setters, values = _parts(type(item))
    other = object.__new__(type(item))
    for put, value in zip(setters, values(item), strict=True):
        put(other, value)
    for name, value in changes.items():
        puts(type(item))[name](other, value)
    return other


@cache
def _parts(cls: type[attrs.AttrsInstance]) -> tuple[tuple[Put, ...], Callable[[object], tuple[Any, ...]]]:
    return tuple(puts(cls).values()), attrgetter(*puts(cls))
