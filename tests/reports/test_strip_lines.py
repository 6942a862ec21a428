"""Phases over time in a terminal: what is drawn needs no colour, fits any width, and says what its signs mean."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplostate.reports import strip, strip_lines
from diplostate.reports.question import Question
from diplostate.reports.strip_lines import ASCII, BLOCKS
from diplostate.reports.visible import cells
from diplostate.talks.events import Concluded, Described, Held, Scheduled, Stalled
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, proposed, rumour, told
from reports.golden import golden
from reports.july import JULY

SHOWN = (*JULY, told(Concluded, "2025-07-28", sources=rumour()))


def drawn(*events, width=80, ink=BLOCKS, start=None, stop=None, **asked):
    question = Question.of(**{"now": "2025-08-01"} | asked)
    found = strip.side_by_side([strip.strip(TRACK, events, question)], question, start=start, stop=stop)
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in strip_lines.lines(found, width, ink))


def lane(*events, name="official", **asked):
    """The lane of this name, without its label."""
    lines = drawn(*events, **asked).splitlines()
    return next(line for line in lines if line.startswith(f"  {name}"))[len(name) + 3 :]


@pytest.mark.parametrize(("width", "ink", "name"), [(80, BLOCKS, "80"), (200, BLOCKS, "200"), (80, ASCII, "ascii")])
def test_it_is_drawn_to_the_width(width, ink, name):
    golden(f"strip-{name}.txt", drawn(told(Described, "2025-07-01", title="Talks"), *SHOWN, width=width, ink=ink))


def test_a_phase_begins_with_its_letter_and_goes_on_with_its_pattern():
    assert set(lane(proposed("2025-07-01", "UKR", "RUS")).strip()) == {"P", "╌", "…"}
    assert set(lane(*SHOWN)) == set("PASHT ╌░▒█╱…")


def test_letters_and_patterns_are_distinct_in_both_inks():
    for ink in (BLOCKS, ASCII):
        signs = [*ink.fills.values(), ink.held, ink.set, ink.fell, ink.lasts, ink.after, strip_lines.UNSURE]
        assert len(signs) == len(set(signs))
    letters = [letter for letter in strip_lines.LETTERS.values() if letter]
    assert len(letters) == len(set(letters))


def test_ascii_is_ascii():
    assert drawn(*SHOWN, ink=ASCII).isascii()


def test_an_imprecise_date_leaves_days_open():
    """From the first day on which it may have happened until the day on which it counts, it is the one or the other."""
    events = (told(Stalled, "2025-06-01"), proposed("2025-06-10/2025-06-20", "UKR", "RUS"), told(Held, "2025-06-30"))
    found = lane(*events, width=43, start=date(2025, 6, 1), stop=date(2025, 6, 30))  # a column for each day
    assert found.strip() == "T" + 8 * "╱" + 10 * "?" + "P" + 9 * "╌" + "H…"


def test_an_open_date_leaves_everything_before_it_open():
    late = proposed("../2025-07-10", "UKR", "RUS", recorded=datetime(2025, 7, 11, tzinfo=UTC))
    found = lane(late, told(Held, "2025-07-20"), start=date(2025, 7, 1), stop=date(2025, 7, 21))
    assert found.strip().startswith("?????")
    assert "either, for the date is imprecise" in " ".join(drawn(late, start=date(2025, 7, 1)).split())


def test_what_lies_beyond_the_picture_is_told():
    inside = lane(*SHOWN, start=date(2025, 7, 3), stop=date(2025, 7, 6))
    assert inside.startswith("…P")
    assert inside.endswith("…")
    assert lane(*SHOWN[:5], start=date(2025, 7, 1), stop=date(2025, 7, 19)).endswith("█")


def test_before_the_first_event_there_is_nothing():
    assert lane(*SHOWN, start=date(2025, 6, 1)).lstrip().startswith("···")
    assert "· no talks proposed yet" in drawn(*SHOWN, start=date(2025, 6, 1))


def test_of_phases_too_short_for_a_column_the_last_one_is_drawn():
    crowd = [told(Stalled, f"2025-07-{day:02}", reason=reason) for day, reason in enumerate(["postponed", "cancelled"] * 5, 1)]
    found = lane(told(Held, "2000-01-01"), *crowd, as_of="2025-07-10", now="2025-07-10")
    assert found.endswith("T…")


def test_meetings_stand_above_the_lane_on_which_they_count():
    lines = drawn(*SHOWN).splitlines()
    assert "◆1──" in lines[lines.index(next(line for line in lines if line.startswith("  official"))) - 1]
    assert "◇" in drawn(*SHOWN)


def test_a_round_is_told_only_where_its_whole_number_finds_room():
    """A number cut short would be another one."""
    crowd = [told(Held, f"2025-0{month}-01", round=month + 10) for month in range(1, 8)]
    found = drawn(told(Held, "2010-01-01", round=1), *crowd, width=60, stop=date(2026, 12, 31))
    assert "◆1 " in found
    assert "◆17" in found
    assert "◆11" not in found


def test_a_meeting_on_no_day_is_not_drawn():
    assert "◇" not in drawn(told(Scheduled, "2025-07-08"))
    assert "◇" not in drawn(told(Scheduled, "2025-07-08", on="../2025-09-01"))


def test_quiet_tracks_are_listed():
    question = Question.of(now="2025-08-01")
    found = strip.side_by_side([strip.strip("other", (), question)], question)
    text = "\n".join("".join(span.text for span in line) for line in strip_lines.lines(found, 80))
    assert text.split("\n\n")[1] == "No talks proposed\n  other  without a title"


@settings(deadline=None, max_examples=50)
@given(strategies.logs(details=True), st.integers(1, 220), st.sampled_from([BLOCKS, ASCII]))
def test_no_line_of_a_drawing_is_wider_than_asked(events, width, ink):
    question = Question.of(now="2025-08-01")
    found = strip.side_by_side([strip.strip(TRACK, events, question)], question)
    for line in itertools.islice(strip_lines.lines(found, width, ink), 500):
        text = "".join(span.text for span in line).rstrip()
        assert cells(text) <= max(width, 40) or " " not in text.strip()
