"""Dates: EDTF levels 0 and 1 form by form, what each allows, and what is refused with which words."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from diplostate.errors import InvalidDate
from diplostate.talks.dates import Edtf, as_edtf, as_moment, day_of, end_of

# What every form allows. Open and unknown sides are None.

LEVEL_0 = {
    "2025": ("2025-01-01", "2025-12-31"),
    "0001": ("0001-01-01", "0001-12-31"),
    "9999": ("9999-01-01", "9999-12-31"),
    "2025-07": ("2025-07-01", "2025-07-31"),
    "2025-04": ("2025-04-01", "2025-04-30"),
    "2025-02": ("2025-02-01", "2025-02-28"),
    "2024-02": ("2024-02-01", "2024-02-29"),
    "2000-02": ("2000-02-01", "2000-02-29"),
    "1900-02": ("1900-02-01", "1900-02-28"),
    "2025-07-21": ("2025-07-21", "2025-07-21"),
    "2024-02-29": ("2024-02-29", "2024-02-29"),
    "2025-07-21T10:30:00Z": ("2025-07-21", "2025-07-21"),
    "2025-07-21T10:30:00": ("2025-07-21", "2025-07-21"),
    "2025-07-21T10:30:00+03:00": ("2025-07-21", "2025-07-21"),
    "2025-07-21T10:30:00-05": ("2025-07-21", "2025-07-21"),
    "2024/2025": ("2024-01-01", "2025-12-31"),
    "2025-02/2025-08": ("2025-02-01", "2025-08-31"),
    "2025-07-21/2025-07-27": ("2025-07-21", "2025-07-27"),
    "2025-07-21/2025-07-21": ("2025-07-21", "2025-07-21"),
    "2025-07-21/2025": ("2025-07-21", "2025-12-31"),
    "2024/2025-02-10": ("2024-01-01", "2025-02-10"),
}
LEVEL_1 = {
    "2025?": ("2025-01-01", "2025-12-31"),
    "2025-07~": ("2025-07-01", "2025-07-31"),
    "2025-07-21%": ("2025-07-21", "2025-07-21"),
    "202X": ("2020-01-01", "2029-12-31"),
    "20XX": ("2000-01-01", "2099-12-31"),
    "2025-XX": ("2025-01-01", "2025-12-31"),
    "2025-02-XX": ("2025-02-01", "2025-02-28"),
    "2024-02-XX": ("2024-02-01", "2024-02-29"),
    "2025-XX-XX": ("2025-01-01", "2025-12-31"),
    "202X~": ("2020-01-01", "2029-12-31"),
    "2025-21": ("2025-03-01", "2025-05-31"),
    "2025-22": ("2025-06-01", "2025-08-31"),
    "2025-23": ("2025-09-01", "2025-11-30"),
    "2025-24": ("2025-12-01", "2026-02-28"),
    "2023-24": ("2023-12-01", "2024-02-29"),
    "2025-22?": ("2025-06-01", "2025-08-31"),
    "2025-07-21/..": ("2025-07-21", None),
    "2025-07-21/": ("2025-07-21", None),
    "../2025-07-21": (None, "2025-07-21"),
    "/2025-07-21": (None, "2025-07-21"),
    "2025-07/..": ("2025-07-01", None),
    "../2025-07": (None, "2025-07-31"),
    "2025?/2025-07~": ("2025-01-01", "2025-07-31"),
    "202X/2025-07-XX": ("2020-01-01", "2025-07-31"),
    "2025-22/2025-23": ("2025-06-01", "2025-11-30"),
    "2025-02/2024-24": ("2025-02-01", "2025-02-28"),
}
EXTENSIONS = {
    "2025-07-21T10:30": ("2025-07-21", "2025-07-21"),
    "2025-07-21T10:30Z": ("2025-07-21", "2025-07-21"),
    "2025-07-21T10:30+03:00": ("2025-07-21", "2025-07-21"),
    "..": (None, None),
}


@pytest.mark.parametrize(("text", "days"), (LEVEL_0 | LEVEL_1 | EXTENSIONS).items())
def test_what_a_date_allows(text, days):
    """The earliest and the latest day, inclusive."""
    edtf = Edtf.parse(text)

    assert tuple(day and day.isoformat() for day in (edtf.earliest, edtf.latest)) == days
    assert str(edtf) == edtf.text == text
    assert edtf.is_exact == (days[0] is not None and days[0] == days[1])


HOW = (
    "is not a date: write YYYY, YYYY-MM, YYYY-MM-DD, a time as YYYY-MM-DDThh:mmZ, or an interval FROM/TO (EDTF levels 0 and 1)"
)
NOWHERE = "does not exist in the calendar (years 1 to 9999)"
NO_TIME = "is not a time: write it as YYYY-MM-DDThh:mm or YYYY-MM-DDThh:mm:ss, then Z or +hh:mm"
NO_CLOCK = "has a time of day or an offset that does not exist"
REFUSED = {
    "": HOW,
    " ": HOW,
    "next week": HOW,
    "20": HOW,
    "20250721": HOW,
    "2025-7-21": HOW,
    "2025-07-1": HOW,
    "2025/7": HOW,
    "21-07-2025": HOW,
    "21.07.2025": HOW,
    "2025-07-21 ": HOW,
    "2025-07-21\n": HOW,
    "２０２５-07-21": HOW,  # full-width digits are not digits here
    "2025-7X": HOW,
    "2025-07-2X": HOW,
    "2XXX": HOW,
    "XXXX": HOW,
    "2025??": HOW,
    "?2025": HOW,
    "2025?-07": HOW,
    "2025-07-21?/2025-07-22?/2025-07-23?": HOW,
    "[2025, 2026]": HOW,
    "Y12025": HOW,
    "-0044": HOW,
    "+2025": HOW,
    "2025-07-21T10:00Z/2025-07-22": HOW,
    "2025-07-21/2025-07-22T10:00Z": HOW,
    "2025-07-21/soon": HOW,
    ".../2025": HOW,
    "0000": NOWHERE,
    "000X": NOWHERE,
    "0000-21": NOWHERE,
    "0000-01": NOWHERE,
    "0000-XX": NOWHERE,
    "2025-00": NOWHERE,
    "2025-13": NOWHERE,
    "2025-20": NOWHERE,
    "2025-25": NOWHERE,
    "2025-00-10": NOWHERE,
    "2025-13-XX": NOWHERE,
    "2025-07-00": NOWHERE,
    "2025-07-32": NOWHERE,
    "2025-02-29": NOWHERE,
    "1900-02-29": NOWHERE,
    "2025-02-29T10:00Z": NOWHERE,
    "2025-02-29/2025-03": NOWHERE,
    "2025-02/2025-02-30": NOWHERE,
    "9999-24": NOWHERE,
    "202X-XX": "leaves digits of the year open, and nothing may follow them: write 202X",
    "202X-07": "leaves digits of the year open, and nothing may follow them: write 202X",
    "20XX-07-21?": "leaves digits of the year open, and nothing may follow them: write 20XX",
    "2025-XX-21": "leaves the month open but not the day: level 1 opens digits from the right",
    "2025-21-01": "is a season with a day: a season stands alone",
    "2025-24-XX": "is a season with a day: a season stands alone",
    "/": "is an interval without any day: name at least one end",
    "../": "is an interval without any day: name at least one end",
    "/..": "is an interval without any day: name at least one end",
    "../..": "is an interval without any day: name at least one end",
    "2025-07-22/2025-07-21": "ends before it begins: swap the two dates",
    "2025-08/2025-07": "ends before it begins: swap the two dates",
    "2025-03/2024-24": "ends before it begins: swap the two dates",
    "2025-07-21T": NO_TIME,
    "2025-07-21T10": NO_TIME,
    "2025-07-21T10:00:00.5Z": NO_TIME,
    "2025-07-21T10:00 Z": NO_TIME,
    "2025-07-21T10:00z": NO_TIME,
    "2025-07-21T10:00Z?": NO_TIME,
    "2025-07-21T10:00+0300": NO_TIME,
    "2025-07T10:00Z": NO_TIME,
    "Tuesday": NO_TIME,
    "2025-07-21T24:00Z": NO_CLOCK,
    "2025-07-21T10:60Z": NO_CLOCK,
    "2025-07-21T23:59:60Z": NO_CLOCK,
    "2025-07-21T10:00+24:00": NO_CLOCK,
    "2025-07-21T10:00+03:60": NO_CLOCK,
    "0001-01-01T00:00+01:00": NO_CLOCK,
    "9999-12-31T23:59-01:00": NO_CLOCK,
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.items())
def test_what_is_no_date(text, problem):
    """The error names the text, what is wrong with it, and what to write instead."""
    with pytest.raises(InvalidDate) as caught:
        Edtf.parse(text)

    assert str(caught.value) == f"{text!r} {problem}"
    assert caught.value.text == text


@given(st.text(alphabet=st.sampled_from("0123456789XTZ-/.:+?~% 2025"), max_size=24) | st.text(max_size=40))
@example("2025-07-21T99999999999999999999:00")
def test_a_text_is_a_date_or_an_invalid_date(text):
    """Whatever is handed in: no other error."""
    try:
        said = str(Edtf.parse(text))
    except InvalidDate as error:
        said = error.text

    assert said == text


SHAPES = ("{day}", "{month}", "{year}", "{year}-XX", "{month}-XX", "{decade}X", "{century}XX", "{year}-21", "{year}-23")


@st.composite
def simple(draw) -> str:
    """A date that is no interval, without a qualifier."""
    day = draw(st.dates(min_value=date(101, 1, 1)))
    iso = day.isoformat()
    return draw(st.sampled_from(SHAPES)).format(day=iso, month=iso[:7], year=iso[:4], decade=iso[:3], century=iso[:2])


@given(simple(), simple())
def test_the_earliest_day_is_never_after_the_latest(start, end):
    for text in (start, end):
        assert Edtf.parse(text).earliest <= Edtf.parse(text).latest
    first, last = Edtf.parse(start), Edtf.parse(end)
    assume(first.earliest <= last.latest)
    both = Edtf.parse(f"{start}/{end}")

    assert (both.earliest, both.latest) == (first.earliest, last.latest)
    assert (Edtf.parse(f"{start}/..").earliest, Edtf.parse(f"{start}/").latest) == (first.earliest, None)
    assert (Edtf.parse(f"../{end}").latest, Edtf.parse(f"/{end}").earliest) == (last.latest, None)


@given(simple(), st.sampled_from("?~%"))
def test_a_qualifier_is_shown_and_never_widens(text, sign):
    plain, qualified = Edtf.parse(text), Edtf.parse(text + sign)

    assert (qualified.earliest, qualified.latest) == (plain.earliest, plain.latest)
    assert str(qualified) == text + sign


@given(st.dates(min_value=date(100, 1, 1)), st.sampled_from(["{:.2}XX", "{:.3}X", "{:.4}-XX", "{:.4}-XX-XX", "{:.7}-XX"]))
def test_an_open_digit_does_widen(day, shape):
    """Whatever digits stand in the open places: such a day is allowed, and it is not the only one."""
    edtf = Edtf.parse(shape.format(day.isoformat()))

    assert edtf.earliest <= day <= edtf.latest
    assert not edtf.is_exact


@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_ends_where_the_calendar_says(year, month):
    edtf = Edtf.parse(f"{year:04}-{month:02}")

    assert edtf.latest.day == calendar.monthrange(year, month)[1]


@given(st.integers(1, 9998))
def test_the_four_seasons_are_a_year(year):
    """Northern and meteorological: they follow each other without a gap, and winter ends in the next February."""
    spring, summer, autumn, winter = (Edtf.parse(f"{year:04}-{season}") for season in range(21, 25))

    assert spring.earliest == date(year, 3, 1)
    assert winter.latest == date(year + 1, 3, 1) - timedelta(days=1)
    for before, after in ((spring, summer), (summer, autumn), (autumn, winter)):
        assert after.earliest - before.latest == timedelta(days=1)


# Times of day.


@pytest.mark.parametrize(
    ("text", "instant"),
    {
        "2025-07-21T10:30:15Z": datetime(2025, 7, 21, 10, 30, 15, tzinfo=UTC),
        "2025-07-21T10:30": datetime(2025, 7, 21, 10, 30, tzinfo=UTC),
        "2025-07-21T01:00+03:00": datetime(2025, 7, 20, 22, tzinfo=UTC),
        "2025-07-21T01:00+03": datetime(2025, 7, 20, 22, tzinfo=UTC),
        "2025-07-21T23:00-05:30": datetime(2025, 7, 22, 4, 30, tzinfo=UTC),
        "2025-07-21T00:00-00:00": datetime(2025, 7, 21, tzinfo=UTC),
        "2025-07-21T10:00+23:59": datetime(2025, 7, 20, 10, 1, tzinfo=UTC),
        "2025-07-21T10:00+00:59": datetime(2025, 7, 21, 9, 1, tzinfo=UTC),
    }.items(),
)
def test_the_day_of_a_date_with_an_offset_is_the_day_as_written(text, instant):
    """The instant is kept in UTC, whose day may be another one."""
    edtf = Edtf.parse(text)

    assert edtf.instant == instant
    assert edtf.instant.tzinfo is UTC
    assert edtf.earliest == edtf.latest == date(2025, 7, 21)


def test_only_a_time_of_day_gives_an_instant():
    assert [Edtf.parse(text).instant for text in ("2025-07-21", "2025-07", "2025-07-21/..", "..")] == [None] * 4


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-1439, 1439))  # noqa: DTZ001
def test_offsets_are_read_as_the_calendar_reads_them(moment, minutes):
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    edtf = Edtf.parse(aware.isoformat())

    assert edtf.instant == aware
    assert edtf.earliest == moment.date()


# Equality.


def test_two_dates_are_equal_when_they_were_written_alike():
    """The same day written in two ways is two things that were said."""
    assert Edtf.parse("2025-07-21") == Edtf.parse("2025-07-21")
    assert Edtf.parse("2025-07-21") != Edtf.parse("2025-07-21?")
    assert hash(Edtf.parse("2025-07")) == hash(Edtf.parse("2025-07"))
    with pytest.raises(TypeError):
        Edtf.parse("2025-07-21") < Edtf.parse("2025-07-22")  # noqa: B015


def test_a_date_is_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Edtf.parse("2025").text = "2026"


# What Python callers have at hand.


def test_a_date_from_what_is_at_hand():
    edtf = Edtf.parse("2025-07-21")

    assert as_edtf(edtf) is edtf
    assert as_edtf("2025-07-21") == edtf
    assert as_edtf(date(2025, 7, 21)) == edtf


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(-timedelta(hours=5, minutes=30))])))
@example(datetime(2025, 7, 21, 1, tzinfo=timezone(timedelta(hours=3))))
@example(datetime(999, 7, 21, 1, tzinfo=UTC))
def test_a_datetime_keeps_its_day_as_written(moment):
    """To the second: EDTF has no fractions."""
    assume(date(1, 1, 2) < moment.date() < date(9999, 12, 30))
    edtf = as_edtf(moment)

    assert edtf.earliest == edtf.latest == moment.date()
    assert edtf.instant == moment.replace(microsecond=0)


def test_a_datetime_in_utc_is_written_with_a_z():
    assert as_edtf(datetime(2025, 7, 21, 10, 30, 15, 999, tzinfo=UTC)).text == "2025-07-21T10:30:15Z"


@pytest.mark.parametrize("read", [as_edtf, as_moment])
def test_a_naive_datetime_is_refused(read):
    with pytest.raises(InvalidDate) as caught:
        read(datetime(2025, 7, 21, 10))  # noqa: DTZ001

    assert str(caught.value) == "'2025-07-21T10:00:00' has no time zone: give an aware datetime"


# Cuts.


def test_a_cut_is_a_day_or_an_instant():
    noon = datetime(2025, 7, 21, 12, tzinfo=UTC)

    assert as_moment(None) is None
    assert as_moment(noon) is noon
    assert as_moment(date(2025, 7, 21)) == date(2025, 7, 21)
    assert as_moment("2025-07-21") == date(2025, 7, 21)
    assert as_moment(Edtf.parse("2025-07-21T12:00Z")) == noon
    assert as_moment("2025-07-21T12:00") == noon
    assert as_moment("2025-07-21T15:00+03:00") == noon


def test_a_cut_keeps_the_offset_in_which_it_was_written():
    """For its day is the day as written."""
    assert day_of(as_moment("2025-07-21T01:00+03:00")) == date(2025, 7, 21)
    assert day_of(datetime(2025, 7, 21, 1, tzinfo=timezone(timedelta(hours=3)))) == date(2025, 7, 21)
    assert day_of(date(2025, 7, 21)) == date(2025, 7, 21)


@pytest.mark.parametrize("text", ["2025", "2025-07", "2025-07-21?", "2025-07-21/2025-07-21", "2025-07-21/..", "../2025", ".."])
def test_a_cut_is_not_imprecise(text):
    with pytest.raises(InvalidDate) as caught:
        as_moment(text)

    assert str(caught.value) == f"{text!r} is not one day or instant: write YYYY-MM-DD or YYYY-MM-DDThh:mmZ"


def test_the_end_of_a_day_is_its_last_second():
    assert end_of(date(2025, 7, 21)) == datetime(2025, 7, 21, 23, 59, 59, tzinfo=UTC)
