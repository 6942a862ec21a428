"""The package is a command too."""

import subprocess
import sys


def test_python_m_is_the_command():
    """For those whose PATH does not lead to the script."""
    done = subprocess.run([sys.executable, "-m", "diplostate", "--version"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("diplostate, version ")


def test_exit_codes_are_those_of_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "diplostate", "status", "--ledger", "nowhere.sqlite"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "nowhere.sqlite" in done.stderr
