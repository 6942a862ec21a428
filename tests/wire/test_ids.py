"""Ids: UUIDs of versions 7 and 8, as RFC 9562 has them."""

from __future__ import annotations

import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from diplostate.ledger.ids import Uuid7, uuid7, uuid8

_BEFORE_THE_END_OF_TIME = 2**48 - 2


@given(st.lists(st.integers(0, _BEFORE_THE_END_OF_TIME), min_size=1, max_size=50), st.integers())
def test_ids_ascend_whatever_the_clock_does(times, seed):
    """A clock that stands still or goes back makes no id smaller than the last."""
    clock = iter(times)
    new_id = Uuid7(clock_ms=lambda: next(clock), random=random.Random(seed).getrandbits)
    ids = [new_id() for _ in times]

    assert ids == sorted(set(ids))
    assert {(uuid.UUID(text).version, uuid.UUID(text).variant) for text in ids} == {(7, uuid.RFC_4122)}


@given(st.integers(1, _BEFORE_THE_END_OF_TIME), st.integers(0, 2**74 - 1))
def test_an_id_tells_its_millisecond(millisecond, bits):
    """The first 48 bits are the time, the others, but for version and variant, are random."""
    number = uuid.UUID(Uuid7(clock_ms=lambda: millisecond, random=lambda _: bits)()).int

    assert number >> 80 == millisecond
    assert ((number >> 64) & 0xFFF) << 62 | number & (2**62 - 1) == bits


def test_the_same_clock_and_randomness_give_the_same_ids():
    """A simulation can be had again."""
    first, again = (Uuid7(clock_ms=lambda: 1_753_092_000_000, random=random.Random(7).getrandbits) for _ in range(2))

    assert [first() for _ in range(9)] == [again() for _ in range(9)]


def test_a_full_tail_carries_into_the_time():
    """The last id of a millisecond is followed by the first of the next."""
    new_id = Uuid7(clock_ms=lambda: 5, random=lambda count: 2**count - 1)
    first, second = uuid.UUID(new_id()), uuid.UUID(new_id())

    assert (first.int >> 80, second.int >> 80) == (5, 6)
    assert second.version == 7


def test_ids_of_this_process_are_of_today_and_differ_between_threads():
    """Many threads, no id twice."""
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: uuid7(), range(2_000)))

    assert len(set(ids)) == 2_000
    assert abs((uuid.UUID(ids[0]).int >> 80) / 1_000 - time.time()) < 60


def test_a_forked_process_waits_for_no_thread_that_stayed_behind():
    """The lock that such a thread held when the process was forked would never be let go."""
    new_id = Uuid7()
    new_id._lock.acquire()
    new_id._pid = -1

    assert uuid.UUID(new_id()).version == 7


@given(st.binary(min_size=16, max_size=32))
def test_an_id_from_a_digest_keeps_its_bits(digest):
    """All of the first 16 bytes but those that say version and variant."""
    made, given_ = uuid.UUID(uuid8(digest)), int.from_bytes(digest[:16])
    kept = ~(0xF << 76 | 0b11 << 62)

    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert made.int & kept == given_ & kept
