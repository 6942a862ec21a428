"""The command as a process of its own: what it imports, what it writes into pipes and terminals, and how it is interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reports.golden import FOLDER
from support import SEEDS

COMMAND = [sys.executable, "-m", "diplostate"]
EVENING = ["--ledger", str(SEEDS), "--as-of", "2025-07-21"]
HEAVY = {"rich", "structlog", "hypothesis", "asyncio", "cattrs", "yaml", "jinja2", "duckdb"}
on_unix = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are a thing of Unix")


def start(*args, **env):
    return subprocess.run([*COMMAND, *map(str, args)], capture_output=True, env={**_clean(), **env}, timeout=120)


def _clean():
    return {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES", "DIPLOSTATE_LEDGER")
    }


def in_terminal(*args, columns=80, **env):
    """What the command writes to a terminal of this width, errors included."""
    import fcntl
    import pty
    import struct
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            os.execve(sys.executable, [*COMMAND, *map(str, args)], {**_clean(), "TERM": "xterm-256color", **env})
        finally:
            os._exit(1)
    written = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        written += piece
    os.waitpid(pid, 0)
    os.close(terminal)
    return written.decode().replace("\r\n", "\n")


@pytest.fixture
def imported(talks):
    """Runs the command on a SQLite ledger and gives the heavy modules that it imported."""

    def imported(*args):
        code = (
            "import sys\nfrom diplostate.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n"
            f"    print(end.code, *sorted({HEAVY} & set(sys.modules)), file=sys.stderr)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, *args, "--ledger", str(talks)], capture_output=True, timeout=120)
        return done.stderr.decode().split()

    return imported


@pytest.mark.parametrize("form", ["plain", "table", "json", "csv", "md"])
def test_a_piped_status_imports_nothing_heavy(imported, form):
    assert imported("status", "--format", form) == ["0"]


def test_reading_with_cuts_a_log_and_its_reasons_import_nothing_heavy(imported):
    assert imported("status", "--as-of", "2025-07-21", "--evidence", "B2") == ["0"]
    assert imported("log", "ukr-rus-turkiye") == ["0"]
    assert imported("why", "ukr-rus-turkiye") == ["0"]
    assert imported("--help") == ["0"]


def test_structlog_is_imported_when_something_is_logged(imported):
    assert "structlog" in imported("status", "-v")


def test_the_package_costs_no_more_than_attrs():
    code = "import sys, diplostate.cli; sys.exit('click' in sys.modules or 'attrs' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_shell_completes_commands_options_and_values():
    complete = lambda words: start(_DIPLOSTATE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" ")))  # noqa: E731
    assert b"plain,status" in complete("diplostate st").stdout
    assert b"plain,--as-of" in complete("diplostate status --as").stdout
    assert b"plain,pending" in complete("diplostate status --phase p").stdout


# Pipes.


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1"}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
)
def test_a_pipe_gets_utf8_without_colour_whatever_the_locale(locale):
    done = start("status", *EVENING, TERM="xterm-256color", **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (FOLDER / "status.txt").read_bytes()


def test_arguments_that_are_no_text_are_told_without_a_traceback():
    name = os.fsdecode(b"\xff\xfe")
    done = start("log", name, *EVENING)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


@on_unix
def test_a_reader_that_has_gone_is_no_error():
    many = " ".join([*COMMAND, "log", "ukr-rus-turkiye", *EVENING, "--format", "json"])
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {many} | head -c 10"], capture_output=True, timeout=120)
    assert (done.stdout, done.stderr) == (b'{\n  "schem', b"")


@on_unix
def test_a_pipe_that_is_closed_ends_quietly():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([*COMMAND, "status", *EVENING], stdout=write_end, stderr=subprocess.PIPE, timeout=120)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


@on_unix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
def test_a_full_disk_is_told_in_a_line():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, "status", *EVENING], stdout=full, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


# Terminals.


@on_unix
def test_a_terminal_gets_colour_that_says_nothing_that_the_words_do_not():
    import re

    written = in_terminal("status", *EVENING)
    assert "\x1b[" in written
    plain = re.sub(r"\x1b\[[0-9;]*m", "", written)
    expected = (FOLDER / "status.txt").read_text("utf-8")
    assert [line.rstrip() for line in plain.splitlines()] == expected.splitlines()


@on_unix
@pytest.mark.parametrize(
    ("args", "env"), [((), {"NO_COLOR": "1"}), (("--no-color",), {}), ((), {"TERM": "dumb"}), (("--format", "json"), {})]
)
def test_a_terminal_gets_no_colour_where_something_speaks_against_it(args, env):
    assert "\x1b[" not in in_terminal("status", *EVENING, *args, **env)


@on_unix
def test_a_table_is_wrapped_into_a_terminal():
    written = in_terminal("status", *EVENING, "--format", "table", columns=60, NO_COLOR="1")
    assert max(map(len, written.splitlines())) <= 60
    assert "usa-ukr-air-defence-drones" in written


@on_unix
def test_text_is_fitted_to_the_terminal():
    assert in_terminal("status", *EVENING, columns=200, NO_COLOR="1") == (FOLDER / "status-wide.txt").read_text("utf-8")


@on_unix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption_leaves_with_130_and_no_traceback(tmp_path, name):
    import signal

    fifo = tmp_path / "slow.yaml"
    os.mkfifo(fifo)
    process = subprocess.Popen([*COMMAND, "validate", str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    writer = os.open(fifo, os.O_WRONLY)  # returns when the command has opened the file for reading
    process.send_signal(signal.Signals[name])
    _, err = process.communicate(timeout=60)
    os.close(writer)
    assert process.returncode == 130
    assert b"Traceback" not in err


@on_unix
def test_the_log_goes_to_stderr_and_never_into_a_report(talks):
    done = start("status", "--ledger", talks, "--as-of", "2025-07-21", "-v")
    assert done.stdout == (FOLDER / "status.txt").read_bytes()
    assert b'event="ledger opened"' in done.stderr
    assert b"level=info" in done.stderr
