"""The canonical text of a value: the one of RFC 8785, and nothing that has no such text."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from diplostate.errors import Invalid
from diplostate.ledger.canonical import LARGEST_INT, canonical

_texts = st.text(st.characters(exclude_categories=["Cs"]))
_scalars = st.none() | st.booleans() | st.integers(-LARGEST_INT, LARGEST_INT) | _texts
_values = st.recursive(
    _scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(_texts, part, max_size=6), max_leaves=20
)


@given(_values)
def test_it_is_the_text_of_rfc_8785(value):
    """Checked against an implementation of others."""
    assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [True, None, -1], "a": ()}, '{"a":[],"b":[true,null,-1]}'),
        ({"\U00010000": 1, "\uffff": 2, "é": 3, "z": 4}, '{"z":4,"é":3,"\U00010000":1,"\uffff":2}'),
        ('\x00\x1f\x7f\b\t\n\f\r"\\/€', '"\\u0000\\u001f\x7f\\b\\t\\n\\f\\r\\"\\\\/€"'),
    ],
)
def test_keys_are_ordered_by_utf_16_and_little_is_escaped(value, text):
    """The rules that implementations get wrong."""
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (1.0, "1.0 has no canonical JSON"),
        ([2**53], "9007199254740992 has no canonical JSON"),
        (-(2**53), "-9007199254740992 has no canonical JSON"),
        ({"a": {1, 2}}, "{1, 2} has no canonical JSON"),
        ({1: "a"}, "a key is no text"),
        ("\ud800", r"'\\ud800' holds half of a character"),
        ({"\udfff": 1}, r"'\\udfff' holds half of a character"),
    ],
)
def test_what_has_no_canonical_text_is_refused(value, problem):
    """Fractions, numbers that not every reader keeps, halves of characters."""
    with pytest.raises(Invalid, match=problem):
        canonical(value)
