"""GDELT: when a row was added, days that are guessed, who speaks for a state."""

from __future__ import annotations

import pytest

from codings.given import gdelt, written
from diplostate.codings.bring import read_coded
from diplostate.talks.fold import reduce


def _read(tmp_path, *lines, **more):
    return read_coded("gdelt", [written(tmp_path, "a.export.CSV", "".join(lines))], **more)


def test_what_was_known_when_follows_the_day_on_which_a_row_was_added(tmp_path):
    held = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER", added="20200101221500")).tracks["gdelt-jpn-per"][1]

    assert held.recorded.isoformat() == "2020-01-01T22:15:00+00:00"
    assert reduce([held], known_at="2020-01-01T22:00Z", evidence="reported").phase == "IDLE"
    assert reduce([held], known_at="2020-01-01T23:00Z", evidence="reported").phase == "HELD"


def test_version_1_says_only_the_day(tmp_path):
    held = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER", version=58)).tracks["gdelt-jpn-per"][1]

    assert held.recorded.isoformat() == "2020-01-01T23:59:59+00:00"


@pytest.mark.parametrize(("added", "days"), [("20200102", 1), ("20200108", 7), ("20200131", 30), ("20201231", 365)])
def test_a_day_that_is_guessed_is_marked_and_moves_nothing(tmp_path, added, days):
    """GDELT dates what an article tells of last week or last year by exactly 1, 7, 30 or 365 days back."""
    found = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER", added=f"{added}221500")).tracks["gdelt-jpn-per"]

    assert [(event.kind, str(event.occurred)) for event in found[1:]] == [("noted", "2020-01-01?")]
    assert found[1].recorded.date().isoformat().replace("-", "") == added
    assert reduce(found, evidence="reported").phase == "IDLE"


def test_the_address_is_the_source(tmp_path):
    (source,) = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER")).tracks["gdelt-jpn-per"][1].sources

    assert (source.url, source.attribution) == ("https://news.example/story", "media")
    assert source.note == "imported from GDELT, CAMEO gdelt: 046; row 1 of a.export.CSV"


def test_a_row_without_an_address_is_inferred(tmp_path):
    (source,) = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER", version=57)).tracks["gdelt-jpn-per"][1].sources

    assert (source.outlet, source.attribution) == ("GDELT", "inferred")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"types": "BUS"}, "an actor who speaks for no party"),
        ({"root": "0"}, "mentioned in passing, not what its article is about"),
    ],
)
def test_who_speaks_for_no_state_and_what_is_said_in_passing_are_left_out(tmp_path, more, reason):
    found = _read(tmp_path, gdelt("20200101", "JPN", "046", "PER", **more))

    assert found.tracks == {}
    assert found.tally.left[reason] == 1


@pytest.mark.parametrize("types", ["", "GOV", "MIL"])
def test_governments_and_countries_speak_for_themselves(tmp_path, types):
    assert list(_read(tmp_path, gdelt("20200101", "JPN", "046", "PER", types=types)).tracks) == ["gdelt-jpn-per"]


def test_regions_are_no_parties(tmp_path):
    found = _read(tmp_path, gdelt("20200101", "AFR", "046", "PER"))

    assert found.tally.strangers == {"AFR": 1}


def test_codes_of_countries_that_cameo_spells_otherwise_are_those_of_iso(tmp_path):
    assert list(_read(tmp_path, gdelt("20200101", "ROM", "046", "TMP")).tracks) == ["gdelt-rou-tls"]
