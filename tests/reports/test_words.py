"""Facts in words: as imprecise as they were written, and never more official than their sources."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings

from diplostate.reports.sentences import ATTRIBUTIONS, detail_words, fate_words, sentence, source_words, why_reported
from diplostate.reports.words import ago, date_words, day_words, days_words, joined, moment_words, on_words, unglued, with_days
from diplostate.talks.dates import Edtf
from diplostate.talks.events import Concluded, Described, Held, Link, Noted, Party, Retracted, Scheduled, Stalled
from diplostate.talks.record import read
from diplostate.talks.sources import Attribution, Source
from diplostate.testing import strategies
from diplostate.testing.scenario import answered, proposed, rumour, says, told
from diplostate.testing.scenario import given as given_events

NAMES = {"UKR": "Ukraine", "RUS": "Russia", "TUR": "Türkiye", "USA": "United States"}


def name(code):
    return NAMES.get(code, code)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2025-07-21", "21 July 2025"),
        ("2025-07-21?", "21 July 2025 (uncertain)"),
        ("2025-07-21~", "about 21 July 2025"),
        ("2025-07%", "about July 2025 (uncertain)"),
        ("2025-07", "July 2025"),
        ("2025", "2025"),
        ("2025-07-XX", "some day of July 2025"),
        ("2025-XX", "some day of 2025"),
        ("2025-XX-XX", "some day of 2025"),
        ("202X", "some year from 2020 to 2029"),
        ("20XX", "some year from 2000 to 2099"),
        ("2025-22", "summer 2025"),
        ("2025-24", "winter 2025/26"),
        ("2025-07-21/2025-07-27", "week of 21 July 2025"),
        ("2025-07-21/2025-07-21", "21 July 2025"),
        ("2025-07-22/2025-07-24", "22–24 July 2025"),
        ("2025-07-30/2025-08-02", "30 July – 2 August 2025"),
        ("2025-12-30/2026-01-02", "30 December 2025 – 2 January 2026"),
        ("2025-07/2025-09", "July 2025 to September 2025"),
        ("2025-07-21~/2025-07-27", "about 21 July 2025 to 27 July 2025"),
        ("2025-07-21/..", "from 21 July 2025 on"),
        ("2025-07-21/", "from 21 July 2025 on"),
        ("../2025-07-21", "until 21 July 2025"),
        ("/2025-07", "until July 2025"),
        ("..", "an open end"),
        ("2025-07-21T10:00Z", "21 July 2025, 10:00 UTC"),
        ("2025-07-21T10:00", "21 July 2025, 10:00 UTC"),
        ("2025-07-21T13:00:30+03:00", "21 July 2025, 13:00:30 (+03:00)"),
        ("2025-07-21T07:00-05", "21 July 2025, 07:00 (-05)"),
    ],
)
def test_a_date_is_shown_as_imprecise_as_it_was_written(written, said):
    assert unglued(date_words(Edtf.parse(written))) == said


@settings(deadline=None)
@given(strategies.dates())
def test_every_date_has_words(value):
    assert date_words(value)
    assert on_words(value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2025-07-21", "on 21 July"),
        ("2025-07", "in July 2025"),
        ("2025-07-21/2025-07-27", "in the week of 21 July"),
        ("2025-07-22/2025-07-24", "on 22–24 July"),
        ("2025-07-21/..", "from 21 July on"),
        ("2025-07-21~", "about 21 July"),
    ],
)
def test_a_date_stands_in_a_sentence(written, said):
    assert unglued(on_words(Edtf.parse(written), date(2025, 8, 1))) == said


def test_the_year_is_left_out_only_in_its_own_year():
    assert unglued(day_words(date(2025, 7, 21), date(2025, 1, 1))) == "21 July"
    assert unglued(day_words(date(2025, 7, 21), date(2026, 1, 1))) == "21 July 2025"


def test_days_are_counted_as_people_count_them():
    assert [unglued(days_words(days)) for days in (0, 1, 2, 1476)] == ["0 days", "1 day", "2 days", "1,476 days"]
    said = [unglued(ago(date(2025, 7, 21), date(2025, 7, day))) for day in (20, 21, 22)]
    assert said == ["in 1 day", "today", "1 day ago"]


def test_a_moment_tells_its_offset():
    assert unglued(moment_words(date(2025, 7, 21))) == "21 July 2025"
    assert unglued(moment_words(datetime(2025, 7, 21, 10, tzinfo=UTC))) == "21 July 2025, 10:00 UTC"
    kyiv = timezone(timedelta(hours=3))
    assert unglued(moment_words(datetime(2025, 7, 21, 10, tzinfo=kyiv))) == "21 July 2025, 10:00 +0300"


def test_days_within_a_text_are_put_into_words():
    said = with_days("asked on 2025-07-19, due 2025-07-XX or 2025-13-01, between 2025-07-21/2025-07-27", date(2025, 8, 1))
    assert unglued(said) == "asked on 19 July, due 2025-07-XX or 2025-13-01, between 2025-07-21/2025-07-27"


def test_lists_are_joined_as_people_join_them():
    assert [joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"], "or")] == ["a", "a and b", "a, b or c"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            {"attribution": "official", "outlet": "Kremlin", "speaker": "Dmitry Peskov", "speaks_for": "RUS"},
            "official, for Russia: Dmitry Peskov, Kremlin",
        ),
        ({"attribution": "official", "outlet": "TASS"}, "official: TASS"),
        ({"attribution": "state_media", "outlet": "RIA Novosti"}, "state media: RIA Novosti"),
        (
            {"attribution": "anonymous", "outlet": "RIA Novosti", "note": "close to the negotiation team"},
            "unnamed sources: RIA Novosti (close to the negotiation team)",
        ),
        ({"attribution": "media", "url": "https://example.org/a"}, "media: https://example.org/a"),
        (
            {"attribution": "inferred", "outlet": "coder", "reliability": "B", "credibility": 2, "published": "2025-07-21"},
            "inferred: coder (grade B2; published 21 July 2025)",
        ),
    ],
)
def test_a_source_is_told_with_its_attribution_first(source, said):
    assert unglued(source_words(Source(**source), name)) == said


def test_every_attribution_has_words_of_its_own_and_only_one_says_official():
    told_so = [said for attribution in Attribution if "official" in (said := ATTRIBUTIONS[attribution])]
    assert len(set(ATTRIBUTIONS.values())) == len(Attribution)
    assert told_so == ["official"]


def test_half_a_grade_is_shown_as_half():
    assert detail_words(Source(attribution="media", outlet="x", credibility=3)) == "grade ?3"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            proposed("2025-07-19", "UKR", "RUS", "UKR", window="2025-07-21/2025-07-27", respond_by="2025-07-25"),
            "Ukraine made a proposal to Russia: week of 21 July 2025; answer asked by 25 July 2025",
        ),
        (
            proposed(
                "2025-07-21", "UKR", "RUS", "TUR", round=3, venue="Ankara", tier="1.5", level="ministers", agenda=["a", "b"]
            ),
            "Ukraine made a proposal to Russia and Türkiye: round 3 in Ankara, ministers level, Track 1.5; agenda: a; b",
        ),
        (answered("2025-07-21", "RUS", "accepted"), "Russia accepted the proposal"),
        (
            answered("2025-07-21", "RUS", "declined", to="UKR", conditions=["a truce first"]),
            "Russia declined the proposal of Ukraine, on condition: a truce first",
        ),
        (answered("2025-07-21", "RUS", "countered", venue="Minsk"), "Russia countered the proposal: talks in Minsk"),
        (
            told(Scheduled, "2025-07-21", on="2025-07-23", venue="Istanbul", host="TUR", heads={"UKR": "R. Umerov"}),
            "A meeting was set: 23 July 2025, Istanbul, hosted by Türkiye, led by Ukraine: R. Umerov",
        ),
        (told(Scheduled, "2025-07-21"), "A meeting was set: no date given"),
        (
            told(
                Held,
                "2025-07-23",
                round=3,
                venue="Istanbul",
                absent=["USA"],
                outcomes={"exchange": "agreed"},
                until="2025-07-24",
            ),
            "Talks were held: round 3, Istanbul, until 24 July 2025, without United States; agreed: exchange",
        ),
        (told(Held, "2025-07-23", until="..", agreement="Protocol"), "Talks were held: going on; agreement: Protocol"),
        (told(Held, "2025-07-23"), "Talks were held"),
        (told(Stalled, "2025-07-23", reason="postponed", by="RUS"), "Talks stalled: postponed, by Russia"),
        (told(Stalled, "2025-07-23", reason="withdrawn", by="UKR"), "Ukraine withdrew its proposal"),
        (told(Stalled, "2025-07-23"), "Talks stalled"),
        (told(Concluded, "2025-07-23", outcome="merged", into="leaders"), "The track was concluded: merged, into leaders"),
        (told(Concluded, "2025-07-23"), "The track was concluded"),
        (
            told(
                Described, "2025-07-23", title="T", parties=[Party(code="UKR"), Party(code="TUR", name="Türkiye", role="host")]
            ),
            "The track was described: T; parties: UKR and Türkiye as host",
        ),
        (told(Described, "2025-07-23", links=[Link("part_of", "all")]), "The track was described: is part of all"),
        (told(Noted, "2025-07-23", text="Ready.", by="UKR"), "Ukraine: Ready."),
        (told(Noted, "2025-07-23", text="Ready."), "Ready."),
        (told(Noted, "2025-07-23", denies="e1", by="RUS", text="No."), "Russia denied event e1: No."),
        (told(Noted, "2025-07-23", confirms="e1"), "Somebody confirmed event e1"),
        (told(Retracted, "2025-07-23", retracts="e1", reason="misheard"), "Event e1 was retracted: misheard"),
    ],
)
def test_every_kind_of_event_is_told_in_a_sentence(event, said):
    assert unglued(sentence(event, name)) == said


@settings(deadline=None)
@given(strategies.events())
def test_no_event_is_without_a_sentence(event):
    assert sentence(event, name)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (answered("2025-07-21", "RUS", "accepted", sources=rumour()), "no official source"),
        (answered("2025-07-21", "RUS", "accepted", sources=says()), "the official source does not say for whom it speaks"),
        (answered("2025-07-21", "RUS", "accepted", sources=says("USA")), "said for USA; RUS itself has not said so"),
        (proposed("2025-07-21", "UKR", "RUS", sources=says("USA")), "said for USA; UKR itself has not said so"),
    ],
)
def test_what_is_only_reported_says_why(event, said):
    reading = read([event])
    assert why_reported(reading.entries[0], reading.description) == said


def test_every_fate_has_its_reason():
    """An event that did not count says why, naming the event to which it owes it."""
    record = given_events(
        proposed("2025-07-19", "UKR", "RUS", id="a"),
        answered("2025-07-20", "RUS", "accepted", sources=rumour(), id="b"),
        proposed("2025-07-20", "UKR", "RUS", id="c"),
        told(Retracted, "2025-07-21", retracts="c", id="d"),
        proposed("2025-08-20", "UKR", "RUS", id="e"),
        proposed("2025-07-20", "UKR", "RUS", recorded=datetime(2026, 1, 1, tzinfo=UTC), id="f"),
        proposed("2025-07-19", "UKR", "RUS", id="a"),
    ).events
    reading = read(record, as_of="2025-07-31", known_at="2025-12-31")
    reasons = {entry.event.version: unglued(fate_words(entry, reading.description)) for entry in reading.entries}
    assert reasons == {
        1: "",
        2: "below the evidence asked for (no official source)",
        3: "retracted by event d",
        4: "",
        5: "had not happened yet: it counts on 20 August 2025",
        6: "not known yet: recorded on 1 January 2026",
        7: "repeats event a",
    }
