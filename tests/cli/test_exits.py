"""How the command ends: one exit code for each kind of end, one message, never a traceback."""

from __future__ import annotations

import click
import pytest
from support import SEEDS

from diplostate import errors
from diplostate.cli import exits, show
from diplostate.cli.exits import EXITS, Exit, guarded

TURKIYE = ("ukr-rus-turkiye", "--ledger", SEEDS)


def test_the_table_names_every_error_before_its_ancestors():
    """The first row that fits counts, so none may stand behind one that takes its errors."""
    kinds = [kind for kind, _ in EXITS]
    for place, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:place]), kind


def test_every_error_of_the_project_has_its_exit_code():
    tree = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.DiplostateError)]
    assert all(any(issubclass(cls, kind) for kind, _ in EXITS) for cls in tree)


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("status",), Exit.USAGE, "no ledger is named: say --ledger, or set DIPLOSTATE_LEDGER"),
        (("statu",), Exit.USAGE, "no command 'statu'; did you mean 'status'?"),
        (("frobnicate",), Exit.USAGE, "no command 'frobnicate'\n"),
        (("status", "--formt", "json"), Exit.USAGE, "Did you mean '--format'?"),
        (("status", "--format", "jsn"), Exit.USAGE, "'jsn' is none of table, plain, json, csv, md; did you mean 'json'?"),
        (("status", "--phase", "pendng", *TURKIYE), Exit.USAGE, "did you mean 'pending'?"),
        (("status", "--flag", "unaswered", *TURKIYE), Exit.USAGE, "did you mean 'unanswered'?"),
        (("status", "--evidence", "oficial", *TURKIYE), Exit.USAGE, "did you mean 'official'?"),
        (("status", "--evidence", "F6", *TURKIYE), Exit.USAGE, "write official, reported, or a grade from A1 to E5"),
        (("status", "--as-of", "2025-07", *TURKIYE), Exit.USAGE, "'2025-07' is not one day or instant: write YYYY-MM-DD"),
        (("status", "--as-of", "yesterday", *TURKIYE), Exit.USAGE, "'yesterday' is not a date"),
        (("status", "--unanswered-days", "0", *TURKIYE), Exit.USAGE, "0 is not in the range x>=1"),
        (("why", *TURKIYE, "--format", "csv"), Exit.USAGE, "why has no csv: ask for plain, json or md"),
        (("why", *TURKIYE, "--format", "table"), Exit.USAGE, "why has no table: ask for plain, json or md"),
        (("log", "--ledger", SEEDS), Exit.USAGE, "Missing argument 'TRACK'"),
        (("log", "ukr-rus-turkye", "--ledger", SEEDS), Exit.NOT_FOUND, "did you mean 'ukr-rus-turkiye' or"),
        (("status", "--party", "RSU", "--ledger", SEEDS), Exit.NOT_FOUND, "no party 'RSU' in this ledger: did you mean 'RUS'"),
        (("status", "--ledger", "nowhere"), Exit.FAILED, "nothing at 'nowhere': check the path"),
        (("status", "--ledger", "a\0b"), Exit.FAILED, "is no path"),
        (("hold", "new", "--media", "AP", "--ledger", SEEDS), Exit.FAILED, "is made of log files, which diplostate only reads"),
    ],
)
def test_what_goes_wrong_has_its_code_and_says_what_to_do(run, args, code, message):
    result = run(*args)
    assert result.code == code
    assert message in result.err
    assert result.out == ""
    assert "Traceback" not in result.err


def test_an_interruption_ends_with_130(run, monkeypatch):
    monkeypatch.setattr(show, "question_of", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
    result = run("log", *TURKIYE)
    assert (result.code, result.out) == (130, "")
    assert "Error: interrupted" in result.err


@pytest.mark.parametrize(("args", "traced"), [((), False), (("-v",), True)])
def test_what_nobody_foresaw_is_called_a_bug_and_traced_only_on_demand(run, monkeypatch, args, traced):
    monkeypatch.setattr(show, "question_of", lambda **_: {}["secret\x1b[2J"])
    result = run("log", *TURKIYE, *args)
    assert result.code == Exit.FAILED
    assert "Error: unexpected KeyError: 'secret\\x1b[2J'. This is a bug, please report it" in result.err
    assert ("Traceback" in result.err) is traced
    assert ("(-v shows the trace)" in result.err) is not traced


def test_an_error_of_the_system_is_told_in_a_line(capsys):
    def work():
        raise PermissionError(13, "Permission denied", "/x")

    assert guarded(work) == Exit.FAILED
    assert capsys.readouterr().err == "Error: [Errno 13] Permission denied: '/x'\n"


def test_an_error_without_words_still_ends_well(capsys):
    def work():
        raise errors.LedgerError

    assert guarded(work) == Exit.FAILED
    assert capsys.readouterr().err == "Error: \n"


def test_messages_are_made_visible(capsys):
    def work():
        raise errors.LedgerError("a\x1b[2J\nb\u202e")

    guarded(work)
    assert capsys.readouterr().err == "Error: a␛[2J\nb\\u202e\n"


@pytest.mark.parametrize(("given", "code"), [(None, 0), (Exit.INVALID, 4), (7, 7), ("text", 0)])
def test_a_command_may_end_with_a_code_of_its_own(given, code):
    assert guarded(lambda: given) == code


def test_conflicts_and_tampering_have_codes_of_their_own(capsys):
    conflict = errors.VersionConflict(track="a", expected=1, actual=2)
    for error, code in ((conflict, Exit.CONFLICT), (errors.Tampered(what="altered", position=1, finding="x"), Exit.TAMPERED)):

        def work(error=error):
            raise error

        assert guarded(work) == code


def test_an_abort_of_click_is_an_interruption(capsys):
    def work():
        raise click.Abort

    assert guarded(work) == Exit.INTERRUPTED
    assert exits.Exit.INTERRUPTED == 130
