"""Ids of events: UUIDs that ascend with time for what is recorded live, and UUIDs made from content for what is imported."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

_TAIL_BITS = 74
"""The bits of a UUIDv7 behind the time, without those that say the version and the variant."""
_STEP_BITS = 32
"""By how much, at random, the tail grows where the time did not: enough that nobody guesses the next id."""


def now_ms() -> int:
    """The time of the system, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def random_bits(count: int) -> int:
    """A whole number of this many random bits, from the operating system."""
    return int.from_bytes(os.urandom((count + 7) // 8)) >> (-count % 8)


class Uuid7:
    """Makes UUIDv7 texts (RFC 9562) that only ever ascend, from several threads too and when the clock goes back.

    ``clock_ms`` gives milliseconds since 1970, ``random`` a whole number of so many random bits, as
    ``random.Random(seed).getrandbits`` does; with both of your own, the ids can be had again.
    """

    def __init__(self, *, clock_ms: Callable[[], int] = now_ms, random: Callable[[int], int] = random_bits) -> None:
        self._clock_ms, self._random = clock_ms, random
        self._last = 0
        self._lock, self._pid = threading.Lock(), os.getpid()

    def __call__(self) -> str:
        """The next id."""
        if self._pid != os.getpid():  # forked, perhaps while a thread that is not here held the lock
            self._lock, self._pid = threading.Lock(), os.getpid()
        with self._lock:
            fresh = self._clock_ms() << _TAIL_BITS
            if fresh >> _TAIL_BITS > self._last >> _TAIL_BITS:
                self._last = fresh | self._random(_TAIL_BITS)
            else:
                # A full tail carries into the time, which then runs ahead of the clock by a millisecond.
                self._last += 1 + self._random(_STEP_BITS)
            return _text(self._last >> 62, self._last, version=7)


uuid7 = Uuid7()
"""The next UUIDv7 of this process."""


def uuid8(digest: bytes) -> str:
    """A UUIDv8 text (RFC 9562) from the first 16 bytes of a digest."""
    number = int.from_bytes(digest[:16])
    return _text((number >> 80) << 12 | number >> 64 & 0xFFF, number, version=8)


def _text(upper: int, lower: int, *, version: int) -> str:
    """The UUID of 60 bits before and 62 bits behind the places where version and variant stand."""
    high = (upper >> 12) << 16 | version << 12 | upper & 0xFFF
    low = 0b10 << 62 | lower & (1 << 62) - 1
    digits = f"{high:016x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
