"""How tests run the command: within this process, on a fixed day, against ledgers of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from click.testing import CliRunner

from diplostate.cli import session
from diplostate.cli.app import app

TODAY = datetime(2025, 7, 22, 9, 30, tzinfo=UTC)


@attrs.frozen
class Run:
    """What a run of the command came to."""

    code: int
    out: str
    err: str
    error: BaseException | None


@pytest.fixture(autouse=True)
def _on_this_day(monkeypatch):
    """It is the morning of 22 July 2025, and nothing in the environment names a ledger or a colour."""
    monkeypatch.setattr(session, "present", lambda: TODAY)
    for name in ("DIPLOSTATE_LEDGER", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run():
    """Runs the command with these arguments."""

    def run(*args, env=None):
        result = CliRunner(env=env).invoke(app, [str(arg) for arg in args])
        return Run(result.exit_code, result.stdout, result.stderr, result.exception)

    return run


@pytest.fixture
def record(run, talks):
    """Runs a command that writes into the ledger of the seeds; it must go well."""

    def record(*args):
        result = run(*args, "--ledger", talks)
        assert result.code == 0, result.err
        return result

    return record
