"""ICEWS as it is published, and as benchmarks on temporal knowledge graphs have it decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from diplostate.codings.cameo import Codebook, folded
from diplostate.codings.cameo import table as mapping
from diplostate.codings.parties import party, party_of
from diplostate.codings.rows import PRIVATE, Cells, Codes, Days, Layout, Row, Tally, pair, table

_RAW = Layout(
    header=(
        "Event Date",
        "Source Name",
        "Source Country",
        "Event Text",
        "CAMEO Code",
        "Target Name",
        "Target Country",
        "Publisher",
    ),
    hint="ICEWS is published as tab-separated tables with a header; for a decoded benchmark say --coding icews-tkg",
)
_DECODED = Layout(
    header=("date", "source", "relation", "target"),
    hint="a decoded benchmark is a tab-separated table with the header date, source, relation, target, or without a header and "
    "with source, relation, target, date",
    bare=("source", "relation", "target", "date"),
)
_NOTHING = ("", "NA")
_STATE_SECTORS = ("Government", "International Government Organization")
"""The sectors of ICEWS that speak for a country or an organisation; who has none is named by the country itself."""
_STATE_ROLES = re.compile(
    r"Government|Minist|Affairs|Authorit|Cabinet|Military|Naval|Admiral|Air Force|Parliament|Legislat|Lawmaker|Congress|Senate|"
    r"House of|Royal|Envoy|Representative|Diplomat|Ambassador|Embassy|Intelligence|Security|Secretar|Department|Treasury|"
    r"President(?!ial Candidate)|Governor|Head of|Negotiat|Delegat|^Executive"
)
"""The roles in names such as ``Ministry (Japan)`` that speak for the country in brackets."""


def read(path: Path, book: Codebook, tally: Tally, by: str) -> Iterator[Row]:
    """The rows of a published ICEWS table that may have to do with talks; raises `InvalidLog`."""
    codes, days = Codes(path, book, tally), Days(path)
    for line, cells, at in table(path, _RAW, tally):
        code = codes.find(cells[at["CAMEO Code"]], cells[at["Event Text"]], line)
        if code is None or not days.check(cells[at["Event Date"]], line):
            continue
        actors = cells[at["Source Name"]], cells[at["Target Name"]]
        if by != "actor" and not all(map(_speaks, (_cell(cells, at, "Source Sectors"), _cell(cells, at, "Target Sectors")))):
            tally.left[PRIVATE] += 1
            continue
        countries = cells[at["Source Country"]], cells[at["Target Country"]]
        parties = pair(tally, actors, _countries(tally, actors, countries), by)
        if parties is not None:
            publisher = cells[at["Publisher"]]
            yield Row(
                cells[at["Event Date"]], *parties, code, cells[at["CAMEO Code"]], *actors, path.name, line,
                None if publisher in _NOTHING else publisher, venue=_place(cells, at),
            )  # fmt: skip
    codes.settle()
    days.settle()


def read_decoded(path: Path, book: Codebook, tally: Tally, by: str) -> Iterator[Row]:
    """The rows of a decoded benchmark that may have to do with talks; raises `InvalidLog`.

    Its relations are the labels of CAMEO. Columns ``cameo``, ``source_country`` and ``target_country`` are used where they are
    there; else a country is taken from a name such as ``Ministry (Japan)``, and persons have none. Without a header the
    columns are source, relation, target and date.
    """
    codes, days, numbers = Codes(path, book, tally), Days(path), _numbers()
    for line, cells, at in table(path, _DECODED, tally):
        label = cells[at["relation"]]
        number = cells[at["cameo"]] if "cameo" in at else numbers.get(folded(label), _OTHER)
        code = codes.find(number, label if number != _OTHER else "", line)
        if code is None or not days.check(cells[at["date"]], line):
            continue
        actors = cells[at["source"]], cells[at["target"]]
        if by != "actor" and not all(map(_has_a_role, actors)):
            tally.left[PRIVATE] += 1
            continue
        countries = _cell(cells, at, "source_country"), _cell(cells, at, "target_country")
        parties = pair(tally, actors, _countries(tally, actors, countries), by)
        if parties is not None:
            yield Row(cells[at["date"]], *parties, code, number, *actors, path.name, line)
    codes.settle()
    days.settle()


_OTHER = "010"
"""Stands for every relation that has no label in the mapping table, and so is not about talks."""


@cache
def _numbers() -> Mapping[str, str]:
    return {folded(code.label): code.code for code in mapping().values() if code.label}


def _cell(cells: Cells, at: Mapping[str, int], name: str) -> str:
    place = at.get(name)
    return "" if place is None else cells[place]


@cache
def _speaks(sectors: str) -> bool:
    return sectors in _NOTHING or not set(_STATE_SECTORS).isdisjoint(sectors.split(","))


@cache
def _has_a_role(actor: str) -> bool:
    role, bracket, _ = actor.partition(" (")
    return not bracket or party(actor) is not None or _STATE_ROLES.search(role) is not None


Pair = tuple[str, str]


def _countries(tally: Tally, actors: Pair, countries: Pair) -> tuple[str | None, str | None]:
    return _country(tally, actors[0], countries[0]), _country(tally, actors[1], countries[1])


def _country(tally: Tally, actor: str, country: str) -> str | None:
    """The party of an actor: by the column of the data where it says so, else by the name."""
    found = party_of(actor) if country in _NOTHING else party(country)
    if found is None:
        tally.strangers[actor if country in _NOTHING else country] += 1
    return found


def _place(cells: Cells, at: Mapping[str, int]) -> str | None:
    place = [name for name in (_cell(cells, at, "City"), _cell(cells, at, "Country")) if name not in _NOTHING]
    return ", ".join(place) or None
