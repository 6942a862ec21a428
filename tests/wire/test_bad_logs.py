"""Broken logs, each wrong in its own way, and what is said about it: every fault at once, with file, line and column."""

from __future__ import annotations

import json

import pytest
import yaml
from support import require

from diplostate.errors import InvalidLog
from diplostate.ledger import yaml_nodes
from diplostate.ledger.logfile import read_log

NO_DATE = (
    "is not a date: write YYYY, YYYY-MM, YYYY-MM-DD, a time as YYYY-MM-DDThh:mmZ, or an interval FROM/TO (EDTF levels 0 and 1)"
)
KINDS = "proposed, responded, scheduled, held, stalled, concluded, described, noted, retracted"
REASONS = "postponed, suspended, cancelled, collapsed, withdrawn, lapsed"
ATTRIBUTIONS = "official, state_media, media, anonymous, inferred"
LEAVE_OUT = "leave the field out where there is nothing to say"
NO_TRACK = "is not a track id: letters, digits, '.', '_' and '-', at most 128"
NO_PARTY = "is not a party code: capital letters, digits and '-', as in RUS"
NO_INSTANT = "is not an instant: write YYYY-MM-DDThh:mm:ssZ, with Z or an offset such as +03:00"
NO_ID = "is not an event id: letters, digits and . _ - : / # @ +, at most 128"
REPEATED = "take it out, or give it an id of its own if it happened twice"
HEAD_FIELDS = "diplostate, track, hypothetical, title, described, id, recorded, parties, links, sources, note, events"
HELD_FIELDS = "sources, note, id, recorded, until, venue, round, absent, outcomes, agreement"
AFTER = "an event is what has been made public by then"
UTF8 = "is not UTF-8: save the file as UTF-8"
NO_JSON = "is not JSON here: one event on each line, its names and texts in double quotes"

HEAD = "diplostate: 1\ntrack: t\n"
SOURCE = "    sources: [{outlet: A, attribution: official, speaks_for: RUS}]\n"
P, R = "proposed: 2025-07-19", "responded: 2025-07-21"


def log(*events, head=HEAD):
    return head + "events:\n" + "".join(events)


def event(first="held: 2025-07-21", *more, source=True):
    return "  - " + "\n    ".join([first, *more]) + "\n" + (SOURCE if source else "")


YAML = {
    # the head
    "an_empty_file": ("", ["1:1: holds no log: begin it with 'diplostate: 1', then name its track"]),
    "nothing_but_comments": ("# nothing yet\n", ["1:1: holds no log: begin it with 'diplostate: 1', then name its track"]),
    "a_list_at_the_top": (
        "- proposed: 2025-07-19\n",
        ["1:1: a log is a mapping: begin it with 'diplostate: 1', then name its track"],
    ),
    "a_text_at_the_top": ("a log\n", ["1:1: a log is a mapping: begin it with 'diplostate: 1', then name its track"]),
    "no_version_of_the_format": (
        "track: t\nevents:\n" + event(),
        ["1:1: does not say the version of its format: begin it with 'diplostate: 1'"],
    ),
    "a_newer_version_of_the_format": (
        "diplostate: 2\ntrack: t\nevents:\n" + event("promised: 2025-07-21"),
        ["1:13: was written by a newer diplostate, in format 2: this one reads format 1, upgrade it"],
    ),
    "a_version_that_never_was": (
        "diplostate: 1.0\ntrack: t\nevents:\n" + event(),
        ["1:13: '1.0' is no version of the format: write 1"],
    ),
    "an_empty_version": ("diplostate:\ntrack: t\nevents:\n" + event(), ["1:12: this is no version of the format: write 1"]),
    "no_track": (
        "diplostate: 1\nevents:\n" + event() + event("held: 2025-07-22"),
        ["1:1: does not name its track: add 'track: ID'"],
    ),
    "a_track_with_a_space": (
        log(event(), event("held: 2025-07-22"), head="diplostate: 1\ntrack: our talks\n"),
        [f"2:8: 'our talks' {NO_TRACK}"],
    ),
    "a_track_that_is_a_list": (log(event(), head="diplostate: 1\ntrack: [t]\n"), ["2:8: expected a text, found a list"]),
    "an_unknown_field_of_the_head": (
        log(event(), head=HEAD + "titel: Talks\npartys: []\nmood: good\n"),
        [
            "3:1: 'titel' is no field of the head; did you mean 'title'?",
            "4:1: 'partys' is no field of the head; did you mean 'parties'?",
            f"5:1: 'mood' is no field of the head: it has {HEAD_FIELDS}",
        ],
    ),
    "an_event_in_the_head": (
        HEAD + "proposed: 2025-07-19\nevents:\n" + event(),
        ["3:1: 'proposed' is no field of the head: events stand in the list 'events', each behind a '-'"],
    ),
    "events_that_are_no_list": (HEAD + "events: none\n", ["3:9: expected the list of events, each behind a '-'"]),
    "events_without_anything": (HEAD + "title: Talks\nevents:\n", ["4:8: expected the list of events, each behind a '-'"]),
    "neither_events_nor_a_description": (
        HEAD,
        ["1:1: tells nothing: add 'events', or what the track is and on which day that was 'described'"],
    ),
    "a_title_alone": (
        HEAD + "title: Talks\n",
        ["1:1: tells nothing: add 'events', or what the track is and on which day that was 'described'"],
    ),
    "a_described_without_date": (log(event(), head=HEAD + "described: soon\n"), [f"3:12: 'soon' {NO_DATE}"]),
    "a_role_misspelt": (
        log(
            event("held: 2025-07-21", "absent: [XXX]"),
            head=HEAD + "parties:\n  - {code: RUS, role: hots}\n  - {name: Ukraine}\n  - TUR\n",
        ),
        [
            "4:23: 'hots' is none of principal, mediator, host, guarantor, observer; did you mean 'host'?",
            "5:5: a party needs 'code'",
            "6:5: expected a party as a mapping, found 'TUR'",
        ],
    ),
    "a_party_declared_twice": (
        log(event(), head=HEAD + "parties: [{code: RUS}, {code: rus}, {code: RUS}]\n"),
        [f"3:31: 'rus' {NO_PARTY}; did you mean 'RUS'?", "3:44: RUS is declared twice"],
    ),
    "links_of_no_kind": (
        log(event(), head=HEAD + "links:\n  - prepare: x\n  - {prepares: x, follows: y}\n  - prepares:\n  - x\n"),
        [
            "4:5: 'prepare' is none of prepares, follows, parallels, part_of; did you mean 'prepares'?",
            "5:5: a link has one relation (prepares, follows, parallels, part_of) and its track; this one has 2",
            f"6:14: is empty where a text is expected: {LEAVE_OUT}",
            "7:5: expected a link as in {prepares: TRACK}, found 'x'",
        ],
    ),
    "links_to_nowhere": (
        log(event(), head=HEAD + "links:\n  - prepares: a b\n  - part_of: t\n"),
        [f"4:15: 'a b' {NO_TRACK}", "5:14: a track cannot be linked to itself"],
    ),
    # which event
    "no_kind": (log(event("by: UKR", "to: [RUS]")), [f"4:5: does not say its kind: begin with one of {KINDS}, and its date"]),
    "a_kind_misspelt": (
        log(event("propsed: 2025-07-19", "by: UKR", "to: [RUS]")),
        ["4:5: 'propsed' is no kind of event; did you mean 'proposed'?"],
    ),
    "two_kinds_in_one_event": (
        log(event(P, "by: UKR", "to: [RUS]", R, "held: 2025-07-23")),
        [
            "7:5: two kinds in one event, 'proposed' and 'responded': begin a new event with '-'",
            "8:5: two kinds in one event, 'proposed' and 'held': begin a new event with '-'",
        ],
    ),
    "an_event_that_is_a_text": (
        log("  - held\n", "  - [held]\n", "  -\n"),
        [
            "4:5: expected an event, as in '- proposed: 2025-07-19' with its fields below",
            "5:5: expected an event, as in '- proposed: 2025-07-19' with its fields below",
            "6:4: expected an event, as in '- proposed: 2025-07-19' with its fields below",
        ],
    ),
    "fields_of_the_other_form": (
        log(
            event(
                "held: 2025-07-21",
                "kind: held",
                "occurred: 2025-07-21",
                "track: t",
                "version: 1",
                "position: 1",
                "hash: x",
                "recorded: 2025-07-21T10:00:00Z",
            )
        ),
        [
            "5:5: in YAML the kind is the name of the field that holds the date, as in 'proposed: 2025-07-19'",
            "6:5: in YAML the date stands behind the kind, as in 'proposed: 2025-07-19'",
            "7:5: the track is named once, in the head",
            "8:5: a version is the place in the track: in YAML the order of the events says it",
            "9:5: a position is the place in a ledger, which a YAML log does not tell",
            "10:5: a hash is for the lines of JSON",
        ],
    ),
    # which fields
    "a_field_misspelt": (
        log(event(P, "by: UKR", "too: [RUS]", "vanue: Geneva")),
        [
            "4:5: a 'proposed' event needs 'to'",
            "6:5: 'too' is no field of a 'proposed' event; did you mean 'to'?",
            "7:5: 'vanue' is no field of a 'proposed' event; did you mean 'venue'?",
        ],
    ),
    "a_field_of_another_kind": (
        log(event("held: 2025-07-21", "answer: accepted")),
        [f"5:5: 'answer' is no field of a 'held' event: it has {HELD_FIELDS}"],
    ),
    "fields_missing": (
        log(event(P), event(R)),
        [
            "4:5: a 'proposed' event needs 'by'",
            "4:5: a 'proposed' event needs 'to'",
            "6:5: a 'responded' event needs 'answer'",
            "6:5: a 'responded' event needs 'by'",
        ],
    ),
    "a_source_without_attribution": (
        log(event(source=False) + "    sources:\n      - outlet: A\n      - {attribution: offical, outlt: A}\n      - A\n"),
        [
            "6:9: a source needs 'attribution'",
            "7:23: 'offical' is none of official, state_media, media, anonymous, inferred; did you mean 'official'?",
            "7:32: 'outlt' is no field of a source; did you mean 'outlet'?",
            "8:9: expected a source as a mapping, found 'A'",
        ],
    ),
    "no_sources": (
        log(
            event(source=False),
            event("noted: 2025-07-21", "text: x", source=False),
            event("described: 2025-07-21", "title: y", source=False),
        ),
        ["4:5: a 'held' event needs at least one source: add 'sources'"],
    ),
    "sources_that_are_no_list": (
        log(event("held: 2025-07-21", "sources: {outlet: A, attribution: media}", source=False)),
        ["5:14: expected a list, found a mapping"],
    ),
    "a_source_that_is_nobody": (
        log(event("held: 2025-07-21", "sources: [{attribution: media}, {attribution: media, url: 'ftp://x'}]", source=False)),
        [
            "5:15: does not say who: name an outlet, a speaker or a url",
            "5:63: 'ftp://x' is not a web address: it begins with https:// or http://",
        ],
    ),
    "grades": (
        log(
            event(
                "held: 2025-07-21",
                "sources:",
                "  - {outlet: A, attribution: media, grade: G1}",
                "  - {outlet: A, attribution: media, grade: B2, credibility: 2}",
                "  - {outlet: A, attribution: media, credibility: two}",
                source=False,
            )
        ),
        [
            "6:48: expected a grade from A1 to F6, found 'G1'",
            "7:48: says again what 'reliability' and 'credibility' say: leave one of them out",
            "8:54: expected a whole number, found 'two'",
        ],
    ),
    "grades_that_nobody_gives": (
        log(
            event(
                "held: 2025-07-21", "sources: [{outlet: A, attribution: media, reliability: H, credibility: 7}]", source=False
            )
        ),
        ["5:60: 'H' is no reliability: A to F", "5:76: 7 is no credibility: 1 to 6"],
    ),
    # which values
    "words_misspelt": (
        log(
            event(R, "by: RUS", "answer: acepted"),
            event("stalled: 2025-07-22", "reason: postponded"),
            event("concluded: 2025-07-23", "outcome: peace"),
            event("held: 2025-07-23", "outcomes: {prisoners: agred}"),
            event(P, "by: UKR", "to: [RUS]", "tier: 1.6"),
        ),
        [
            "6:13: 'acepted' is none of acknowledged, accepted, countered, declined; did you mean 'accepted'?",
            f"9:13: 'postponded' is none of {REASONS}; did you mean 'postponed'?",
            "12:14: 'peace' is none of agreement, merged, terminated",
            "15:27: 'agred' is none of raised, discussed, agreed, implemented, dropped; did you mean 'agreed'?",
            "20:11: '1.6' is none of 1, 1.5, 2; did you mean '1.5'?",
        ],
    ),
    "a_list_that_is_a_text": (
        log(event(P, "by: UKR", "to: RUS"), event("held: 2025-07-21", "absent: RUS")),
        ["6:9: expected a list, found 'RUS'", "9:13: expected a list, found 'RUS'"],
    ),
    "a_text_that_is_a_list": (
        log(event(P, "by: [UKR]", "to: [RUS, [TUR]]", "venue: {city: Geneva}")),
        ["5:9: expected a text, found a list", "6:15: expected a text, found a list", "7:12: expected a text, found a mapping"],
    ),
    "a_mapping_that_is_a_list": (
        log(
            event("scheduled: 2025-07-21", "on: 2025-07-25", "heads: [Umerov]"),
            event("scheduled: 2025-07-22", "on: 2025-07-25", "heads: {RUS: [Medinsky], ukr: Umerov}"),
        ),
        ["6:12: expected a mapping, found a list", "10:18: expected a text, found a list"],
    ),
    "empty_values": (
        log(event(P, "by:", "to: [RUS, ~]", "venue: null")),
        [
            f"5:8: is empty where a text is expected: {LEAVE_OUT}",
            f"6:15: is empty where a text is expected: {LEAVE_OUT}",
            f"7:12: is empty where a text is expected: {LEAVE_OUT}",
        ],
    ),
    "blank_texts": (
        log(event(P, "by: UKR", "to: [RUS]", "note: ''", "agenda: ['  ']")),
        [f"7:11: is empty: {LEAVE_OUT}", f"8:14: is empty: {LEAVE_OUT}"],
    ),
    "rounds": (
        log(
            event("held: 2025-07-21", "round: 0"),
            event("held: 2025-07-22", "round: -1"),
            event("held: 2025-07-23", "round: third"),
            event("held: 2025-07-24", "round: 3.0"),
            event("held: 2025-07-25", "round: 9007199254740992"),
            event("held: 2025-07-26", "round: 03"),
        ),
        [
            "5:12: round 0 cannot be: rounds count from 1",
            "8:12: round -1 cannot be: rounds count from 1",
            "11:12: expected a whole number, found 'third'",
            "14:12: expected a whole number, found '3.0'",
            "17:12: is too large: whole numbers go up to 9007199254740991",
            "20:12: expected a whole number, found '03'",
        ],
    ),
    "dates_that_cannot_be": (
        log(
            event("held: 2025-02-30"),
            event("held: 21 July 2025"),
            event("held: 2025-07-21/2025-07-19"),
            event("held: 2025-13"),
            event("held: 2025-07-21T25:00Z"),
            event("held: .."),
        ),
        [
            "4:11: '2025-02-30' does not exist in the calendar (years 1 to 9999)",
            f"6:11: '21 July 2025' {NO_DATE}",
            "8:11: '2025-07-21/2025-07-19' ends before it begins: swap the two dates",
            "10:11: '2025-13' does not exist in the calendar (years 1 to 9999)",
            "12:11: '2025-07-21T25:00Z' has a time of day or an offset that does not exist",
            "14:11: '..' names no day: say when it occurred",
        ],
    ),
    "a_date_without_end": (
        log(event("held: " + "2025" * 30)),
        ["4:11: '202520252025202520252025202520252025202520252025202520252...' is too long for a date"],
    ),
    "other_dates_that_cannot_be": (
        log(
            event(P, "by: UKR", "to: [RUS]", "window: next week", "respond_by: .."),
            event("scheduled: 2025-07-21", "on: .."),
            event("held: 2025-07-21", "until: 2025-07-20"),
        ),
        [
            f"7:13: 'next week' {NO_DATE}",
            "11:9: '..' names no day: give a date, or leave the field out",
            "14:12: 2025-07-20 is before the meeting began (2025-07-21)",
        ],
    ),
    "an_event_of_the_future": (
        log(
            event("scheduled: 2025-07-25", "recorded: 2025-07-21T10:00:00Z"),
            event("held: 2025-07-23", "recorded: 2025-07-21T10:00:00Z"),
        ),
        [
            "4:5: a meeting is set, but 'on' does not say for when (warning)",
            f"4:16: 2025-07-25 lies after the day on which it was recorded (2025-07-21): {AFTER}; did you mean 'on'?",
            f"7:11: 2025-07-23 lies after the day on which it was recorded (2025-07-21): {AFTER}",
        ],
    ),
    "an_end_that_is_open": (
        log(
            event("held: 2025-07-21/.."),
            event(
                "stalled: 2025-07-21/..", "sources: [{outlet: A, attribution: media, published: 2025-07-21/..}]", source=False
            ),
        ),
        [
            "4:5: 2025-07-21/.. has no end: say when it was recorded, or when a source was published",
            "6:5: 2025-07-21/.. has no end: say when it was recorded, or when a source was published",
            "7:58: 2025-07-21/.. has no end: name the day of publication",
        ],
    ),
    "an_end_that_is_open_under_a_title": (
        log(event("held: 2025-07-21/.."), head=HEAD + "title: Talks\n"),
        ["5:5: 2025-07-21/.. has no end: say when it was recorded, or when a source was published"],
    ),
    "recordings_that_cannot_be": (
        log(
            event("held: 2025-07-21", "recorded: 2025-07-21"),
            event("held: 2025-07-22", "recorded: 2025-07-22T10:00"),
            event("held: 2025-07-23", "recorded: 2025-02-30T10:00Z"),
            event("held: 2025-07-24", "recorded: 0001-01-01T00:00+01:00"),
        ),
        [
            f"5:15: '2025-07-21' {NO_INSTANT}",
            f"8:15: '2025-07-22T10:00' {NO_INSTANT}",
            "11:15: '2025-02-30T10:00Z' does not exist in the calendar (years 1 to 9999)",
            "14:15: '0001-01-01T00:00+01:00' does not exist in the calendar (years 1 to 9999)",
        ],
    ),
    "party_codes": (
        log(
            event(P, "by: ukr", "to: [Russia, 'R S']"),
            event("noted: 2025-07-21", "by: u", "text: x"),
            event(
                "held: 2025-07-21",
                "sources: [{outlet: A, attribution: official, speaks_for: Russian Federation}]",
                source=False,
            ),
        ),
        [
            f"5:9: 'ukr' {NO_PARTY}; did you mean 'UKR'?",
            f"6:10: 'Russia' {NO_PARTY}; did you mean 'RUSSIA'?",
            f"6:18: 'R S' {NO_PARTY}",
            f"9:9: 'u' {NO_PARTY}; did you mean 'U'?",
            f"13:62: 'Russian Federation' {NO_PARTY}",
        ],
    ),
    "a_party_named_nowhere": (
        log(
            event(P, "by: UKR", "to: [RUS, TRU]"),
            event("held: 2025-07-21", "absent: [POL]"),
            head=HEAD + "parties: [{code: UKR}, {code: RUS}, {code: TUR, role: host}]\n",
        ),
        [
            "7:15: party 'TRU' is not declared in 'parties'; did you mean 'TUR'?",
            "10:14: party 'POL' is not declared in 'parties'",
        ],
    ),
    "a_proposal_to_nobody": (
        log(event(P, "by: UKR", "to: []"), event(P, "by: UKR", "to: [UKR]")),
        [
            "6:9: is addressed to nobody but its proposer: name at least one other party",
            "10:9: is addressed to nobody but its proposer: name at least one other party",
        ],
    ),
    "an_answer_to_itself": (
        log(event(R, "by: RUS", "answer: accepted", "to: RUS")),
        ["7:9: RUS cannot answer its own proposal: 'to' names whose proposal it answers"],
    ),
    "a_merger_into_itself": (
        log(
            event("concluded: 2025-07-21", "outcome: merged", "into: t"),
            event("concluded: 2025-07-22", "outcome: merged", "into: a/b"),
        ),
        ["6:11: a track cannot be merged into itself", f"10:11: 'a/b' {NO_TRACK}"],
    ),
    "a_note_without_text": (log(event("noted: 2025-07-21")), ["4:5: says nothing: give a 'text'"]),
    "ids_that_cannot_be": (
        log(event("held: 2025-07-21", "id: -x"), event("held: 2025-07-21", "id: a b")),
        [f"5:9: '-x' {NO_ID}", f"8:9: 'a b' {NO_ID}"],
    ),
    "references_to_nothing": (
        log(
            event("held: 2025-07-21", "id: first"),
            event("retracted: 2025-07-22", "retracts: frist"),
            event("noted: 2025-07-22", "confirms: second", "denies: second"),
            event("retracted: 2025-07-23", "reason: x"),
            event("held: 2025-07-24", "id: second"),
        ),
        [
            "8:15: 'frist' names no earlier event of this track; did you mean 'first'?",
            "11:15: 'second' names no earlier event of this track",
            "12:13: 'second' names no earlier event of this track",
            "12:13: confirms and denies the same event: decide",
            "14:5: a 'retracted' event needs 'retracts'",
        ],
    ),
    "an_event_repeated": (log(event(), event("held: 2025-07-22"), event()), [f"8:5: repeats the event at line 4: {REPEATED}"]),
    "an_id_taken": (
        log(event("held: 2025-07-21", "id: x"), event("held: 2025-07-22", "id: x"), event("held: 2025-07-21", "id: x")),
        [
            "8:9: id 'x' is taken by the event at line 4, which says something else: choose another",
            f"11:9: repeats the event at line 4: {REPEATED}",
        ],
    ),
    "texts_too_long": (
        log(event("held: 2025-07-21", "note: " + "x" * 10_001), event("held: 2025-07-22", "absent: [" + "A, " * 1_001 + "]")),
        ["5:11: has 10001 characters: at most 10000 are read", "8:13: has 1001 entries: at most 1000 are read"],
    ),
    # what YAML can do, and a log cannot
    "a_field_said_twice": (
        log(event(P, "by: UKR", "by: RUS", "to: [RUS]"), head=HEAD + "track: u\n"),
        ["3:1: 'track' is said twice: first at line 2", "7:5: 'by' is said twice: first at line 6"],
    ),
    "an_anchor_and_its_alias": (
        log(event("held: 2025-07-21", "venue: &v Geneva"), event("held: 2025-07-22", "venue: *v")),
        ["5:12: anchors such as &v are refused: take it out", "8:12: aliases such as *v are refused: write the value again"],
    ),
    "an_anchored_list": (
        log(event("held: 2025-07-21", "absent: &a [RUS]"), event("held: 2025-07-22", "absent: *a")),
        ["5:13: anchors such as &a are refused: take it out", "8:13: aliases such as *a are refused: write the value again"],
    ),
    "a_bomb": (
        HEAD + "parties: &a [x, x]\nlinks: &b [*a, *a]\nevents: &c [*b, *b]\n",
        [
            "3:10: anchors such as &a are refused: take it out",
            "3:14: expected a party as a mapping, found 'x'",
            "3:17: expected a party as a mapping, found 'x'",
            "4:8: anchors such as &b are refused: take it out",
            "4:12: aliases such as *a are refused: write the value again",
            "4:16: aliases such as *a are refused: write the value again",
            "5:9: anchors such as &c are refused: take it out",
            "5:13: aliases such as *b are refused: write the value again",
            "5:17: aliases such as *b are refused: write the value again",
        ],
    ),
    "tags": (
        log(event("held: !!timestamp 2025-07-21", "venue: !!str Geneva", "absent: !x [RUS]", "note: ! x")),
        [
            "4:11: tags are refused, every value is read as text: take it out",
            "5:12: tags are refused, every value is read as text: take it out",
            "6:13: tags are refused, every value is read as text: take it out",
            "7:11: tags are refused, every value is read as text: take it out",
        ],
    ),
    "a_merge_key": (log(event("held: 2025-07-21", "<<: {venue: Geneva}")), ["5:5: merging is refused: write the fields out"]),
    "names_that_are_no_words": (
        log(event("held: 2025-07-21", "? [venue]", ": Geneva", "~: x")),
        ["5:7: the name of a field is a word", "7:5: the name of a field is a word"],
    ),
    "two_documents": (log(event()) + "---\n" + log(event()), ["6:1: a second document begins here: one file holds one log"]),
    "nesting": (HEAD + "events: " + "[" * 40 + "]" * 40 + "\n", ["3:24: is nested deeper than 16 levels: a log is not"]),
    "a_tab": (log("  - held: 2025-07-21\n\tvenue: Geneva\n"), ["5:1: a tab cannot indent: use spaces"]),
    "a_colon_in_a_text": (
        log(event("held: 2025-07-21", "note: He said: yes")),
        ["5:18: did not expect ':' here: put a text that holds ': ' in quotes, or check the indentation"],
    ),
    "a_list_behind_a_colon": (
        log(event("held: 2025-07-21", "absent: - RUS")),
        ["5:13: did not expect '-' here: begin the list on a line of its own, or put the text in quotes"],
    ),
    "an_open_quote": (log(event("held: 2025-07-21", 'note: "He said yes')), ["5:11: the quote that opens here is not closed"]),
    "an_open_list": (
        log(event("held: 2025-07-21", "absent: [RUS")),
        ["6:12: expected ',' or ']': the list that opens at line 5 is not closed"],
    ),
    "an_open_mapping": (
        log("  - held: 2025-07-21\n    sources: [{outlet: A]\n"),
        ["5:25: expected ',' or '}': the mapping that opens at line 5 is not closed"],
    ),
    "indentation": (
        HEAD + "events:\n  - held: 2025-07-21\n   venue: Geneva\n",
        ["5:4: expected the next '-' of the list that begins at line 4: check the indentation"],
    ),
    "an_entry_outdented": (
        HEAD + "events:\n    - held: 2025-07-21\n  - held: 2025-07-22\n",
        ["5:3: expected the next field of the mapping that begins at line 1: check the indentation"],
    ),
    "a_text_that_begins_with_a_sign": (
        log(event("held: 2025-07-21", "venue: @Geneva")),
        ["5:12: a text cannot begin with '@': put it in quotes"],
    ),
    "an_escape": (
        log(event("held: 2025-07-21", 'venue: "C:\\Geneva"')),
        ["5:15: this backslash means nothing in double quotes: write \\\\, or use single quotes"],
    ),
    "a_name_without_colon": (log(event("held: 2025-07-21", "venue")), ["6:5: expected ':' behind the name of a field"]),
    "a_line_out_of_the_log": (
        " diplostate: 1\ntrack: t\n",
        ["2:1: did not expect this here: every line of the log belongs to its one mapping; check the indentation"],
    ),
    "a_value_that_is_a_sign": (
        log(event("held: 2025-07-21", "absent: [RUS,,]")),
        ["5:18: expected a value here: put a text that begins with a sign in quotes"],
    ),
    "a_directive_of_another_yaml": (
        "%YAML 3\n" + HEAD,
        ["1:8: is not YAML here: did not find expected digit or '.' character"],
    ),
    # what no editor should have saved
    "control_characters": (
        log(event("held: 2025-07-21", "venue: Gen\x07eva", "note: a\x1bb\x85c\u2028d")),
        [
            '5:15: the character U+0007 may not stand in YAML as it is: write it in double quotes as "\\u0007"',
            '6:12: the character U+001B may not stand in YAML as it is: write it in double quotes as "\\u001b"',
            '6:14: the character U+0085 may not stand in YAML as it is: write it in double quotes as "\\u0085"',
            '6:16: the character U+2028 may not stand in YAML as it is: write it in double quotes as "\\u2028"',
        ],
    ),
    "a_mark_inside": (
        log(event("held: 2025-07-21", "venue: \ufeffGeneva")),
        ['5:12: the character U+FEFF may not stand in YAML as it is: write it in double quotes as "\\ufeff"'],
    ),
    "not_utf8": (
        log(event()).encode() + "  # Türkiye\n".encode() + "  # Türkiye\n".encode("latin-1"),
        [f"7:6: byte 6 of the line, 0xFC, {UTF8}"],
    ),
    "utf16": (log(event()).encode("utf-16"), ["1:1: is UTF-16: save the file as UTF-8"]),
    "utf16_without_a_mark": (log(event()).encode("utf-16-le"), ["1:1: is UTF-16: save the file as UTF-8"]),
    "half_a_character": (
        log(event("held: 2025-07-21", 'venue: "\\ud800"')),
        ["5:15: this escape stands for no character: write the character itself"],
    ),
}

GOOD = {
    "diplostate": 1,
    "kind": "held",
    "track": "t",
    "occurred": "2025-07-21",
    "sources": [{"attribution": "media", "outlet": "A"}],
}
PROPOSED = {"kind": "proposed", "occurred": "2025-07-19", "by": "UKR", "to": ["RUS"]}


def line(*without, **changes):
    said = {**GOOD, **changes}
    return json.dumps({name: value for name, value in said.items() if name not in without}, ensure_ascii=False) + "\n"


JSONL = {
    "an_empty_file": ("", ["1:1: holds no log: write one event on each line"]),
    "blank_lines_only": ("\n  \r\n\n", ["1:1: holds no log: write one event on each line"]),
    "a_line_cut_off": (
        line() + line(occurred="2025-07-22")[:60],
        ["2:61: the line ends before its event does: it was cut off; take it out, or write it again"],
    ),
    "a_line_cut_off_in_a_text": (
        line() + line(occurred="2025-07-22")[:45],
        ["2:44: the line ends before its event does: it was cut off; take it out, or write it again"],
    ),
    "a_line_that_is_yaml": ("diplostate: 1\n" + line(), [f"1:1: {NO_JSON}"]),
    "single_quotes": (line().replace('"', "'"), [f"1:2: {NO_JSON}"]),
    "two_events_on_a_line": (line().strip() + " " + line(), [f"1:129: {NO_JSON}"]),
    "a_list": ("[" + line().strip() + "]\n", ['1:1: expected an event, as in {"diplostate":1,"kind":"proposed",...}']),
    "a_text_and_a_number": (
        '"held"\n7\nnull\n',
        [
            '1:1: expected an event, as in {"diplostate":1,"kind":"proposed",...}',
            '2:1: expected an event, as in {"diplostate":1,"kind":"proposed",...}',
            '3:1: expected an event, as in {"diplostate":1,"kind":"proposed",...}',
        ],
    ),
    "no_version_of_the_format": (
        line("diplostate"),
        ['1:1: does not say the version of its format: begin it with "diplostate":1'],
    ),
    "a_newer_version_of_the_format": (
        line(diplostate=2, kind="promised"),
        ["1:16: diplostate: was written by a newer diplostate, in format 2: this one reads format 1, upgrade it"],
    ),
    "versions_of_the_format_that_never_were": (
        line(diplostate="one")
        + line(diplostate=True, occurred="2025-07-22")
        + line(diplostate=1.0, occurred="2025-07-23")
        + line(diplostate=0),
        [
            "1:16: diplostate: 'one' is no version of the format: write 1",
            "2:16: diplostate: this is no version of the format: write 1",
            "3:16: diplostate: this is no version of the format: write 1",
            "4:16: diplostate: '0' is no version of the format: write 1",
        ],
    ),
    "no_kind": (line("kind"), [f"1:1: kind: does not say its kind: one of {KINDS}"]),
    "a_kind_misspelt": (
        line(kind="hled") + line(kind=7),
        [f"1:27: kind: 'hled' is none of {KINDS}; did you mean 'held'?", f"2:27: kind: the number 7 is none of {KINDS}"],
    ),
    "fields_missing": (
        line("track", "occurred", kind="responded"),
        [
            "1:1: track: a 'responded' event needs 'track'",
            "1:1: occurred: a 'responded' event needs 'occurred'",
            "1:1: by: a 'responded' event needs 'by'",
            "1:1: answer: a 'responded' event needs 'answer'",
        ],
    ),
    "unknown_fields": (
        line(vanue="Geneva", sources=[{"attribution": "media", "outlet": "A", "atribution": "media"}]),
        [
            "1:141: sources[0].atribution: 'atribution' is no field of a source; did you mean 'attribution'?",
            "1:161: vanue: 'vanue' is no field of a 'held' event; did you mean 'venue'?",
        ],
    ),
    "a_name_that_cannot_be_printed": (
        line(**{"a\u202eb": 1, "c\nd": 2}),
        [
            f"1:136: a\\u202eb: 'a\\u202eb' is no field of a 'held' event: it has {HELD_FIELDS}",
            f"1:147: c\\nd: 'c\\nd' is no field of a 'held' event: it has {HELD_FIELDS}",
        ],
    ),
    "wrong_types": (
        line(**PROPOSED, round=True, venue=7, agenda="prisoners", note=["x"], window=2025, tier=1.5),
        [
            "1:170: round: expected a whole number, found true",
            "1:185: venue: expected a text, found the number 7",
            "1:198: agenda: expected a list, found 'prisoners'",
            "1:219: note: expected a text, found a list",
            "1:236: window: expected a date, found the number 2025",
            "1:250: tier: expected one of 1, 1.5, 2, found the number 1.5",
        ],
    ),
    "more_wrong_types": (
        line(round="3", until={}, absent=[7, None], outcomes=["x"], agreement=None, note=1.5),
        [
            "1:138: round: expected a whole number, found '3'",
            "1:152: until: expected a date, found a mapping",
            "1:167: absent[0]: expected a text, found the number 7",
            f"1:170: absent[1]: is empty where a text is expected: {LEAVE_OUT}",
            "1:189: outcomes: expected a mapping, found a list",
            f"1:209: agreement: is empty where a text is expected: {LEAVE_OUT}",
            "1:223: note: expected a text, found the number 1.5",
        ],
    ),
    "sources_of_wrong_types": (
        line(
            sources=[{"attribution": "media", "outlet": "A", "credibility": "2"}, {"attribution": 1, "outlet": False}, [], "A"]
        ),
        [
            "1:142: sources[0].credibility: expected a whole number, found '2'",
            f"1:164: sources[1].attribution: expected one of {ATTRIBUTIONS}, found the number 1",
            "1:177: sources[1].outlet: expected a text, found false",
            "1:185: sources[2]: expected a source as a mapping, found a list",
            "1:189: sources[3]: expected a source as a mapping, found 'A'",
        ],
    ),
    "numbers_that_are_none": (
        line(round=1).replace('"round": 1', '"round": NaN')
        + line(round=1, occurred="2025-07-22").replace('"round": 1', '"round": 1e400')
        + line(round=1, occurred="2025-07-23").replace('"round": 1', '"round": ' + "9" * 5000)
        + line(round=2**53, occurred="2025-07-24")
        + line(round=1.0),
        [
            "1:138: round: expected a whole number, found the number nan",
            "2:138: round: expected a whole number, found a number too large",
            "3:138: round: expected a whole number, found a number too large",
            "4:138: round: is too large: whole numbers go up to 9007199254740991",
            "5:138: round: expected a whole number, found the number 1.0",
        ],
    ),
    "names_said_twice": (
        line().replace('"occurred"', '"track": "u", "occurred"').replace('"outlet"', '"outlet": "B", "outlet"'),
        ["1:1: 'outlet' is said twice in one mapping", "1:1: 'track' is said twice in one mapping"],
    ),
    "a_value_nested_deep": (line(venue=[[[[[["x"]]]]]]), ["1:138: venue: expected a text, found a list"]),
    "half_a_character": (
        line().replace('"A"', '"\\ud800"'),
        ["1:122: sources[0].outlet: holds half of a character (a lone UTF-16 surrogate): write the whole character"],
    ),
    "nesting": (
        '{"diplostate": 1, "kind": ' + "[" * 100_000 + "]" * 100_000 + "}\n" + line(),
        ["1:1: is nested too deep: an event is not"],
    ),
    "a_control_character": (line(note="a").replace('"a"', '"a\x07b"'), [f"1:139: {NO_JSON}"]),
    "versions_out_of_order": (
        line(version=1)
        + line(version=3, occurred="2025-07-22")
        + line(version=4, occurred="2025-07-23")
        + line(version=4, occurred="2025-07-24")
        + line(version=1, track="u"),
        [
            "2:140: version: expected version 2 of track 't', found 3",
            "4:140: version: expected version 5 of track 't', found 4",
        ],
    ),
    "versions_with_gaps_told_without": (
        line(version=1) + line(occurred="2025-07-22") + line(version=2, occurred="2025-07-23"),
        ["3:140: version: expected version 3 of track 't', found 2"],
    ),
    "versions_and_positions_from_1": (
        line(version=0, position=0) + line(version=-1, position=-1, track="u"),
        [
            "1:140: version: expected version 1 of track 't', found 0",
            "1:155: position: expected a position after 0, found 0",
            "2:140: version: expected version 1 of track 'u', found -1",
            "2:156: position: expected a position after 0, found -1",
        ],
    ),
    "positions_out_of_order": (
        line(position=5) + line(position=4, track="u") + line(position=5, track="v") + line(position=6, track="w"),
        ["2:141: position: expected a position after 5, found 4"],
    ),
    "a_hash_that_does_not_fit": (
        line(hash="0" * 64) + line(hash=None, occurred="2025-07-22"),
        [
            "1:137: hash: does not fit what the line says: one of them was changed after it was written; restore the line",
            "2:137: hash: does not fit what the line says: one of them was changed after it was written; restore the line",
        ],
    ),
    "ids_repeated": (
        line(id="x") + line(id="x", recorded="2025-07-30T00:00:00Z") + line(id="x", track="u") + line(),
        [
            f"2:135: id: repeats the event at line 1: {REPEATED}",
            "3:135: id: id 'x' is taken by the event at line 1, which says something else: choose another",
        ],
    ),
    "references_to_nothing": (
        line(id="first")
        + line("sources", kind="retracted", retracts="frist")
        + line("sources", kind="retracted", retracts="first", track="u"),
        [
            "2:92: retracts: 'frist' names no earlier event of this track; did you mean 'first'?",
            "3:92: retracts: 'first' names no earlier event of this track",
        ],
    ),
    "a_reference_to_a_line_with_faults": (
        line(id="first", round="x") + line("sources", kind="retracted", retracts="first"),
        ["1:153: round: expected a whole number, found 'x'"],
    ),
    "a_party_named_nowhere": (
        line("sources", kind="described", parties=[{"code": "UKR"}, {"code": "RUS"}])
        + line(absent=["TUR", "RSU"])
        + line(track="u", absent=["TUR"]),
        [
            "2:140: absent[0]: party 'TUR' is not declared in 'parties'",
            "2:147: absent[1]: party 'RSU' is not declared in 'parties'; did you mean 'RUS'?",
        ],
    ),
    "rules_of_events": (
        line(**{**PROPOSED, "to": ["UKR"], "respond_by": ".."}) + line(until="2025-07-01", round=0),
        [
            "1:152: to: is addressed to nobody but its proposer: name at least one other party",
            "1:175: respond_by: '..' names no day: give a date, or leave the field out",
            "2:138: until: 2025-07-01 is before the meeting began (2025-07-21)",
            "2:161: round: round 0 cannot be: rounds count from 1",
        ],
    ),
    "not_utf8": (
        line().encode() + line(note="Türkiye", occurred="2025-07-22").encode("latin-1") + line(occurred="2025-02-30").encode(),
        [
            f"2:139: byte 139 of the line, 0xFC, {UTF8}",
            "3:61: occurred: '2025-02-30' does not exist in the calendar (years 1 to 9999)",
        ],
    ),
    "utf16": ((line() + line()).encode("utf-16"), ["1:1: is UTF-16: save the file as UTF-8"]),
}

ONLY_WITH_LIBYAML = {"a_directive_of_another_yaml", "indentation", "an_escape", "half_a_character"}
"""The other parser of PyYAML sees these differently."""
LOADERS = {"libyaml": getattr(yaml, "CSafeLoader", None), "python": yaml.SafeLoader}


def _said(name, text):
    """What is said about a log, without the name of the file."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InvalidLog) as error:
        read_log((name, data))
    assert {fault.file for fault in error.value.faults} == {name}
    return [f"{fault}".removeprefix(f"{name}:") + " (warning)" * (fault.severity == "warning") for fault in error.value.faults]


@pytest.mark.parametrize(
    ("case", "loader"),
    [(case, loader) for case in YAML for loader in LOADERS if loader == "libyaml" or case not in ONLY_WITH_LIBYAML],
)
def test_a_broken_yaml_log_is_refused_with_all_its_faults(case, loader, monkeypatch):
    """Whichever parser of YAML the machine has."""
    if loader == "libyaml":
        require("libyaml")
    monkeypatch.setattr(yaml_nodes, "_LOADER", LOADERS[loader])
    text, expected = YAML[case]

    assert _said("x.yaml", text) == expected


@pytest.mark.parametrize("case", JSONL)
def test_a_broken_json_lines_log_is_refused_with_all_its_faults(case):
    """Each with its line, its column, and its path."""
    text, expected = JSONL[case]

    assert _said("x.jsonl", text) == expected
