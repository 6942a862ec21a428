"""Phases over time as a picture: it tells in words what it shows, needs no colour to be read, and takes any text for text."""

from __future__ import annotations

import re
import sys
import types
from datetime import UTC, date, datetime
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from support import SEEDS, require

from diplostate import wiring
from diplostate.errors import DiplostateError, Invalid, MissingExtra
from diplostate.reports import picture, strip
from diplostate.reports.question import Question
from diplostate.reports.svg import DARK, LIGHT, WIDTH
from diplostate.talks.events import Concluded, Described, Held, Stalled
from diplostate.talks.machine import Phase
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, answered, proposed, rumour, says, told
from reports.july import JULY

SVG = "{http://www.w3.org/2000/svg}"


def strips_of(*events, start=None, stop=None, **asked):
    question = Question.of(**{"now": "2025-08-01"} | asked)
    return strip.side_by_side([strip.strip(TRACK, events, question)], question, start=start, stop=stop)


def drawn(*events, **asked):
    return ET.fromstring(picture.svg(strips_of(*events, **asked)))


def titles(root):
    """What is told where something is pointed at."""
    return [
        group.findtext(f"{SVG}title").replace("\N{NO-BREAK SPACE}", " ")
        for group in root.iter(f"{SVG}g")
        if group.find(f"{SVG}title") is not None
    ]


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def boxes(root, phase):
    """The boxes of a phase in the lanes: the ones of the legend stand at its left."""
    return [box for box in root.iter(f"{SVG}rect") if box.get("class") == phase and float(box.get("x")) > 10]


# What everybody can read.


def test_it_says_in_words_what_it_shows():
    root = drawn(told(Described, "2025-07-01", title="Talks"), *JULY)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").text == "Phases over time: Talks"
    said = root.find(f"{SVG}desc").text
    assert said.startswith("As of 1 August 2025, on official evidence. Talks: official: 1 July – 5 July 2025: proposal pending")
    assert "official response (awaited: RUS); 5 July – 8 July 2025: proposal accepted, date not set;" in said
    assert said.endswith("since 24 July 2025: talks scheduled.")


def test_each_spell_meeting_and_event_says_what_it_is():
    found = titles(drawn(*JULY))
    assert "1 July – 5 July 2025: proposal pending official response (awaited: RUS)" in found
    assert "12 July 2025: Talks were held: round 1, until 14 July 2025" in found
    assert "2–4 August 2025: A meeting was set: 2–4 August 2025; still to come" in found


def test_a_legend_tells_what_the_signs_mean_and_only_those_that_are_drawn():
    said = texts(drawn(*JULY))
    assert {"proposal pending official response", "talks held", "a meeting is set", "goes on", "an event"} <= set(said)
    assert not {"proposal declined", "track concluded", "an event that is only reported"} & set(said)


def test_the_longest_words_that_find_room_stand_in_a_spell():
    said = texts(drawn(*JULY))
    assert "Pending: RUS" in said
    assert "Talks held" in said
    crowded = texts(drawn(*JULY, told(Concluded, "2026-12-01"), now="2026-12-01"))
    assert "H" in crowded


def test_it_tells_where_the_track_stands():
    leak = told(Concluded, "2025-07-28", sources=rumour())
    said = texts(drawn(*JULY, leak))
    assert "Talks scheduled, since 24 July 2025" in said
    assert "Reported, not official: Track concluded, since 28 July 2025" in said
    early = drawn(told(Stalled, "2025-07-01", sources=rumour()))
    assert "No talks proposed" in texts(early)


def test_no_phase_is_known_by_its_colour_alone():
    patterns = {pattern.get("id") for pattern in drawn(*JULY).iter(f"{SVG}pattern")}
    bare = {phase for phase in Phase if f"{phase.lower()}-pattern" not in patterns}
    assert bare == {Phase.IDLE, Phase.PENDING, Phase.HELD}
    assert all(box.get("stroke-dasharray") for box in boxes(drawn(*JULY), "pending"))
    assert not any(box.get("stroke-dasharray") for box in boxes(drawn(*JULY), "held"))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_signs_stand_out_from_their_ground(colours):
    """Contrasts of the Web Content Accessibility Guidelines 2.2: 4.5 for text, 3 for borders."""
    assert _contrast(colours["ink"], colours["paper"]) >= 7
    assert _contrast(colours["muted"], colours["paper"]) >= 4.5
    for phase in (phase.lower() for phase in Phase if phase is not Phase.IDLE):
        assert _contrast(colours[f"{phase}-ink"], colours[phase]) >= 4.5, phase
        border = colours[phase if phase == "held" else f"{phase}-ink"]
        assert _contrast(border, colours["paper"]) >= 3, phase


def _contrast(one, two):
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_dark_is_for_screens_that_ask_for_it():
    """On paper it is light; without a rule for the dark, as in programs that know none, too."""
    style = drawn(*JULY).find(f"{SVG}style").text
    light, _, dark = style.partition("@media screen and (prefers-color-scheme: dark)")
    assert LIGHT["paper"] in light
    assert DARK["paper"] in dark


# How it is drawn.


def test_the_official_lane_is_above_the_reported_one():
    root = drawn(*JULY, told(Concluded, "2025-07-28", sources=rumour()))
    (concluded,) = boxes(root, "concluded")
    assert float(concluded.get("y")) > max(float(box.get("y")) for box in boxes(root, "stalled")[:1])
    assert float(concluded.get("height")) < float(boxes(root, "stalled")[0].get("height"))
    assert [text for text in texts(root) if text in ("official", "reported")] == ["official", "reported"]


def test_an_imprecise_date_fades_from_one_phase_into_the_other():
    root = drawn(told(Stalled, "2025-06-01"), proposed("2025-06-10/2025-06-20", "UKR", "RUS"), told(Held, "2025-06-30"))
    masks = [(group.get("mask"), group.find(f"{SVG}rect").get("class")) for group in root.iter(f"{SVG}g") if group.get("mask")]
    assert masks[:2] == [("url(#out)", "stalled"), ("url(#in)", "pending")]
    fading = next(group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g") if group.get("mask") == "url(#in)")
    full = next(box for box in boxes(root, "pending") if box.get("stroke-dasharray"))
    assert float(fading.get("x")) + float(fading.get("width")) == pytest.approx(float(full.get("x")), abs=2)
    assert "either: the date is imprecise" in texts(root)


def test_exact_dates_do_not_fade():
    assert not [element for element in drawn(*JULY[:4]).iter() if element.get("mask")]


def test_an_open_beginning_fades_from_the_edge_of_the_picture():
    late = proposed("../2025-07-10", "UKR", "RUS", recorded=datetime(2025, 7, 11, tzinfo=UTC))
    root = drawn(late, start=date(2025, 7, 1))
    fading = next(group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g") if group.get("mask") == "url(#in)")
    assert float(fading.get("x")) == pytest.approx(92.5)


def test_a_spell_shorter_than_a_line_is_still_seen():
    root = drawn(told(Held, "2000-01-01"), told(Stalled, "2025-07-01"), told(Held, "2025-07-02"))
    (short,) = boxes(root, "stalled")
    assert float(short.get("width")) == 1.5


def test_what_goes_on_beyond_the_picture_is_told():
    assert texts(drawn(*JULY)).count("…") == 2  # at the end, and in the legend
    inside = texts(drawn(*JULY, start=date(2025, 7, 3), stop=date(2025, 7, 6)))
    assert inside.count("…") == 3
    assert "…" not in texts(drawn(*JULY[:5], start=date(2025, 7, 1), stop=date(2025, 7, 19)))


def test_the_day_of_the_report_is_drawn_within_the_picture():
    assert "end of 1 August 2025, the day of this report" in texts(drawn(*JULY))
    assert not any("the day of this report" in said for said in texts(drawn(*JULY[:5])))


def test_rounds_are_told_where_they_find_room():
    crowd = [told(Held, "2025-07-12", round=11), told(Held, "2025-07-13", round=12)]
    said = texts(drawn(told(Held, "2015-01-01", round=1), *crowd))
    assert "1" in said
    assert "12" in said
    assert "11" not in said


def test_events_that_are_only_reported_are_empty_dots():
    root = drawn(proposed("2025-07-01", "UKR", "RUS"), answered("2025-07-05", "RUS", "acknowledged", sources=rumour()))
    dots = [dot.get("class") for dot in root.iter(f"{SVG}circle") if dot.get("r") == "2.6" and float(dot.get("cx")) > 20]
    assert dots == ["ink", "hollow"]
    assert "an event that is only reported" in texts(root)


def test_events_of_one_day_stand_side_by_side():
    events = [proposed("2025-07-01", "UKR", "RUS"), answered("2025-07-01", "RUS", "accepted"), told(Held, "2025-07-03")]
    places = [
        float(dot.get("cx"))
        for dot in drawn(*events).iter(f"{SVG}circle")
        if dot.get("r") == "2.6" and float(dot.get("cx")) > 20
    ]
    assert all(one < two for one, two in pairwise(places))


def test_tracks_without_talks_are_listed():
    with wiring.open(SEEDS) as ledger:
        root = ET.fromstring(picture.svg(strip.strips(ledger, None, Question.of(as_of="2025-07-21"))))
    assert any(said.startswith("No talks proposed: Crimean Platform; Frozen Russian assets") for said in texts(root))
    assert drawn().find(f"{SVG}title").text == "Phases over time: no talks proposed"


# Text from records is not to be trusted.


def test_texts_are_taken_for_nothing_but_text():
    nasty = '</text><script>alert("1")</script>&amp;\x1b[31m\u202e\x00'
    events = (told(Described, "2025-07-01", title=nasty), told(Held, "2025-07-02", venue=nasty, sources=says("<&>")))
    document = picture.svg(strips_of(*events))
    root = ET.fromstring(document)
    assert not list(root.iter(f"{SVG}script"))
    assert "\x1b" not in document
    assert "\u202e" not in document
    assert any('<script>alert("1")' in title for title in titles(root))


def test_it_fetches_nothing():
    document = picture.svg(strips_of(*JULY))
    assert re.findall(r'(?:href|src|url)[=(]"?([^#")][^")]*)', document) == []


@settings(deadline=None, max_examples=50)
@given(strategies.logs(details=True))
def test_every_record_makes_a_picture_that_stays_within_its_frame(events):
    root = drawn(*events)
    _, _, width, height = map(float, root.get("viewBox").split())
    for element in root.iter(f"{SVG}rect"):
        if element.get("y") is not None and element.get("class") != "paper":
            assert float(element.get("x")) + float(element.get("width")) <= width
            assert float(element.get("y")) <= height


# PNG.


def test_a_png_is_made_of_it():
    require("png")
    content = picture.png(strips_of(*JULY), scale=1)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) == WIDTH
    twice = picture.png(strips_of(*JULY))
    assert int.from_bytes(twice[16:20]) == 2 * WIDTH


def test_without_the_extra_png_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'diplostate[png]'")):
        picture.png(strips_of(*JULY))


def test_without_a_font_png_is_refused(monkeypatch):
    """Without a font there would be a picture without words, and nobody would be told."""
    monkeypatch.setitem(sys.modules, "resvg_py", types.SimpleNamespace(svg_to_bytes=lambda **_: b"empty"))
    with pytest.raises(DiplostateError, match="no font is installed"):
        picture.png(strips_of(*JULY))


def test_a_picture_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", types.SimpleNamespace())
    question = Question.of(now="2025-08-01")
    many = [strip.strip(TRACK, JULY, question)] * 300
    with pytest.raises(Invalid, match="300 tracks make too large a picture for PNG: name fewer tracks, or ask for SVG"):
        picture.png(strip.side_by_side(many, question))
