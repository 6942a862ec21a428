"""The renderer: one report in five formats, each safe to show, each read back by a reader of that format."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from diplostate.reports.render import (
    Field,
    NoSuchFormat,
    Page,
    Section,
    Span,
    Table,
    View,
    csv_text,
    heading,
    md_page,
    md_text,
    page_lines,
    render,
    styled,
    table_lines,
)
from diplostate.reports.visible import cells, json_text, visible

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "abc\u202egpj.exe",
    "\u2066isolate\u2069",
    "bell\x07 backspace\x08 delete\x7f c1\x9b31m",
    "line\u2028separator\u2029",
    "\ufeffbom \u200bzero \u00adsoft",
    "tag\U000e0041",
    "=cmd|'/c calc'!A0",
    "<script>alert(1)</script>",
    "[bold red]rich[/] `code` **bold** [link](javascript:alert(1)) ![x](y)",
    "lone \ud800 surrogate",
)
texts = st.text(st.characters(), max_size=60)


def page_of(text):
    return Page(
        lead=[text],
        sections=[
            Section(heading=heading(text, "t"), lead=[[Span(text, "phase.IDLE")]], fields=[Field(text, [text, [text, "x"]])])
        ],
    )


VIEW = View(
    name="things",
    page=lambda: page_of("a page"),
    table=lambda: Table(("name", "number"), (("a", 1), ("b", None))),
    rows=lambda: Table(("name", "number"), (("a", 1), ("b", None))),
    data=lambda: {"a": 1},
    own={"github": lambda: "::error::\n"},
)


# What cannot be seen is made visible.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x07\x00\x7f", "␇␀␡"),
        ("\x9b31m", "\\u009b31m"),
        ("\u202egpj", "\\u202egpj"),
        ("\U000e0041", "\\U000e0041"),
        ("two\nlines\r\nand\ta tab", "two lines and a tab"),
        ("a lone \r return", "a lone ␍ return"),
        ("Türkiye 日本 é́", "Türkiye 日本 é́"),
        ("می‌خواهد", "می‌خواهد"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_could_steer_a_terminal_is_spelled_out(text, shown):
    assert visible(text) == shown


@settings(deadline=None)
@given(texts)
def test_a_visible_text_stays_as_it_is(text):
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("format", ["table", "plain", "json", "csv", "md"])
def test_no_format_lets_a_hostile_text_through(format, text):
    """Nothing comes out that a terminal obeys, that turns the reading direction, or that breaks a line."""
    view = View(
        name="x",
        page=lambda: page_of(text),
        table=lambda: Table((text,), ((text,),)),
        rows=lambda: Table((text,), ((text,),)),
        data=lambda: {text: [text]},
    )
    out = render(view, format)
    assert all(char.isprintable() or char in "\r\n" for char in out)


@settings(deadline=None)
@given(texts)
def test_every_line_of_every_format_is_printable(text):
    lines = [*page_lines(page_of(text), 80), *table_lines(Table((text or "x",), ((text,),)), 40)]
    for line in lines:
        shown = visible("".join(span.text for span in line))
        assert shown == "".join(span.text for span in line)


# Plain text.


@settings(deadline=None)
@given(st.lists(texts.filter(lambda text: "\N{NO-BREAK SPACE}" not in text), max_size=5), st.integers(1, 300))
def test_running_text_keeps_within_its_measure(said, width):
    """Save for a word that is longer, and what is glued together."""
    page = Page(lead=said, sections=[Section(fields=[Field("label", said)])])
    measure = max(40, min(width, 100))
    for line in page_lines(page, width):
        text = "".join(span.text for span in line)
        assert cells(text) <= measure or " " not in text.strip() or len(text.split()) <= 2


def test_an_address_is_never_broken():
    url = "https://example.org/" + "a" * 100
    assert url in render(View(name="x", page=lambda: Page(lead=[f"see {url} there"])), "plain", width=60)


def test_things_said_are_told_apart_by_their_indentation():
    text = "a long thing that is said and needs more than one line to be said in full"
    page = Page(sections=[Section(fields=[Field("Label", [text, "another"])])])
    assert render(View(name="x", page=lambda: page), "plain", width=50) == (
        "  Label  a long thing that is said and needs more\n           than one line to be said in full\n         another\n"
    )


def test_a_label_that_is_too_long_has_a_line_for_itself():
    page = Page(sections=[Section(fields=[Field("short", ["a"]), Field("l" * 60, ["b"])])])
    assert render(View(name="x", page=lambda: page), "plain", width=80) == f"  short  a\n  {'l' * 60}\n         b\n"


def test_what_is_glued_stays_on_one_line_and_comes_out_as_a_space():
    page = Page(lead=["x" * 36 + " 21\N{NO-BREAK SPACE}July"])
    assert render(View(name="x", page=lambda: page), "plain", width=40) == "x" * 36 + "\n21 July\n"


def test_wide_characters_count_for_two_columns():
    assert [cells("abc"), cells("日本"), cells("é́"), cells("a\u200cb")] == [3, 4, 1, 2]


def test_no_line_ends_in_spaces():
    out = render(VIEW, "table") + render(VIEW, "plain")
    assert not re.search(r" \n", out)


# Tables.


def test_a_table_is_never_cut_in_a_pipe():
    table = Table(("name", "said"), (("a" * 200, "b " * 200),))
    assert "a" * 200 in render(View(name="x", table=lambda: table), "table", width=80)


def test_a_table_is_wrapped_into_a_terminal_and_loses_nothing():
    table = Table(("name", "said"), (("usa-ukr-air-defence", "one two three four five six seven"), ("b", "c")))
    lines = ["".join(span.text for span in line) for line in table_lines(table, 40)]
    assert [line.rstrip() for line in lines] == [
        "NAME                 SAID",
        "usa-ukr-air-defence  one two three four",
        "                     five six seven",
        "b                    c",
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(texts, texts, st.integers()), max_size=4), st.integers(40, 120))
def test_a_table_fits_a_terminal(rows, width):
    lines = ["".join(span.text for span in line) for line in table_lines(Table(("a", "b", "c"), tuple(rows)), width)]
    assert all(cells(line) <= width for line in lines)


def test_columns_without_anything_are_left_out_of_tables_for_people():
    table = Table(("name", "empty", "number"), (("a", None, 1), ("b", "", 2)))
    assert render(View(name="x", table=lambda: table), "table") == "NAME  NUMBER\na     1\nb     2\n"


def test_an_empty_table_has_its_head():
    assert render(View(name="x", table=lambda: Table(("name", "other"), ())), "table") == "NAME\n"


# CSV.


@settings(deadline=None)
@given(st.lists(st.tuples(texts, st.one_of(st.none(), st.integers()), texts), max_size=5))
@example([("=1+1", 1, " =1"), ("@x", -1, "+1"), ("\t=1", 0, '"quoted", and so on'), ("＝1", None, "-1")])
def test_csv_is_read_back_by_a_reader_of_csv(rows):
    """And what a spreadsheet would run is disarmed."""
    out = csv_text(Table(("a", "b", "c"), tuple(rows)))
    head, *found = csv.reader(io.StringIO(out, newline=""), strict=True)
    assert head == ["a", "b", "c"]
    for row, cells_ in zip(found, rows, strict=True):
        assert [row[0].removeprefix("'"), row[2].removeprefix("'")] == [
            visible(cells_[0]).replace("\N{NO-BREAK SPACE}", " ").removeprefix("'"),
            visible(cells_[2]).replace("\N{NO-BREAK SPACE}", " ").removeprefix("'"),
        ]
        assert row[1] == ("" if cells_[1] is None else str(cells_[1]))
        assert not any(re.match(r"\s*[=+\-@＝＋－＠]", row[place]) for place in (0, 2))


# Markdown.


@settings(deadline=None)
@given(texts)
@example("1. not a list")
@example("12) nor this")
@example("# no heading")
@example("~~a~~ <b> &amp; [x]: http://y")
@example("a\\b")
@example("- x")
@example("---")
def test_markdown_takes_a_text_for_nothing_but_text(text):
    shown = (
        MarkdownIt("gfm-like", {"linkify": False}).render(f"- {md_text(text)}\n")
        if md_text(text)
        else "<ul>\n<li></li>\n</ul>\n"
    )
    inner = re.fullmatch(r"<ul>\n<li>(.*)</li>\n</ul>\n", shown, re.DOTALL)
    assert inner is not None
    assert html.unescape(inner[1]).split() == visible(text).split()


def test_a_page_is_markdown():
    assert md_page(page_of("a")) == "a\n\n## a (t)\n\n**a**\n\n- **a**\n  - a\n  - ax\n"
    assert md_page(Page(sections=[Section(fields=[Field("Label", ["one thing"])])])) == "- **Label**: one thing\n"
    assert md_page(Page()) == "\n"


# JSON.


@settings(deadline=None)
@given(
    st.dictionaries(texts, st.one_of(st.none(), st.booleans(), st.integers(), texts, st.lists(texts, max_size=3)), max_size=4)
)
def test_json_is_read_back_as_it_was(data):
    """Escaping what could steer a terminal changes nothing for a reader."""
    out = json_text(data)
    assert json.loads(out) == data
    assert all(char.isprintable() or char == "\n" for char in out)


# Formats.


@pytest.mark.parametrize("format", ["table", "plain", "json", "csv", "md", "github"])
def test_a_view_gives_the_formats_that_it_has(format):
    assert format in VIEW.formats
    assert render(VIEW, format).endswith("\n")


@pytest.mark.parametrize(
    ("view", "format", "message"),
    [
        (View(name="why", page=Page, data=dict), "csv", "why has no csv: ask for plain, json or md"),
        (View(name="why", page=Page, data=dict), "table", "why has no table: ask for plain, json or md"),
        (View(name="validate", own={"text": str}), "plain", "validate has no plain: ask for text"),
        (View(name="log", table=lambda: Table((), ())), "json", "log has no json: ask for table"),
    ],
)
def test_a_format_that_a_report_does_not_have_is_refused(view, format, message):
    with pytest.raises(NoSuchFormat) as caught:
        render(view, format)
    assert str(caught.value) == message


def test_only_pages_and_tables_are_styled():
    assert styled(VIEW, "plain", width=80) is not None
    assert styled(VIEW, "table", width=80) is not None
    assert styled(VIEW, "json", width=80) is None


def test_styles_say_nothing_that_the_words_do_not():
    """Plain text is the styled one without its styles."""
    lines = styled(VIEW, "plain", width=80)
    assert lines is not None
    assert "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines) == render(VIEW, "plain")
