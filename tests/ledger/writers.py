"""Processes that write: started fast, by forking one that has imported everything, so that hundreds of them can be killed."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import diplostate
from diplostate.errors import LedgerError, VersionConflict
from diplostate.testing.conformance import held

LARGEST = 5
"""Events in a batch."""


def named(writer, number, size):
    """A batch over two tracks; each id says of what batch it is, and how many it has."""
    ids = [f"{writer}:{number}:{place}:{size}" for place in range(size)]
    return [held("2025-07-20", id=name, track=("shared", writer)[place % 2]) for place, name in enumerate(ids)]


def write_until_killed(url, writer, said):
    """Append batches, and say after each that it is kept."""
    with diplostate.open(url) as ledger:
        _write_batches(writer, said, ledger.append)


def write_whatever_comes(url, writer, said):
    """The same; where anything goes wrong, the same batch with the same ids is appended again."""
    with _again(diplostate.open, url) as ledger:
        _write_batches(writer, said, functools.partial(_again, ledger.append))


def _again(work, *arguments, **options):
    while True:
        with contextlib.suppress(LedgerError):
            return work(*arguments, **options)
        time.sleep(0.01)


def _write_batches(writer, said, append):
    chance = random.Random(writer)
    for number in range(1_000_000):
        size = chance.randint(1, LARGEST)
        stored = append(named(writer, number, size), strict=False)
        os.write(said, "".join(f"{event.id} {event.position}\n" for event in stored).encode())


def write_in_turn(url, writer, said, appends, tracks):
    """Append to tracks to which others append too, each time where one saw that it stands; again where it moved on."""
    chance = random.Random(writer)
    with diplostate.open(url) as ledger:
        for number in range(int(appends)):
            track, tries = f"t{chance.randrange(int(tracks))}", 0
            while True:
                version, tries = ledger.version(track), tries + 1
                event = held("2025-07-20", id=f"{writer}:{number}", track=track)
                with contextlib.suppress(VersionConflict):
                    (stored,) = ledger.append([event], expected_version={track: version}, strict=False)
                    break
            assert stored.version == version + 1
            os.write(said, f"{stored.id} {stored.position} {tries}\n".encode())


def follow(url, reader, said):
    """Say every event, from the last one on that was said before, whatever comes; until killed."""
    while True:
        with contextlib.suppress(LedgerError), _followed(url, _last_said(said)) as feed:
            for event in feed:
                os.write(said, f"{event.id} {event.position}\n".encode())
        time.sleep(0.01)


@contextlib.contextmanager
def _followed(url, after):
    with diplostate.open(url, create=False) as ledger, ledger.subscribe(after=after) as feed:
        yield feed


def _last_said(said):
    """The position in the last line; a line that was not ended is taken away."""
    whole, _, _ = os.pread(said, os.fstat(said).st_size, 0).rpartition(b"\n")
    os.ftruncate(said, len(whole) + 1 if whole else 0)
    return int(whole.rpartition(b" ")[2] or 0)


WORK = {work.__name__: work for work in (write_until_killed, write_whatever_comes, write_in_turn, follow)}


class Nursery:
    """Starts writers; what each said is in a file of its name, and outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._errors = (folder / "errors").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )

    def start(self, work, url, writer, *arguments) -> int:
        """The id of the new process."""
        self._process.stdin.write("\t".join([work, url, writer, str(self.folder / writer), *map(str, arguments)]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def said(self, writer) -> list[list[str]]:
        """What a writer said, in words; a line that it did not end was not said."""
        with contextlib.suppress(FileNotFoundError):
            return [line.split() for line in (self.folder / writer).read_text("utf-8").split("\n")[:-1]]
        return []

    def close(self) -> str:
        """Wait for the nursery; everything that went wrong in it."""
        self._process.communicate()
        with self._errors:
            self._errors.seek(0)
            return self._errors.read().decode()


def is_alive(pid) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def wait_for(pids) -> None:
    """Until all of them are gone."""
    for pid in pids:
        while is_alive(pid):
            time.sleep(0.002)


def main() -> None:
    """Fork a writer for each line that comes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        work, url, writer, path, *arguments = line.rstrip("\n").split("\t")
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            said = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
            WORK[work](url, writer, said, *arguments)
            return
        print(pid, flush=True)


if __name__ == "__main__":
    # Loaded once, for all that are forked.
    import diplostate.ledger.sqlite

    with contextlib.suppress(diplostate.errors.MissingExtra):
        import diplostate.ledger.postgres
    main()
