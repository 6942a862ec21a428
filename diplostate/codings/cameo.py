"""What a CAMEO code says about talks: the mapping table, and the codebooks that number some codes otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.talks.rules import nearest

CODEBOOK = "1.1b3"
"""The version of the CAMEO codebook to which the mapping table is bound; ICEWS is coded by it."""


class Reading(StrEnum):
    """As what a code is read."""

    PROPOSAL = "proposal"
    """One side wants to meet: a proposal, an answer or word of a meeting, as the state of the talks decides."""
    CONSENT = "consent"
    MEETING = "meeting"
    VISIT = "visit"
    """Contact, but the meeting itself where one is ahead."""
    CONTACT = "contact"
    AGREEMENT = "agreement"
    TRUCE = "truce"
    """An agreement where both sides declare it."""
    REFUSAL = "refusal"
    REJECTION = "rejection"
    """A refusal where its party owes an answer."""
    HALT = "halt"
    BREAK = "break"
    """A halt where there are talks to stop."""
    CONTEXT = "context"
    """About talks, but moves nothing."""
    NONE = "none"
    """Not about talks."""


@attrs.frozen
class Code:
    """A row of the mapping table: a code of CAMEO 1.1b3, as what it is read, its label in data, and the reason."""

    code: str
    reads_as: Reading
    label: str
    reason: str


@cache
def table() -> Mapping[str, Code]:
    """The mapping table, by code."""
    return {code: Code(code, Reading(reads_as), label, reason) for code, reads_as, label, reason in _rows("cameo.tsv")}


@attrs.frozen
class Difference:
    """A code that another codebook numbers otherwise: its code in 1.1b3 (empty: none about talks), and what it means."""

    codebook: str
    code: str
    known_as: str
    meaning: str


@cache
def differences() -> tuple[Difference, ...]:
    """Where the other codebooks differ from CAMEO 1.1b3, as far as talks are concerned."""
    return tuple(Difference(*row) for row in _rows("codebooks.tsv"))


def codebooks() -> tuple[str, ...]:
    """The codebooks that can be named; the first is the one of the mapping table."""
    return (CODEBOOK, *dict.fromkeys(row.codebook for row in differences()))


def _rows(name: str) -> Iterator[list[str]]:
    lines = (files("diplostate.codings") / name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


@attrs.frozen
class Codebook:
    """A codebook by name, and what each of its codes is in CAMEO 1.1b3."""

    name: str
    codes: Mapping[str, Code]

    @classmethod
    def named(cls, name: str) -> Codebook:
        """Raises `Invalid` for a codebook that nobody knows."""
        if name not in codebooks():
            raise Invalid(
                [Fault(f"codebook {name!r} is not known{nearest(name, codebooks())}: name {' or '.join(codebooks())}")]
            )
        none = {row.code: Code(row.code, Reading.NONE, "", row.meaning) for row in differences()}
        other = {row.code: table().get(row.known_as, none[row.code]) for row in differences() if row.codebook == name}
        return cls(name, {**table(), **other})

    def fault(self, code: str) -> str | None:
        """What is wrong with a code that has lost its leading zero; None for any other."""
        if code.isdecimal() and code not in self.codes and f"0{code}" in self.codes:
            return f"code {code!r} has lost its leading zero (0{code}): codes are texts; export it again without a spreadsheet"
        return None

    def mislabelled(self, code: str, label: str) -> str | None:
        """What is wrong where the label beside a code is not the one of this codebook; None where it is."""
        found, meant = self.codes[code], _by_label().get(folded(label))
        if meant is None and (self.name != CODEBOOK or folded(label) == folded(found.label) or not found.label):
            return None
        if meant is not None and meant.code == found.code:
            return None
        here = f", which is {meant.code} in CAMEO {CODEBOOK}" if meant is not None else ""
        others = [name for name in codebooks() if name != self.name and meant and Codebook.named(name).codes[code] is meant]
        hint = f"say --codebook {others[0]}" if others else "find out by which codebook it was coded"
        return f"code {code!r} stands beside {label!r}{here}: the file is numbered otherwise than {self.name}; {hint}"


@cache
def _by_label() -> Mapping[str, Code]:
    return {folded(code.label): code for code in table().values() if code.label}


@lru_cache(maxsize=4096)
def folded(label: str) -> str:
    """A label as it is compared: its letters and digits alone."""
    return "".join(filter(str.isalnum, label.casefold().removesuffix(", not specified below")))
