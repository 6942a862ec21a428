"""Single keys from the terminal, without waiting for the end of a line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Wait = Callable[[float | None], str]
"""The key that is pressed within so many seconds (None: without end), or nothing."""


if sys.platform == "win32":  # pragma: no cover  # the tests run elsewhere

    @contextmanager
    def keys() -> Iterator[Wait]:
        """What waits for a key."""
        import msvcrt

        def wait(seconds: float | None) -> str:
            end = None if seconds is None else time.monotonic() + seconds
            while end is None or time.monotonic() < end:
                if msvcrt.kbhit():
                    return msvcrt.getwch()
                time.sleep(0.02)
            return ""

        yield wait

else:

    @contextmanager
    def keys() -> Iterator[Wait]:
        """What waits for a key; the terminal is left as it was found."""
        import select
        import termios
        import tty

        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)

        def wait(seconds: float | None) -> str:
            ready, _, _ = select.select([terminal], [], [], seconds)
            # The keys with arrows send several characters at once.
            return os.read(terminal, 16).decode(errors="replace") if ready else ""

        try:
            tty.setcbreak(terminal, termios.TCSANOW)  # without it, keys that were pressed before would be lost
            yield wait
        finally:
            termios.tcsetattr(terminal, termios.TCSANOW, before)
