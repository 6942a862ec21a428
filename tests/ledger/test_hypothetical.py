"""What is hypothetical never becomes a fact by accident: every way into a record of facts refuses it, and says where."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import attrs
import pytest

import diplostate
from diplostate.errors import IdConflict, InvalidEvent, InvalidLog, InvalidSeal, LedgerError
from diplostate.ledger import sealing
from diplostate.ledger.codec import body, content_hash, content_id, from_dict, from_stored, to_dict
from diplostate.ledger.copying import copy
from diplostate.ledger.logfile import read_log, write_jsonl, write_yaml
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.ledger.transfer import export_folder, export_text, import_log, read_logs
from diplostate.reports import check
from diplostate.reports.sealed import rows_of
from diplostate.talks.events import Described
from diplostate.testing.conformance import NOON, every_kind, held, proposed, responded

FACT = proposed("UKR", "RUS", id="fact", recorded=NOON)
WHAT_IF = responded("RUS", "accepted", "2035-07-25", id="what-if")


@pytest.fixture
def branch():
    found = MemoryLedger([FACT]).branch()
    found.append([WHAT_IF, Described(track="two", occurred="2035-08-01", title="Two"), held("2035-08-01", track="two")])
    return found


@pytest.fixture(params=["memory", "sqlite"])
def facts(request, tmp_path):
    url = "memory:" if request.param == "memory" else tmp_path / "facts.sqlite"
    with diplostate.open(url, clock=lambda: NOON) as ledger:
        ledger.append([held("2025-07-01", track="other")])
        yield ledger


def refuses(ledger, work):
    """The work is refused because of the mark, and leaves no trace."""
    before = list(ledger.read())
    with pytest.raises((InvalidEvent, InvalidLog), match="is hypothetical: it was put") as refused:
        work()
    assert list(ledger.read()) == before
    return refused.value


# The ways into a record of facts.


def test_an_append_refuses_it(branch, facts):
    """The whole batch, whoever is strict."""
    for strict in (True, False):
        error = refuses(facts, lambda strict=strict: facts.append(list(branch.read()), strict=strict))
        assert "event 'what-if':hypothetical" in str(error)


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_an_export_is_refused_where_it_is_imported(branch, facts, form, tmp_path):
    """As a file for each track: also the head of a track that the branch began; with line and column."""
    files = export_folder(branch, branch.tracks(), form, tmp_path / "logs")

    for file in files:
        error = refuses(facts, lambda file=file: import_log(facts, read_logs([file])))
        assert all(fault.line and fault.column for fault in error.faults)
    assert [len(refuses(facts, lambda file=file: read_logs([file])).faults) for file in files] == [1, 2]


def test_an_export_as_one_log_is_refused(branch, facts):
    text = "".join(export_text(branch, branch.tracks(), "jsonl")).encode()

    error = refuses(facts, lambda: import_log(facts, read_log(("branch.jsonl", text))))
    assert [fault.line for fault in error.faults] == [2, 3, 4]


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_a_folder_that_holds_it_is_no_ledger_of_facts(branch, form, tmp_path):
    export_folder(branch, branch.tracks(), form, tmp_path / "logs")

    with pytest.raises(InvalidLog, match="is hypothetical"):
        diplostate.open(tmp_path / "logs")
    with pytest.raises(InvalidLog, match="is hypothetical"):
        diplostate.open(tmp_path / "logs" / f"one.{form}")


def test_validate_tells_it(branch, tmp_path):
    export_folder(branch, ["one"], "yaml", tmp_path)

    assert [fault.message.split(":")[0] for fault in check.check([tmp_path]).errors] == ["is hypothetical"]


def test_a_dry_run_tells_it_too(branch, facts):
    text = "".join(export_text(branch, ["one"], "jsonl")).encode()
    log = read_log(("branch.jsonl", text), hypothetical=True)

    refuses(facts, lambda: import_log(facts, log, dry_run=True))


def test_the_fact_of_the_same_name_is_another_event(branch):
    """Its mark is part of what it says: neither takes the place of the other."""
    with pytest.raises(IdConflict):
        branch.append([attrs.evolve(FACT, hypothetical=True)])
    fact = attrs.evolve(WHAT_IF, recorded=NOON)
    assert content_id(attrs.evolve(fact, id=None)) != content_id(attrs.evolve(fact, id=None, hypothetical=True))
    assert content_hash(fact) != content_hash(attrs.evolve(fact, hypothetical=True))


@pytest.mark.parametrize("strip", ["hypothetical", "hash"])
def test_a_line_that_lost_its_mark_or_its_hash_is_told(branch, strip):
    """Who takes the mark out has to take out the hash as well: that is no accident."""
    lines = [json.loads(line) for line in export_text(branch, ["one"], "jsonl")]
    del lines[1][strip]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()

    with pytest.raises(InvalidLog, match=r"does not fit|is hypothetical"):
        read_log(("branch.jsonl", text))


def test_a_branch_cannot_be_sealed(branch):
    with pytest.raises(LedgerError, match="keeps no chain"):
        rows_of(branch)


def test_a_ledger_that_holds_it_cannot_be_sealed(branch, tmp_path):
    """It can be verified, for that says nothing of facts."""
    with diplostate.open(f"hypothetical:{tmp_path / 'trials.sqlite'}") as ledger:
        ledger.append([FACT])
        sealing.seal(rows_of(ledger), NOON)
        ledger.append(list(branch.read()))

        assert sealing.verify(rows_of(ledger)).position == 4
        with pytest.raises(InvalidSeal, match="position 2, 'what-if', is hypothetical: only facts can be sealed"):
            sealing.seal(rows_of(ledger), NOON)


def test_a_copy_is_refused(branch, tmp_path):
    """Of a branch, and of a ledger that holds it; nothing of what follows it is copied either."""
    with diplostate.open(f"hypothetical:{tmp_path / 'trials.sqlite'}") as trials, diplostate.open("memory:") as facts:
        trials.append(list(branch.read()))
        for source in (branch, trials):
            refuses(facts, lambda source=source: copy(source, facts))


def test_a_copy_that_is_told_keeps_the_mark(branch, tmp_path):
    """So does a backup, which cannot be sealed either."""
    with diplostate.open(f"hypothetical:{tmp_path / 'trials.sqlite'}") as trials:
        copy(branch, trials)
        trials.backup(tmp_path / "backup.sqlite")
    with diplostate.open(tmp_path / "backup.sqlite") as backup:
        assert [body(event) for event in backup.read()] == [body(event) for event in branch.read()]
        with pytest.raises(InvalidSeal):
            sealing.seal(rows_of(backup), NOON)


def test_a_text_that_looks_like_the_mark_is_none(tmp_path):
    odd = held("2025-07-20", note='"hypothetical":true', outcomes={'"hypothetical":true': "agreed", "hypothetical": "agreed"})
    with SqliteLedger(tmp_path / "talks.sqlite") as ledger:
        ledger.append([odd])
        assert sealing.seal(rows_of(ledger), NOON).position == 1


# Where it is welcome.


@pytest.mark.parametrize("name", ["trials.sqlite", "sqlite:trials.sqlite"])
def test_a_ledger_that_is_opened_for_it_keeps_the_mark(branch, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with diplostate.open(f"hypothetical:{name}") as ledger:
        ledger.append(list(branch.read()))
        assert [event.hypothetical for event in ledger.read()] == [False, True, True, True]
    with diplostate.open(name) as ledger:
        assert [event.hypothetical for event in ledger.read()] == [False, True, True, True]
        refuses(ledger, lambda: ledger.append([attrs.evolve(WHAT_IF, id="another", hypothetical=True)]))


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_a_folder_that_is_opened_for_it_holds_what_the_branch_held(branch, form, tmp_path):
    export_folder(branch, branch.tracks(), form, tmp_path / "logs")

    with diplostate.open(f"hypothetical:{tmp_path / 'logs'}") as ledger:
        assert [body(event) for event in ledger.events("one")] == [body(event) for event in branch.events("one")]
        assert [body(event) for event in ledger.events("two")] == [body(event) for event in branch.events("two")]


def test_every_kind_keeps_its_mark_through_every_form():
    record = [attrs.evolve(event, hypothetical=True, recorded=datetime(2025, 8, 1, tzinfo=UTC)) for event in every_kind()]

    assert [from_stored(to_dict(event)) for event in record] == record
    assert [from_dict(to_dict(event)) for event in record] == record
    for name, text in (("log.yaml", write_yaml(record)), ("log.jsonl", "".join(write_jsonl(record)))):
        assert list(read_log((name, text.encode()), hypothetical=True).events) == record
        assert text.count("hypothetical") == len(record)


IN_YAML = """\
diplostate: 1
track: one
events:
  - held: 2025-07-20
    hypothetical: {said}
    sources: [{{outlet: A, attribution: media}}]
"""


@pytest.mark.parametrize("said", ["yes", "1", "True", "[true]"])
def test_in_yaml_it_is_true_or_false_in_these_words(said):
    with pytest.raises(InvalidLog, match="5:19: expected true or false"):
        read_log(("log.yaml", IN_YAML.format(said=said).encode()))


def test_what_says_that_it_is_not_hypothetical_is_a_fact():
    (event,) = read_log(("log.yaml", IN_YAML.format(said="false").encode())).events

    assert event.hypothetical is False
    assert "hypothetical" not in to_dict(event)


@pytest.mark.parametrize("said", ["true", 1, 0, None, []])
def test_in_json_it_is_true_or_false_and_nothing_like_it(said):
    with pytest.raises(InvalidEvent, match="true or false"):
        from_dict({**to_dict(FACT), "hypothetical": said})
