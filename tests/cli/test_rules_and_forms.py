"""``machine`` and ``schema``: what the product is made of, shown to people, editors and other programs."""

from __future__ import annotations

import json

import pytest

from diplostate.reports.schema import SCHEMAS, schema


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("plain", "PHASE      PROPOSED"),
        ("md", "| phase ↓ symbol → |"),
        ("mermaid", "stateDiagram-v2"),
        ("dot", "digraph talks {"),
        ("json", "{"),
        ("csv", "source,symbol,match,target,rule"),
    ],
)
def test_the_machine_is_had_in_every_form_without_a_ledger(run, form, beginning):
    result = run("machine", "--format", form)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(beginning)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_written_to_stdout_or_into_a_file(run, tmp_path, name):
    result = run("schema", name)
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == schema(name)

    file = tmp_path / "a.schema.json"
    result = run("schema", name, "--output", file)
    assert (result.code, result.out, result.err) == (0, "", f"Written: {file}\n")
    assert json.loads(file.read_text("utf-8")) == schema(name)


def test_it_is_the_schema_of_a_log_unless_asked_otherwise(run):
    assert run("schema").out == run("schema", "log").out


def test_a_file_that_is_there_is_kept(run, tmp_path):
    file = tmp_path / "a.schema.json"
    file.write_text("mine")
    assert run("schema", "--output", file).code == 1
    assert file.read_text() == "mine"
    assert run("schema", "--output", file, "--overwrite").code == 0


def test_slips_are_told(run):
    assert "did you mean 'event'?" in run("schema", "events").err
    result = run("schema", "--format", "md")
    assert (result.code, result.out) == (2, "")
    assert run("machine", "--format", "svg").code == 2
