"""Following a ledger: the events that are there, then those that come, each once and in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Protocol, Self

from diplostate.errors import LedgerError
from diplostate.talks.events import Event

_LONGEST_SECONDS = 0.2
"""Between two looks at the ledger itself: a bell may miss something, the ledger does not."""


class Bell(Protocol):
    """What a store rings when something was appended, so that nobody need ask all the time; it promises nothing."""

    def wait(self, seconds: float) -> None:
        """Return as soon as something may have been appended since the last call, and after these seconds in any case."""
        ...

    def close(self) -> None:
        """Let go of what it holds; closing twice does no harm."""
        ...


class Notified:
    """A `Bell` within one process: of a condition that is notified of every append, and of the head of the ledger."""

    def __init__(self, appended: threading.Condition, head: Callable[[], int]) -> None:
        self._appended, self._head, self._seen = appended, head, head()

    def wait(self, seconds: float) -> None:
        """See `Bell`."""
        with self._appended:
            self._appended.wait_for(lambda: self._head() != self._seen, seconds)
            self._seen = self._head()

    def close(self) -> None:
        """There is nothing to let go of."""


class Followed(Protocol):
    """What of a ledger is needed to follow it; see `diplostate.ledger.protocol.Ledger`."""

    @property
    def head(self) -> int:
        """The position of the last event."""
        ...

    def read(self, *, after: int = 0) -> Iterator[Event]:
        """The events behind a position."""
        ...


class Subscription:
    """The events of a ledger behind a position, for one reader.

    Iterating gives every event once, in the order of positions: those that are there, then those that come, until `close` is
    called, by whatever thread. Events are read in pages of short transactions, so a slow reader is in nobody's way. Where the
    ledger cannot be read, `LedgerError` is raised; the subscription stays where it is, and can be iterated again.

    To go on in another process, keep `position` once the event is dealt with, and subscribe behind it.
    """

    def __init__(self, ledger: Followed, *, after: int, bell: Callable[[], Bell] | None) -> None:
        if after > (head := ledger.head):
            raise LedgerError(
                f"position {after} is behind the end of this ledger, which is {head}: it is another ledger, or an older copy "
                "was put in its place; read it again from the beginning, or from where the two still agree"
            )
        self._ledger, self._position = ledger, max(after, 0)
        self._is_closed = False
        self._waiting = threading.Lock()
        # Before anything is read: what is appended from here on rings, or is read.
        self._bell = None if bell is None else bell()

    @property
    def position(self) -> int:
        """That of the last event that was handed out; at first the one behind which the subscription began."""
        return self._position

    @property
    def is_live(self) -> bool:
        """Whether more can come: not where it is closed, nor where the ledger is read from log files as they stand."""
        return self._bell is not None and not self._is_closed

    def __iter__(self) -> Iterator[Event]:
        """Every event; where nothing can come any more, as from log files, it ends."""
        while self.wait():
            yield from self.pending()

    def pending(self) -> Iterator[Event]:
        """The events that are there now, without waiting for more."""
        for event in self._ledger.read(after=self._position):
            if self._is_closed:
                return
            assert event.position is not None
            self._position = event.position
            yield event

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until there is an event to be handed out.

        False after ``seconds`` (None: no limit), when the subscription is closed, and where nothing can come any more.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not self._is_closed:
            if self._ledger.head > self._position:
                return True
            left = _LONGEST_SECONDS if end is None else end - time.monotonic()
            if left <= 0 or self._bell is None:
                return False
            with self._waiting:
                if not self._is_closed:
                    self._bell.wait(min(left, _LONGEST_SECONDS))
        return False

    def close(self) -> None:
        """End it, also for a thread that waits; closing twice does no harm."""
        self._is_closed = True
        if self._bell is not None:
            with self._waiting:
                self._bell.close()

    def __enter__(self) -> Self:
        """Use it in a ``with`` block, which closes it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()
