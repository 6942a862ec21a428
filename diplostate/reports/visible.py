"""Text from records is not to be trusted: what could steer a terminal is spelled out, as text and in JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_HARMLESS = frozenset("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
"""Not printable to Python, but part of how languages are written."""


def visible(text: str) -> str:
    """The text on one line, with everything that could steer a terminal or turn the reading direction spelled out.

    Control characters become their pictures (``␛``), other invisible ones their numbers (``\\u202e``), line breaks and tabs
    a space.
    """
    return text if text.isprintable() else "".join(map(_visible, re.sub(r"\r?\n|\t", " ", text)))


def _visible(char: str) -> str:
    if char.isprintable() or char in _HARMLESS or unicodedata.category(char) == "Zs":
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return chr(0x2400 + code) if code < 0x20 else "\N{SYMBOL FOR DELETE}"
    return _escaped(char)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


# JSON.


def json_text(data: Mapping[str, Any]) -> str:
    """Indented JSON; characters that could steer a terminal are written as escapes, which changes nothing for a reader."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return "\n".join(map(_json_text, text.split("\n"))) + "\n"


def json_line(data: Mapping[str, Any]) -> str:
    """The same on one line."""
    return _json_text(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) + "\n"


def _json_text(line: str) -> str:
    return line if line.isprintable() else "".join(map(_json_char, line))


def _json_char(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
