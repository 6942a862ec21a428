"""What is written can be read, and says the same: every event, in every form, whatever its texts hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from unittest import mock

import attrs
import pytest
import yaml
from hypothesis import given

from diplostate.ledger import yaml_nodes
from diplostate.ledger.codec import body, content, content_hash, content_id, from_dict, from_stored, to_dict
from diplostate.ledger.logfile import read_log, write_jsonl, write_yaml
from diplostate.talks.events import Held
from diplostate.talks.sources import Source
from wire.strategies import events, logs


def _yaml(text):
    return read_log(("log.yaml", text.encode())).events


def _jsonl(lines):
    return read_log(("log.jsonl", "".join(lines).encode())).events


@given(events(name="x"))
def test_the_wire_form_is_lossless(event):
    """To plain data, through JSON, and back: strictly from strangers, fast from a store."""
    data = json.loads(json.dumps(to_dict(event)))

    assert from_dict(data) == event
    assert from_stored(data) == event


@given(events(name="x"))
def test_numbers_may_come_as_text(event):
    """Where every scalar is a text, as in YAML, whole numbers are read from their digits."""
    assert from_dict(_as_texts(to_dict(event)), texts=True) == event


def _as_texts(value):
    if isinstance(value, dict):
        return {name: _as_texts(part) for name, part in value.items()}
    return [_as_texts(part) for part in value] if isinstance(value, list) else str(value)


@given(events(name="x"))
def test_what_a_ledger_keeps_is_lossless_but_for_the_place(event):
    """Version and position stand beside the text."""
    placed = attrs.evolve(event, version=3, position=7)

    assert from_stored({**json.loads(body(placed)), "version": 3, "position": 7}) == placed
    assert body(placed) == body(event)
    assert content(placed) == content(attrs.evolve(event, recorded=None))
    assert content_id(placed) == content_id(attrs.evolve(event, id=None, recorded=None))
    assert content_hash(placed) == content_hash(event)


@given(logs(placed=True))
def test_json_lines_are_lossless(record):
    """All that is known of an event is on its line."""
    assert _jsonl(write_jsonl(record)) == record


LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


@given(logs())
@pytest.mark.parametrize("loader", LOADERS)
def test_yaml_is_lossless_and_stable(loader, record):
    """Written, read by either parser and written again, the text is the same to the letter."""
    text = write_yaml(record)

    with mock.patch.object(yaml_nodes, "_LOADER", loader):
        assert _yaml(text) == record
        assert write_yaml(_yaml(text)) == text


@given(logs())
def test_both_forms_tell_the_same(record):
    """From YAML to events to JSON Lines to events to YAML."""
    text = write_yaml(record)

    assert write_yaml(_jsonl(write_jsonl(_yaml(text)))) == text


@given(logs())
@pytest.mark.parametrize("loader", LOADERS)
def test_every_reader_of_yaml_reads_the_texts_as_texts(loader, record):
    """What looks like a number or a truth value is in quotes; only rounds are numbers, and dates may be dates."""
    data = yaml.load(write_yaml(record), Loader=loader)
    told = [event for event in data.get("events", []) if "note" in event]

    assert [event["note"] for event in told] == [
        event.note for event in record[len(record) - len(data.get("events", [])) :] if event.note
    ]


@pytest.mark.parametrize("loader", LOADERS)
def test_a_text_that_looks_like_a_day_is_in_quotes(loader):
    """A note is a text for every reader; the date beside it may be a date."""
    source = Source(attribution="media", outlet="2025-07-21", published="2025-07-20")
    text = write_yaml(
        [
            Held(
                track="t",
                occurred="2025-07-19",
                note="2025-07-21",
                recorded=datetime(2025, 7, 21, tzinfo=UTC),
                id="e",
                sources=[source],
            )
        ]
    )
    (event,) = yaml.load(text, Loader=loader)["events"]

    assert (event["note"], event["sources"][0]["outlet"]) == ("2025-07-21", "2025-07-21")
    assert "- held: 2025-07-19\n" in text
    assert "published: 2025-07-20}" in text
