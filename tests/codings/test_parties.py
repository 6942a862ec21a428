"""The table of parties."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from diplostate.codings.parties import name_of, party, party_of
from diplostate.talks.rules import PARTY

ROWS = [line.split("\t") for line in (files("diplostate.codings") / "parties.tsv").read_text("utf-8").splitlines()[1:]]


def test_every_code_is_a_party_code_and_stands_once():
    assert [code for code, *_ in ROWS if not PARTY.fullmatch(code)] == []
    assert [code for code, count in Counter(code for code, *_ in ROWS).items() if count > 1] == []


def test_no_name_means_two_parties():
    names = Counter(name.casefold() for code, name, _, others in ROWS for name in {code, name, *others.split("|")} if name)

    assert [name for name, count in names.items() if count > 1] == []


def test_countries_have_the_codes_of_iso():
    assert {code for code, _, kind, _ in ROWS if kind == "country" and len(code) != 3} == set()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Turkey", "TUR"),
        ("russian federation", "RUS"),
        ("ROM", "ROU"),
        ("EEC", "IGOEUREEC"),
        ("UK", "GBR"),
        ("Middle East", None),
    ],
)
def test_a_party_is_known_by_any_of_its_names(name, code):
    assert party(name) == code


@pytest.mark.parametrize(
    ("actor", "code"),
    [("Japan", "JPN"), ("Ministry (Japan)", "JPN"), ("Secretariat (Women) (Peru)", "PER"), ("Somebody", None)],
)
def test_the_country_in_brackets_after_a_name_is_that_of_the_actor(actor, code):
    assert party_of(actor) == code


def test_a_party_that_nobody_knows_is_called_by_its_code():
    assert (name_of("JPN"), name_of("QQQ")) == ("Japan", "QQQ")
