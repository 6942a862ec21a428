"""What all tests share: the seeds, how random records are tried, and at the end which capabilities ran how many tests."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from support import CAPABILITIES, SEEDS, asked

from diplostate import wiring
from diplostate.ledger.transfer import files_of, import_log, read_logs

# How long an example takes says more about the machine than about the product; what must be fast is measured elsewhere.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=50, **_PATIENT)
settings.register_profile("ci", max_examples=2000, **_PATIENT)
# A mutant is dead at the first example that fails; to look for a smaller one takes minutes.
settings.register_profile("mutants", max_examples=20, derandomize=True, phases=(Phase.explicit, Phase.generate), **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Workers share the cores, and threads of numpy that wait for each other cost more than the small systems that they solve.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

OUTCOMES = ("passed", "failed", "skipped", "error")


@pytest.fixture(scope="session")
def seeds():
    """The seeds as a ledger, to be read only."""
    with wiring.open(SEEDS) as ledger:
        yield ledger


@pytest.fixture
def talks(tmp_path):
    """A SQLite ledger that holds the seeds."""
    path = tmp_path / "talks.sqlite"
    with wiring.open(path) as ledger:
        import_log(ledger, read_logs(files_of([SEEDS])))
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    # By way of the report, for that is what a parallel worker sends home.
    report = yield
    if report.when == "call" or not report.passed:
        report.user_properties += [("requires", capability) for capability in sorted(asked())]
    return report


def pytest_terminal_summary(terminalreporter):
    counts: Counter[tuple[str, str]] = Counter()
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            said = getattr(report, "user_properties", ())
            counts.update((value, outcome) for name, value in dict.fromkeys(map(tuple, said)) if name == "requires")
    for capability in CAPABILITIES:
        told = [f"{counts[capability, outcome]} {outcome}" for outcome in OUTCOMES if counts[capability, outcome]]
        terminalreporter.write_line(f"capability {capability}: {', '.join(told) or 'no test asked for it'}")
