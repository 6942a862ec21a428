"""``timeline`` as a reader uses it: drawn on a terminal, in words elsewhere, as pictures in files."""

from __future__ import annotations

import locale
import sys
import types

import pytest
from support import SEEDS, require

from diplostate.cli import timeline

EVENING = ("--ledger", SEEDS, "--as-of", "2025-07-21")


@pytest.fixture
def terminal(monkeypatch):
    """Somebody looks at it."""
    monkeypatch.setattr(timeline, "_is_terminal", lambda: True)


def test_into_a_pipe_go_words(run):
    result = run("timeline", "ukr-rus-turkiye", *EVENING)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "TRACK            EVIDENCE  FROM        TO       DAYS  STATUS                              AWAITED",
        "ukr-rus-turkiye  official  2025-07-19  goes on  2     proposal pending official response  Russia",
    ]


def test_on_a_terminal_it_is_drawn(run, terminal):
    result = run("timeline", "ukr-rus-turkiye", *EVENING)
    assert "  official  P╌╌╌" in result.out


def test_plain_is_drawn_in_ascii(run):
    result = run("timeline", "ukr-rus-turkiye", *EVENING, "--format", "plain")
    assert "  official  P---" in result.out


def test_a_locale_that_knows_no_blocks_gets_ascii(run, terminal, monkeypatch):
    monkeypatch.setattr(locale, "getencoding", lambda: "ascii")
    assert "  official  P---" in run("timeline", "ukr-rus-turkiye", *EVENING).out
    monkeypatch.setattr(locale, "getencoding", lambda: "made-up")
    assert "  official  P---" in run("timeline", "ukr-rus-turkiye", *EVENING).out


def test_consoles_of_windows_know_them_whatever_the_locale_says(monkeypatch):
    monkeypatch.setattr(locale, "getencoding", lambda: "cp1252")
    monkeypatch.setattr(timeline, "os", types.SimpleNamespace(name="nt"))
    assert timeline._has_blocks()


@pytest.mark.parametrize("form", ["strip", "plain", "table", "md", "csv", "json"])
def test_every_format_is_had(run, form):
    result = run("timeline", *EVENING, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert "ukr-rus-turkiye" in result.out


def test_the_days_to_be_drawn_can_be_chosen(run):
    result = run("timeline", "ukr-rus-turkiye", *EVENING, "--from", "2025-07-01", "--to", "2025-07-31", "-f", "strip")
    assert "│7 Jul" in result.out
    assert "· no talks proposed yet" in result.out
    result = run("timeline", "ukr-rus-turkiye", *EVENING, "--from", "2025-08-01")
    assert result.code == 2
    assert "there is nothing to draw from 2025-08-01 to 2025-07-21" in result.err


def test_a_day_that_is_none_is_refused(run):
    result = run("timeline", *EVENING, "--from", "yesterday")
    assert result.code == 2
    assert "'yesterday' is not a date" in result.err


def test_pictures_go_into_files(run, tmp_path):
    require("png")
    svg, png = tmp_path / "talks.svg", tmp_path / "talks.png"
    result = run("timeline", *EVENING, "--svg", svg, "--png", png)
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [f"Drawn: {svg}", f"Drawn: {png}"]
    assert svg.read_text("utf-8").startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_file_that_is_there_is_only_replaced_on_demand(run, tmp_path):
    svg = tmp_path / "talks.svg"
    svg.write_text("mine")
    result = run("timeline", *EVENING, "--svg", svg)
    assert result.code == 1
    assert "is there already" in result.err
    assert svg.read_text() == "mine"
    assert run("timeline", *EVENING, "--svg", svg, "--overwrite").code == 0
    assert svg.read_text("utf-8").startswith("<svg")


def test_a_picture_can_go_to_stdout(run):
    result = run("timeline", *EVENING, "--svg", "-")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("<svg")


def test_without_the_extra_png_is_refused_with_what_to_install(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    result = run("timeline", *EVENING, "--png", tmp_path / "talks.png")
    assert result.code == 1
    assert "pip install 'diplostate[png]'" in result.err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_track_is_not_found(run):
    result = run("timeline", "ukr-rus-turkey", *EVENING)
    assert result.code == 3
    assert "did you mean 'ukr-rus-turkiye'" in result.err
