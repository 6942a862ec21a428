"""What each field and each word of a log means, in a sentence: for editors, and for whoever asks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from enum import StrEnum

from diplostate.talks.sources import Attribution
from diplostate.talks.words import Answer, ItemOutcome, Outcome, Relation, Role, StallReason, Tier

FIELDS: Mapping[str, str] = {
    # the head of a log
    "diplostate": "The version of the format in which the log is written.",
    "track": "The id of the talk track: letters, digits, '.', '_' and '-'.",
    "title": "What people call the track.",
    "described": "When the track was described so; by default the earliest day of any event in the file.",
    "parties": "Who takes part. Where parties are declared, no other may act.",
    "links": "Other tracks to which this one is related.",
    "events": "What happened, one event after the other: a new one is added at the end.",
    # every event
    "kind": "What kind of event it is.",
    "occurred": "When it occurred, as precisely as it is known (EDTF).",
    "sources": "Who said it, and how. Every event that moves the talks has at least one.",
    "note": "Anything worth knowing.",
    "hypothetical": "Whether it is put on a branch, or simulated, and no fact: a record of facts refuses it.",
    "id": "A name for the event, needed where another one speaks of it. Left out, it is derived from the content.",
    "recorded": "When the record learned of it, as an instant such as 2025-07-21T10:00:00Z.",
    "version": "The place of the event in its track, from 1.",
    "position": "The place of the event in the ledger, from 1.",
    "hash": "The SHA-256 of what the line says: a line that was changed no longer fits it.",
    # what is proposed
    "round": "The number of the round of talks, from 1.",
    "venue": "Where.",
    "window": "When the talks should take place (EDTF).",
    "level": "At which level: leaders, ministers, experts.",
    "tier": "The official level that diplomats call Track I, 1.5 or II.",
    "format": "In which format: direct, indirect, four-way.",
    "agenda": "What should be talked about, item by item.",
    "respond_by": "By when an answer is asked for (EDTF).",
    # the other kinds
    "by": "The party that acts, by its code.",
    "to": "The parties that are addressed, by their codes.",
    "responded.to": "The party whose proposal is answered; left out, the open one is meant.",
    "noted.by": "The party that speaks, by its code.",
    "answer": "What the party says to the proposal.",
    "conditions": "On which conditions it says so.",
    "on": "When the meeting is to take place (EDTF).",
    "host": "Who hosts the meeting.",
    "heads": "Who leads the delegation of each party: code and name.",
    "until": "The last day of the meeting; '..' while it lasts.",
    "absent": "The parties that stayed away, by their codes.",
    "outcomes": "How far each item of the agenda came.",
    "agreement": "Where to find what was agreed.",
    "reason": "Why the talks do not move.",
    "retracted.reason": "What was wrong with it.",
    "outcome": "How the track ended.",
    "into": "The track into which this one was merged.",
    "text": "What was said.",
    "confirms": "The id of an earlier event that this confirms: its sources count for that event too.",
    "denies": "The id of an earlier event that this denies.",
    "retracts": "The id of the earlier event that was recorded in error.",
    # a source
    "attribution": "How the source stands to what it tells.",
    "outlet": "Who published it.",
    "speaker": "Who said it.",
    "speaks_for": "The party in whose name the source speaks. An answer is official only where an official source "
    "speaks for the party that answers.",
    "url": "Where it can be read.",
    "published": "When it was published (EDTF).",
    "reliability": "How reliable the source is, A to F (Admiralty grade).",
    "credibility": "How credible the information is, 1 to 6 (Admiralty grade).",
    "grade": "The Admiralty grade in short: B2 is reliability B and credibility 2.",
    # a party
    "code": "Its code: ISO 3166-1 alpha-3 where one exists, CAMEO actor codes otherwise.",
    "name": "What people call it.",
    "role": "What it is to the talks.",
}
"""What each field says; ``kind.field`` where a field says something else in one kind of event."""

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Answer: {
        "acknowledged": "It has received the proposal; it decides nothing and takes nothing back.",
        "accepted": "It agrees.",
        "countered": "It proposes something else instead.",
        "declined": "It refuses.",
    },
    StallReason: {
        "postponed": "Put off to a later day.",
        "suspended": "Stopped for the time being.",
        "cancelled": "A meeting that was set will not take place.",
        "collapsed": "Broken down.",
        "withdrawn": "A proposal was taken back by the party that made it.",
        "lapsed": "Nothing came of it in time.",
    },
    Outcome: {
        "agreement": "An agreement was reached.",
        "merged": "The talks go on in another track.",
        "terminated": "The talks were ended.",
    },
    ItemOutcome: {
        "raised": "Brought up.",
        "discussed": "Talked about.",
        "agreed": "Agreed upon.",
        "implemented": "Carried out.",
        "dropped": "Given up.",
    },
    Attribution: {
        "official": "An authorised representative, on the record.",
        "state_media": "A medium that a state owns or steers.",
        "media": "Any other medium, in its own name.",
        "anonymous": "A medium that cites unnamed sources.",
        "inferred": "A coder, a rule or a program.",
    },
    Role: {
        "principal": "It talks for itself.",
        "mediator": "It helps the others to agree.",
        "host": "It offers the place.",
        "guarantor": "It stands for what is agreed.",
        "observer": "It is present.",
    },
    Relation: {
        "prepares": "This track prepares the other.",
        "follows": "This track follows the other.",
        "parallels": "Both go on side by side.",
        "part_of": "This track is a part of the other.",
    },
    Tier: {"1": "Officials.", "1.5": "Officials and others, in an unofficial role.", "2": "No officials."},
}
"""What each word of an enumeration means."""


def field_help(name: str, kind: str = "") -> str:
    """What a field says, in this kind of event."""
    return FIELDS.get(f"{kind}.{name}") or FIELDS[name]


def class_help(cls: type) -> str:
    """What a class stands for: the first paragraph of its docstring."""
    paragraph = (inspect.getdoc(cls) or cls.__name__).partition("\n\n")[0]
    return re.sub(r"``(.+?)``", r"'\1'", " ".join(paragraph.split()))
