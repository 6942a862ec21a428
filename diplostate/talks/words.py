"""Words of the record: an enumeration whose members are stored as they are written, and that says what it has."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from diplostate.errors import Fault, InvalidWord


class Word(StrEnum):
    """One of a few words; asking for another one raises `InvalidWord`."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise InvalidWord([Fault(f"{value!r} is no {cls.__name__}: it is one of {', '.join(cls)}")])
