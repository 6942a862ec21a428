"""Charts of shares: everything stays within its frame, is told in words, and needs no colour to be read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from support import require

from diplostate.reports.chart import Chart, Curve, Dot, png, stacked, stepped, svg
from diplostate.reports.svg import WIDTH
from diplostate.talks.machine import Phase

SVG = "{http://www.w3.org/2000/svg}"


def chart(layers=(), **more):
    fields = {
        "title": "Where talks may stand", "lead": ("As of 21 July 2025",), "told": "Half are held.", "last": 10.0,
        "ticks": ((0.0, "0"), (10.0, "10")), "axis": "days", "share": "probability", "areas": stacked(layers),
    }  # fmt: skip
    return Chart(**{**fields, **more})


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def test_areas_lie_on_each_other():
    low, high = stacked([("held", Phase.HELD, [(0, 0.25), (10, 0.5)]), ("pending", Phase.PENDING, [(0, 0.75), (10, 0.25)])])
    assert list(low.lower) == [(0, 0.0), (10, 0.0)]
    assert high.lower == low.upper
    assert list(high.upper) == [(0, 1.0), (10, 0.75)]


def test_a_step_holds_until_the_next_and_until_the_end():
    assert stepped([(0, 1.0), (3, 0.5), (20, 0.1)], 10) == [(0, 1.0), (3, 1.0), (3, 0.5), (10, 0.5)]
    assert stepped([], 10) == []


def test_it_says_in_words_what_it_shows():
    root = ET.fromstring(svg(chart([("held", Phase.HELD, [(0, 0.5), (10, 0.5)])])))
    assert root.find(f"{SVG}title").text == "Where talks may stand"
    assert root.find(f"{SVG}desc").text == "Half are held."
    assert texts(root).count("held") == 2  # in its area and in the legend


def test_each_phase_has_a_pattern_or_a_name_in_it_for_those_who_see_no_colour():
    layers = [(phase.lower(), phase, [(0, 0.12), (10, 0.12)]) for phase in Phase]
    root = ET.fromstring(svg(chart(layers)))
    assert all(texts(root).count(phase.lower()) == 2 for phase in Phase)


def test_a_name_is_left_out_where_there_is_no_room():
    root = ET.fromstring(svg(chart([("stalled", Phase.STALLED, [(0, 0.01), (10, 0.02)])])))
    assert texts(root).count("stalled") == 1


def test_dots_tell_what_they_are():
    dot = Dot(x=5.0, y=0.5, lower=0.25, upper=0.75, says="Foretold with 50%: 4 of 8 came.")
    root = ET.fromstring(svg(chart(dots=(dot,), curves=(Curve(name="even", points=((0, 0.0), (10, 1.0)), dashed=True),))))
    titles = [element.text for element in root.iter(f"{SVG}title")]
    assert "Foretold with 50%: 4 of 8 came." in titles
    assert "even" in titles


def test_text_is_text_whatever_it_says():
    document = svg(chart([('<script>alert("1")</script>', Phase.HELD, [(0, 0.5), (10, 0.5)])], title="\x1b[31m & <b>"))
    assert "<script" not in document
    assert "\x1b" not in document
    ET.fromstring(document)


@given(st.lists(st.lists(st.floats(0, 0.12), min_size=2, max_size=6), min_size=1, max_size=8))
def test_whatever_is_drawn_stays_within_its_frame(heights):
    length = min(map(len, heights))
    layers = [
        (phase.lower(), phase, [(10 * place / (length - 1), share) for place, share in enumerate(shares[:length])])
        for phase, shares in zip(Phase, heights, strict=False)
    ]
    root = ET.fromstring(svg(chart(layers)))
    _, _, width, height = map(float, root.get("viewBox").split())
    for path in root.iter(f"{SVG}path"):
        for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path.get("d")):
            assert -2 <= float(x) <= width
            assert -12 <= float(y) <= height


def test_a_png_is_made_of_it():
    require("png")
    content = png(chart([("held", Phase.HELD, [(0, 0.5), (10, 0.5)])]), scale=1)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) == WIDTH
