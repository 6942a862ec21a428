"""The seeds hold the case of July 2025, and the statuses that must come out of it."""

from __future__ import annotations

import json

import pytest
from support import SEEDS

import diplostate

EXPECTED = json.loads((SEEDS / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def ledger():
    with diplostate.open(str(SEEDS)) as opened:
        yield opened


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['track']}-{row['as_of']}-{row['evidence']}")
def test_golden_status(ledger, row):
    """Each row names a track, a point on both axes and an evidence, and what a reader is told then."""
    status = diplostate.status(ledger, row["track"], as_of=row["as_of"], known_at=row["known_at"], evidence=row["evidence"])
    told = {
        "phase": str(status.phase),
        "headline": status.headline(),
        "awaiting": list(status.awaiting),
        "rounds": status.rounds,
        "since": status.since and status.since.isoformat(),
        "asked": status.asked and status.asked.isoformat(),
    }

    assert {name: row[name] for name in told} == told


def test_every_seed_has_its_golden_status(ledger):
    """No track comes without an expectation, and none is expected that is not there."""
    assert {row["track"] for row in EXPECTED} == set(ledger.tracks())


def test_who_owes_an_answer_since_when_and_how_we_know(ledger):
    """The question of model and product, answered for the evening of 21 July 2025."""
    official = diplostate.status(ledger, "ukr-rus-turkiye", as_of="2025-07-21")
    reported = diplostate.status(ledger, "ukr-rus-turkiye", as_of="2025-07-21", evidence="reported")
    offer = official.open

    assert offer is not None
    assert official.headline() == "proposal pending official response"
    assert (official.awaiting, str(official.asked)) == (("RUS",), "2025-07-19")
    assert (str(offer.terms.window), offer.terms.venue) == ("2025-07-21/2025-07-27", "Türkiye")
    assert offer.restated is not None
    assert str(offer.restated.occurred) == "2025-07-21"
    assert offer.acknowledged == ()
    assert reported.open is not None
    assert reported.open.acknowledged == ("RUS",)
    assert [link.track for link in official.description.links] == ["ukr-rus-leaders"]
