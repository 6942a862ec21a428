"""At the end of a run, which capabilities ran how many tests."""

from __future__ import annotations

from collections import Counter

import pytest
from support import CAPABILITIES, asked

OUTCOMES = ("passed", "failed", "skipped", "error")


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
