"""Sources and the evidence that they make."""

from __future__ import annotations

import itertools

import attrs
import pytest

from diplostate.errors import Invalid, InvalidDate
from diplostate.talks.sources import OFFICIAL, REPORTED, Attribution, Evidence, Source, Standing

GRADES = [letter + digit for letter, digit in itertools.product("ABCDE", "12345")]


def graded(grade: str, attribution: str = "media") -> Source:
    """A source with this grade; a dash stands for a half that was not judged."""
    reliability, credibility = grade
    return Source(
        attribution=attribution,
        outlet="A paper",
        reliability=None if reliability == "-" else reliability,
        credibility=None if credibility == "-" else int(credibility),
    )


def test_a_source_says_how_it_stands_to_what_it_tells():
    assert [str(attribution) for attribution in Attribution] == ["official", "state_media", "media", "anonymous", "inferred"]
    assert [Source(attribution=word).is_official for word in Attribution] == [True, False, False, False, False]


def test_an_unknown_attribution_is_refused():
    with pytest.raises(ValueError, match="'rumour' is no Attribution: it is one of official, "):
        Source(attribution="rumour")


def test_the_day_of_publication_is_a_date_that_may_be_imprecise():
    assert str(Source(attribution="media", published="2025-07").published) == "2025-07"
    assert Source(attribution="media").published is None
    with pytest.raises(InvalidDate):
        Source(attribution="media", published="soon")


def test_a_source_is_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        graded("B2").reliability = "A"


@pytest.mark.parametrize("text", ["official", "reported", *GRADES])
def test_evidence_is_asked_for_by_a_word_or_a_grade(text):
    evidence = Evidence.parse(text)

    assert str(evidence) == text
    assert Evidence.parse(evidence) is evidence
    if text in GRADES:
        assert (evidence.reliability, evidence.credibility) == (text[0], int(text[1]))


def test_the_two_words():
    assert Evidence.parse("official") == OFFICIAL
    assert Evidence.parse("reported") == REPORTED


@pytest.mark.parametrize(
    "text", ["", "B", "2", "b2", "2B", "B0", "B6", "F1", "F6", "G2", "B22", "BB", "X1", "AX", "Official", "official "]
)
def test_what_is_no_evidence(text):
    with pytest.raises(Invalid) as caught:
        Evidence.parse(text)

    assert str(caught.value) == (
        f"{text!r} is no evidence: write official, reported, or a grade from A1 to E5 (F and 6 reach nothing)"
    )


@pytest.mark.parametrize("asked", ["official", "reported", *GRADES])
def test_official_standing_is_always_enough(asked):
    assert Evidence.parse(asked).admits(Standing.OFFICIAL, ())


def test_reported_asks_for_nothing_more_and_official_for_nothing_less():
    assert REPORTED.admits(Standing.REPORTED, ())
    assert not OFFICIAL.admits(Standing.REPORTED, (graded("A1"), graded("A1", "official")))


@pytest.mark.parametrize("asked", GRADES)
def test_a_grade_is_reached_by_what_is_as_good_in_both_halves(asked):
    reached = {
        had
        for had in (a + b for a, b in itertools.product("ABCDEF", "123456"))
        if Evidence.parse(asked).admits(Standing.REPORTED, (graded(had),))
    }

    assert reached == {had for had in GRADES if had[0] <= asked[0] and had[1] <= asked[1]}


@pytest.mark.parametrize("grade", ["F6", "F1", "A6", "--", "A-", "-1"])
def test_what_cannot_be_judged_reaches_nothing(grade):
    """F and 6 say so; a half that was not judged is not judged."""
    assert not Evidence.parse("E5").admits(Standing.REPORTED, (graded(grade),))


def test_the_two_halves_are_judged_in_one_source():
    assert not Evidence.parse("B2").admits(Standing.REPORTED, (graded("A3"), graded("C1")))
    assert Evidence.parse("B2").admits(Standing.REPORTED, (graded("A3"), graded("C1"), graded("B2")))


@pytest.mark.parametrize("attribution", Attribution)
def test_a_grade_asks_for_no_attribution(attribution):
    assert Evidence.parse("B2").admits(Standing.REPORTED, (graded("B2", attribution),))
