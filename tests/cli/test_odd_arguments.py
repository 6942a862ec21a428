"""Whatever the arguments and whatever is on record: an exit code, a message, and never a traceback."""

from __future__ import annotations

import json

import attrs
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SEEDS

from diplostate.cli.app import _MODULES, app
from diplostate.cli.exits import Exit
from diplostate.cli.fields import FIELDS, option_name
from diplostate.cli.record import KINDS
from diplostate.ledger.codec import to_dict
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.transfer import export_folder
from diplostate.talks.events import Noted, Retracted
from diplostate.testing import strategies

WORDS = st.sampled_from(
    [
        *_MODULES, "ukr-rus-turkiye", "--ledger", "--as-of", "--known-at", "--evidence", "--format", "--party", "--phase",
        "--flag", "-v", "-q", "--no-color", "--help", "2025-07-21", "2025-13-45", "..", "B2", "json", "csv", "plain", "md",
        "--", "-", "", "RUS", str(SEEDS), "memory:", "sqlite:", "sqlite:?synchronous=x", "http://x", "--source", "--by", "--on",
        "--unanswered-days", "999999999999", "-1", "~", "*", "\x1b[2J", "\u202e", "\ud800", "x" * 300,
    ]
)  # fmt: skip
ODD = st.lists(st.one_of(WORDS, WORDS, WORDS, st.text(max_size=12)), max_size=7)


def run(args):
    return CliRunner().invoke(app, args)


def is_well_behaved(result):
    assert isinstance(result.exception, SystemExit | None)
    assert result.exit_code in set(Exit)
    assert "Traceback" not in result.stderr
    assert "This is a bug" not in result.stderr
    assert result.exit_code == 0 or result.stderr or result.stdout
    return True


@settings(max_examples=300, deadline=None)
@given(ODD)
def test_no_arguments_lead_to_a_traceback(args):
    assert is_well_behaved(run(args))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(
        st.tuples(st.sampled_from([*map(option_name, FIELDS), "--official", "--source", "--occurred"]), st.text(max_size=10))
    ),
)
def test_no_field_of_an_event_leads_to_a_traceback(name, said):
    args = [name, "a", "--media", "AP", *(word for option, text in said for word in (option, text)), "--ledger", "memory:"]
    assert is_well_behaved(run(args))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.logs(details=True, max_size=6))
def test_no_record_leads_to_a_traceback(tmp_path_factory, record):
    """Every reading command on every record, by way of its log file."""
    folder = tmp_path_factory.mktemp("odd")
    ledger = MemoryLedger(attrs.evolve(event, recorded=event.known) for event in record)
    export_folder(ledger, ledger.tracks(), "yaml", folder)
    for track in ledger.tracks():
        for command in (["status"], ["log", track], ["why", track]):
            for form in ("plain", "json"):
                result = run([*command, "--ledger", str(folder), "--format", form])
                assert result.exit_code == 0, result.stderr
                assert form == "plain" or json.loads(result.stdout)


_NOT_SAID = ("id", "recorded", "note", "version", "position")


@settings(max_examples=60, deadline=None)
@given(strategies.events(details=True).filter(lambda event: event.sources and type(event) is not Retracted))
def test_what_a_log_can_say_the_command_can_record(event):
    """An event, said by options, is refused by the rules of the model or recorded as it is."""
    name = next(name for name, kind in KINDS.items() if kind.event is type(event))
    text = ["--", event.text] if isinstance(event, Noted) and event.text else []
    result = run([name, *_arguments(event), "--ledger", "memory:", "--force", "--format", "json", event.track, *text])
    assert is_well_behaved(result)
    assert result.exit_code in (Exit.DONE, Exit.INVALID)
    if result.exit_code == Exit.DONE:
        (stored,) = json.loads(result.stdout)["events"]
        assert _said(stored) == _said(to_dict(event))


def _arguments(event):
    data = {name: value for name, value in to_dict(event).items() if name not in (*_NOT_SAID, "kind", "track", "text")}
    yield f"--occurred={data.pop('occurred')}"
    for source in data.pop("sources"):
        yield f"--source={_parts({name: value for name, value in source.items() if name not in _GRADE})}"
    for field, value in data.items():
        yield from _option(field, value)


_GRADE = ("reliability", "credibility")


def _option(field, value):
    option = option_name(field)
    if isinstance(value, dict):
        yield from (f"{option}={key}={part}" for key, part in value.items())
    elif isinstance(value, list):
        yield from (f"{option}={_item(field, part)}" for part in value)
    else:
        yield f"{option}={value}"


def _item(field, part):
    if field == "links":
        ((relation, track),) = part.items()
        return f"{relation}={track}"
    return _parts(part) if isinstance(part, dict) else part


def _parts(data):
    return "; ".join(f"{name}={value}".replace(";", "\\;") for name, value in data.items())


def _said(value):
    """What options can say of an event: no grade by halves, no empty list, and no spaces at the ends of texts."""
    if isinstance(value, dict):
        return {name.strip(): _said(part) for name, part in value.items() if part != [] and name not in (*_NOT_SAID, *_GRADE)}
    if isinstance(value, list):
        return [_said(part) for part in value]
    return value.strip() if isinstance(value, str) else value
