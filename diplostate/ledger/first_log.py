"""The first log file of a new track: a head to fill in, and events to take as examples."""

from __future__ import annotations

from datetime import date

from diplostate.errors import Fault, Invalid
from diplostate.talks.rules import TRACK

_TEMPLATE = """\
# The record of one track of talks. Events are added at the end and never changed: what was wrong is retracted.
# Check it with:    diplostate validate {track}.yaml
# Read it with:     diplostate status --ledger {track}.yaml
diplostate: 1
track: {track}
title: What people call these talks
described: {today}  # when this was written
parties:  # states by their ISO 3166 alpha-3 codes
  - {{code: AAA, name: One side}}
  - {{code: BBB, name: The other side}}
  # - {{code: CCC, name: Somebody else, role: mediator}}  # or principal, host, guarantor, observer
# links:
#   - prepares: another-track  # or follows, parallels, part_of

# Take the # away where you need it. Each event says when it occurred: 2025-07-21, 2025-07, 2025-07-21T10:00Z,
# 2025-07-21/2025-07-27, 2025-07-21? and who said it. An answer is official only from a source that speaks for its party.
# events:
#   - proposed: {today}
#     by: AAA
#     to: [BBB]
#     round: 1
#     venue: Where
#     window: {today}/..
#     agenda:
#       - What is to be talked about
#     sources:
#       - {{outlet: Ministry of One side, speaker: Somebody, attribution: official, speaks_for: AAA}}
#
#   - responded: {today}
#     by: BBB
#     answer: accepted  # or acknowledged, countered, declined
#     sources:
#       - {{outlet: Ministry of the other side, attribution: official, speaks_for: BBB}}
#       - {{outlet: A newspaper, attribution: media, url: "https://example.org"}}  # or state_media, anonymous, inferred
#
#   - scheduled: {today}
#     on: {today}
#     venue: Where
#     sources:
#       - {{outlet: Ministry of One side, attribution: official, speaks_for: AAA}}
#
#   - held: {today}
#     round: 1
#     outcomes: {{What is to be talked about: discussed}}  # or raised, agreed, implemented, dropped
#     sources:
#       - {{outlet: Ministry of One side, attribution: official, speaks_for: AAA}}
#
#   - stalled: {today}
#     reason: postponed  # or suspended, cancelled, collapsed, withdrawn, lapsed
#     sources:
#       - {{outlet: Ministry of the other side, attribution: official, speaks_for: BBB}}
#
#   - noted: {today}
#     text: Whatever else is worth knowing.
#
#   - concluded: {today}
#     outcome: agreement  # or merged, terminated
#     sources:
#       - {{outlet: Joint statement, attribution: official}}
"""


def first_log(track: str, today: date) -> str:
    """A log in YAML that is valid as it is, and with all its examples; raises `Invalid` for what is no id of a track."""
    if not TRACK.fullmatch(track):
        raise Invalid([Fault(f"{track!r} is no id of a track: letters, digits, '.', '_' and '-', at most 128")])
    return _TEMPLATE.format(track=track, today=today.isoformat())
