"""One text for one value: the float-free subset of the JSON Canonicalization Scheme (RFC 8785)."""

from __future__ import annotations

import json
from collections.abc import Collection

from diplostate.errors import Fault, Invalid

LARGEST_INT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8785, appendix D); the smallest is its negative."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical(value: object) -> str:
    """The canonical JSON text of texts, whole numbers, booleans, None, lists and dicts with texts as keys.

    Keys are ordered by their UTF-16 code units. Raises `Invalid` for anything else: fractions have no one text in every
    language, larger whole numbers are not kept by every reader, and half a character cannot be written as UTF-8.
    """
    return _write(_ordered(value))


def _ordered(value: object) -> object:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in _sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_ordered(part) for part in value]
    if value is None or (isinstance(value, int) and abs(value) <= LARGEST_INT):
        return value
    raise Invalid([Fault(f"{value!r} has no canonical JSON: use texts, whole numbers up to 2**53 - 1, lists and dicts")])


def _whole(text: str) -> str:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid([Fault(f"{text!r} holds half of a character (a lone UTF-16 surrogate): write the whole character")])
    return text


def _sorted(keys: Collection[object]) -> list[str]:
    words = [_whole(key) for key in keys if isinstance(key, str)]
    if len(words) < len(keys):
        raise Invalid([Fault("a key is no text: JSON has no other keys")])
    return sorted(words) if "".join(words).isascii() else sorted(words, key=_utf16)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")
