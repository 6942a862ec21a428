"""A record as columns: what engines fold of them is what the reference makes of the record, at every moment."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support_replay import as_told, folded

from diplostate.replay.columns import track_rows
from diplostate.talks.fold import reduce
from diplostate.testing.strategies import FIRST_DAY, TRACK, logs

CUTS = st.none() | st.integers(-1, 40).map(lambda ahead: FIRST_DAY + timedelta(days=ahead))
EVIDENCE = st.sampled_from(["official", "reported"])


@given(logs(max_size=16), CUTS, EVIDENCE)
def test_the_columns_of_any_record_fold_to_its_status(record, as_of, evidence):
    """With notes that confirm and deny, late recordings, leaks, answers to nothing: on any day, on both evidences."""
    found = track_rows(TRACK, record)

    assert found.unfolded or folded(found, as_of, evidence) == as_told(reduce(record, as_of=as_of, evidence=evidence))
