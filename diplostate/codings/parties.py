"""Which country, organisation or group a name or a code in the data means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_ROLE = re.compile(r".*\(([^()]+)\)\s*")


@cache
def _known() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The code of every name and code, folded; and the name of every code."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in (files("diplostate.codings") / "parties.tsv").read_text("utf-8").splitlines()[1:]:
        code, name, _, others = line.split("\t")
        names[code] = name
        codes.update((known.casefold(), code) for known in (code, name, *others.split("|")) if known)
    return codes, names


@cache
def party(name: str) -> str | None:
    """The code of a country, organisation or group by its name or code; None for one that is not in the table."""
    return _known()[0].get(name.strip().casefold())


@cache
def party_of(actor: str) -> str | None:
    """The party to which an actor belongs by its own name, as in ``Ministry (Japan)`` and ``Japan``."""
    role = _ROLE.fullmatch(actor)
    return party(role[1]) if role else party(actor)


def name_of(code: str) -> str:
    """What people call a party."""
    return _known()[1].get(code, code)
