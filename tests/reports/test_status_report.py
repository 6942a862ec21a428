"""The report on the status: where talks stand, who owes an answer, since when, and how we know."""

from __future__ import annotations

import csv
import io
import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplostate.errors import TrackNotFound
from diplostate.ledger.memory import MemoryLedger
from diplostate.reports import status_page
from diplostate.reports.question import Question
from diplostate.reports.render import View, render
from diplostate.reports.status import Only, PartyNotFound, Report, brief, overview, report
from diplostate.talks.attention import Limits
from diplostate.talks.events import Concluded, Described, Held, Link, Noted, Party, Scheduled, Stalled
from diplostate.talks.machine import Phase
from diplostate.testing import strategies
from diplostate.testing.scenario import TRACK, answered, proposed, rumour, says, told
from reports.golden import golden

EVENING = {"as_of": "2025-07-21"}
FORMATS = ("table", "plain", "json", "csv", "md")
TALKS = Described(
    track=TRACK,
    occurred="2025-07-01",
    title="Talks",
    parties=[
        Party(code="UKR", name="Ukraine"),
        Party(code="RUS", name="Russia"),
        Party(code="TUR", name="Türkiye", role="mediator"),
    ],
)


def ledger_of(*events):
    ledger = MemoryLedger()
    ledger.append([attrs.evolve(event, recorded=event.known) for event in (TALKS, *events)], strict=False)
    return ledger


def view(ledger, tracks=None, only=None, limits=None, **asked):
    question = Question.of(**asked)
    wanted = {"only": only or Only(), "limits": limits}
    return View(
        name="status",
        page=lambda: status_page.page(report(ledger, tracks, question, **wanted)),
        table=lambda: status_page.table(overview(ledger, tracks, question, **wanted)),
        rows=lambda: status_page.rows(overview(ledger, tracks, question, **wanted)),
        data=lambda: status_page.data(report(ledger, tracks, question, **wanted)),
    )


def told_of(*events, now="2025-07-25", **asked):
    """What the page says of these events, as a mapping from label to lines, in plain words."""
    page = status_page.page(report(ledger_of(*events), [TRACK], Question.of(now=now, **asked)))
    (section,) = page.sections
    said = {field.label: [_text(line) for line in field.lines] for field in section.fields}
    return said | {"": [_text(line) for line in section.lead]}


def _text(line):
    return "".join(span.text for span in line).replace("\N{NO-BREAK SPACE}", " ")


# The case of July 2025.


@pytest.mark.parametrize(
    ("name", "format", "width"),
    [
        ("status.txt", "plain", 80),
        ("status-wide.txt", "plain", 200),
        ("status.md", "md", 80),
        ("status-table.txt", "table", 80),
        ("status.csv", "csv", 80),
        ("status.json", "json", 80),
    ],
)
def test_the_evening_of_21_july_2025(seeds, name, format, width):
    """The answer that the project was begun for, in every format."""
    golden(name, render(view(seeds, **EVENING), format, width=width))


def test_the_answer_tells_all_that_was_asked(seeds):
    """Proposal pending official response. Awaited: Russia, since 19 July (restated 21 July, Türkiye named). Reported, not
    official: receipt confirmed by RIA, unnamed sources. Next: a round in Türkiye, week of 21 July; it prepares a leaders'
    summit (no talks proposed officially, raised on the agenda)."""
    text = render(view(seeds, ["ukr-rus-turkiye"], **EVENING), "plain", width=100)
    for said in (
        "Proposal pending official response, since 19 July (2 days)",
        "Awaited      Russia",
        "by Ukraine on 19 July, 2 days ago",
        "restated on 21 July: round 3 in Türkiye",
        "not official: Russia acknowledged the proposal (21 July)",
        "unnamed sources: RIA Novosti",
        "round 3 in Türkiye, week of 21 July",
        "prepares Ukraine–Russia leaders' summit (ukr-rus-leaders): no talks proposed",
        "Groundwork for a summit is on Ukraine's agenda",
        "official, for Ukraine: Volodymyr Zelensky",
    ):
        assert said in " ".join(text.split()) or said in text


def test_an_official_statement_and_unnamed_sources_are_never_mixed_up(seeds):
    page = status_page.page(report(seeds, ["ukr-rus-turkiye"], Question.of(**EVENING, evidence="reported")))
    fields = {field.label: field.lines for field in page.sections[0].fields}
    styles = {_text(line).partition(":")[0]: line[0].style for line in fields["How we know"]}
    assert styles == {"official, for Ukraine": "official", "unnamed sources": "reported"}


def test_json_is_read_back_with_its_envelope(seeds):
    data = json.loads(render(view(seeds, known_at="2025-07-21T20:00:00Z", **EVENING), "json"))
    assert {name: data[name] for name in ("schema", "as_of", "known_at", "evidence", "now")} == {
        "schema": "diplostate.status/1",
        "as_of": "2025-07-21",
        "known_at": "2025-07-21T20:00:00Z",
        "evidence": "official",
        "now": "2025-07-21",
    }
    assert [track["track"] for track in data["tracks"]] == list(seeds.tracks())


def test_csv_is_read_back_with_codes_and_iso_dates(seeds):
    rows = {row["track"]: row for row in csv.DictReader(io.StringIO(render(view(seeds, **EVENING), "csv")))}
    turkiye = rows["ukr-rus-turkiye"]
    assert (turkiye["phase"], turkiye["awaited"], turkiye["asked"], turkiye["days"]) == ("PENDING", "RUS", "2025-07-19", "2")
    assert (rows["crimean-platform"]["phase"], rows["crimean-platform"]["asked"]) == ("IDLE", "")


def test_quiet_tracks_come_last_and_in_full_only_when_named(seeds):
    page = status_page.page(report(seeds, None, Question.of(**EVENING)))
    assert [_text(section.heading) for section in page.sections] == [
        "Ukraine–Russia direct talks in Türkiye (ukr-rus-turkiye)",
        "No talks proposed",
    ]
    (section,) = status_page.page(report(seeds, ["ukr-rus-leaders"], Question.of(**EVENING))).sections
    said = {field.label: [_text(line) for line in field.lines] for field in section.fields}
    assert said["How we know"] == ["no proposal, answer or meeting is on record"]
    assert said["Linked"][0].startswith(
        "prepared by Ukraine–Russia direct talks in Türkiye (ukr-rus-turkiye): proposal pending"
    )
    assert said["Noted"][0].startswith("Ukraine: Groundwork for a summit")


# What each situation tells.


def test_a_counter_proposal_is_told_as_one():
    said = told_of(
        proposed("2025-07-19", "UKR", "RUS"), answered("2025-07-20", "RUS", "countered", venue="Minsk", respond_by="2025-07-24")
    )
    assert said[""] == ["Counter-proposal pending official response, since 19 July (6 days)"]
    assert said["Awaited"] == ["Ukraine"]
    assert said["Asked"] == ["in return, by Russia on 20 July, 5 days ago", "an answer is asked for by 24 July"]
    assert said["Next"] == ["no meeting is set; proposed: talks in Minsk"]
    assert said["Flags"] == ["overdue: An answer from Ukraine was due by 24 July."]


def test_answers_are_told_with_their_conditions():
    said = told_of(
        proposed("2025-07-19", "TUR", "RUS", "UKR"),
        answered("2025-07-20", "UKR", "accepted", conditions=["a truce first"]),
        answered("2025-07-20", "RUS", "acknowledged"),
    )
    assert said["Awaited"] == ["Russia"]
    assert said["Answers"] == ["Ukraine accepted, 20 July, on condition: a truce first", "Russia acknowledged, 20 July"]


def test_nobody_is_awaited_where_all_have_answered():
    said = told_of(proposed("2025-07-19", "UKR", "RUS"), answered("2025-07-25", "RUS", "accepted"))
    assert said[""] == ["Proposal accepted, date not set, since 25 July"]
    assert said["Awaited"] == ["nobody"]
    assert said["How we know"] == [
        "official, for Ukraine: Press service (19 July)",
        "official, for Russia: Press service (25 July)",
    ]


def test_the_next_meeting_is_told_with_how_far_it_is():
    said = told_of(told(Scheduled, "2025-07-22", on="2025-07-28", venue="Istanbul", round=3))
    assert said["Next"] == ["round 3, 28 July, Istanbul (in 3 days)"]
    assert told_of(told(Scheduled, "2025-07-22", on="2025-08"))["Next"] == ["August 2025"]
    assert told_of(told(Scheduled, "2025-07-22"))["Next"] == ["no date given"]


def test_a_meeting_is_told_with_who_stayed_away():
    said = told_of(told(Held, "2025-07-23", round=3, venue="Istanbul", absent=["RUS"], outcomes={"exchange": "raised"}))
    assert said[""] == ["Talks held without Russia, since 23 July (2 days)"]
    assert said["Held"] == ["on 23 July: round 3, Istanbul, without Russia; raised: exchange"]
    assert said["Rounds"] == ["none on record"]
    assert told_of(told(Held, "2025-07-24", until=".."))[""] == ["Talks under way, since 24 July (1 day)"]
    assert told_of(told(Held, "2025-07-24"))["Held"] == ["on 24 July"]


def test_a_stall_and_an_end_are_told_with_who_and_how():
    stalled = told_of(proposed("2025-07-19", "UKR", "RUS"), told(Stalled, "2025-07-20", reason="postponed", by="TUR"))
    assert (stalled[""], stalled["Ended"]) == (["Talks stalled (postponed), since 20 July (5 days)"], ["by Türkiye"])
    ended = told_of(told(Concluded, "2025-07-20", outcome="agreement"))
    assert (ended[""], ended["Ended"]) == (["Track concluded, since 20 July (5 days)"], ["agreement"])
    assert "Next" not in ended
    assert "Ended" not in told_of(told(Concluded, "2025-07-20"))


def test_what_is_only_reported_stands_beside_the_official_status():
    said = told_of(
        proposed("2025-07-19", "UKR", "RUS"),
        answered("2025-07-21", "RUS", "accepted", sources=says("UKR")),
        told(Scheduled, "2025-07-22", on="2025-07-24", sources=rumour()),
    )
    assert said[""] == ["Proposal pending official response, since 19 July (6 days)"]
    assert said["Reported"] == [
        "not official: talks scheduled; next: 24 July",
        "not official: Russia accepted the proposal (21 July)",
        "reported only (said for Ukraine; Russia itself has not said so): official, for Ukraine: Press service",
        "not official: A meeting was set: 24 July (22 July)",
        "unnamed sources: News agency",
    ]


def test_the_official_status_stands_beside_the_reported_one():
    said = told_of(
        proposed("2025-07-19", "UKR", "RUS"), answered("2025-07-21", "RUS", "accepted", sources=rumour()), evidence="reported"
    )
    assert said[""] == ["Proposal accepted, date not set, since 21 July (4 days)"]
    assert said["Officially"] == ["proposal pending official response; awaited: Russia"]
    assert said["How we know"][1] == "unnamed sources: News agency (21 July)"
    assert "Reported" not in said


def test_rounds_that_are_only_reported_are_told():
    said = told_of(told(Held, "2025-07-10", sources=rumour()), told(Held, "2025-07-20"), proposed("2025-07-22", "UKR", "RUS"))
    assert said["Reported"] == ["not official: proposal pending official response; awaited: Russia; rounds: 2"]


def test_a_denial_is_told_with_what_it_took():
    scheduled = told(Scheduled, "2025-07-20", on="2025-07-28", id="next-week")
    said = told_of(scheduled, told(Noted, "2025-07-21", by="RUS", denies="next-week", text="No."))
    assert said[""] == ["No talks proposed"]
    assert said["Denied"] == [
        "by Russia on 21 July: “A meeting was set: 28 July (20 July)”; it is no longer official",
        "official: Press service",
    ]
    shown = told_of(scheduled, told(Noted, "2025-07-21", denies="next-week", sources=rumour()))
    assert shown["Denied"][0] == "by somebody on 21 July: “A meeting was set: 28 July (20 July)”"


def test_a_denial_without_a_name_is_told_all_the_same():
    """Events that are no part of a ledger need no id."""
    events = [told(Scheduled, "2025-07-20", id="a"), told(Noted, "2025-07-21", by="RUS", denies="a"), told(Noted, "2025-07-22")]
    (denied,) = brief(TRACK, events, Question.of(now="2025-07-25")).denied
    assert (denied.note, denied.entry.event) == (None, events[0])
    found = Report(question=Question.of(now="2025-07-25"), briefs=(brief(TRACK, events, Question.of(now="2025-07-25")),))
    (section,) = status_page.page(found).sections
    assert [len(field.lines) for field in section.fields if field.label == "Denied"] == [1]


def test_an_adopted_leak_is_told():
    said = told_of(proposed("2025-07-18", "UKR", "RUS", sources=rumour()), answered("2025-07-20", "RUS", "declined"))
    assert said["Asked"] == [
        "by Ukraine on 20 July, 5 days ago",
        "(that day an answer made official what had leaked on 18 July)",
    ]


def test_anomalies_are_told_official_and_not():
    said = told_of(
        answered("2025-07-19", "RUS", "accepted"), answered("2025-07-20", "UKR", "declined", to="RUS", sources=rumour())
    )
    assert said["Anomalies"] == [
        "Russia accepted a proposal that is not there; kept, not applied (19 July)",
        "not official: Ukraine declined a proposal of Russia that is not there; kept, not applied (20 July)",
    ]


def test_attention_flags_follow_their_limits():
    events = [proposed("2025-07-19", "UKR", "RUS")]
    assert told_of(*events)["Flags"] == ["none"]
    found = report(ledger_of(*events), None, Question.of(now="2025-07-25"), limits=Limits(unanswered_days=5))
    assert [flag.name for flag in found.briefs[0].flags] == ["unanswered"]


def test_links_tell_the_status_of_the_other_track():
    other = Described(
        track="other", occurred="2025-07-01", title="Other", links=[Link("follows", TRACK), Link("parallels", "gone")]
    )
    ledger = ledger_of(other, told(Held, "2025-07-02", track="other"))
    page = status_page.page(report(ledger, [TRACK, "other"], Question.of(now="2025-07-25")))
    linked = [
        [_text(line) for field in section.fields if field.label == "Linked" for line in field.lines]
        for section in page.sections
    ]
    assert linked == [
        ["followed by Other (other): talks held"],
        ["follows Talks (scenario): no talks proposed", "parallels gone: not in this ledger"],
    ]


def test_a_track_without_a_title_is_known_by_its_id():
    ledger = MemoryLedger()
    ledger.append([proposed("2025-07-19", "UKR", "RUS"), told(Noted, "2025-07-19", track="quiet", text="x")])
    text = render(view(ledger, now="2025-07-25"), "plain")
    assert "\nscenario\nProposal pending" in text
    assert "  quiet  (no title)\n" in text


# Which tracks.


def test_tracks_are_chosen_by_party_phase_and_flag(seeds):
    question = Question.of(**EVENING)
    chosen = lambda **only: [row.track for row in overview(seeds, None, question, only=Only(**only)).rows]  # noqa: E731
    assert chosen(phase=Phase.PENDING) == ["ukr-rus-turkiye"]
    assert chosen(party="USA") == ["usa-ukr-air-defence-drones"]
    assert chosen(flag="unanswered") == []
    later = Question.of(as_of="2025-08-21")
    assert [row.track for row in overview(seeds, None, later, only=Only(flag="unanswered")).rows] == ["ukr-rus-turkiye"]


def test_a_report_on_no_track_says_so(seeds):
    text = render(view(seeds, only=Only(phase=Phase.HELD), **EVENING), "plain")
    assert text == "As of 21 July 2025, on official evidence: no track\n"


def test_a_party_or_track_that_nobody_knows_is_told_with_the_nearest(seeds):
    with pytest.raises(PartyNotFound, match="no party 'RSU' in this ledger: did you mean 'RUS'"):
        overview(seeds, None, Question.of(**EVENING), only=Only(party="RSU"))
    with pytest.raises(TrackNotFound, match="did you mean 'ukr-rus-turkiye'"):
        report(seeds, ["ukr-rus-turkey"], Question.of(**EVENING))


def test_the_question_is_told_in_words():
    assert Question.of(as_of="2025-07-21", known_at="2025-07-20", evidence="B2").words().replace("\N{NO-BREAK SPACE}", " ") == (
        "As of 21 July 2025, as known on 20 July 2025, on official evidence or grade B2"
    )
    known = Question.of(known_at="2025-07-20", evidence="reported")
    assert known.words().replace("\N{NO-BREAK SPACE}", " ") == "As known on 20 July 2025, on all reports, official or not"
    assert known.now == known.known_at
    assert Question.of().words().startswith("As of ")


# Whatever is on record.


@settings(deadline=None)
@given(
    strategies.logs(details=True, max_size=8),
    st.one_of(st.none(), strategies.days()),
    st.sampled_from(["official", "reported", "B2"]),
    st.sampled_from(FORMATS),
)
def test_every_record_can_be_reported(record, as_of, evidence, format):
    """No record, however odd, and no cut leaves a report without words."""
    ledger = MemoryLedger(attrs.evolve(event, recorded=event.known) for event in record)
    out = render(view(ledger, now="2025-12-31", as_of=as_of, evidence=evidence), format)
    assert out.strip()
    if format == "json":
        assert json.loads(out)["schema"] == "diplostate.status/1"


@settings(deadline=None)
@given(strategies.logs(details=True, max_size=8))
def test_the_report_and_the_overview_agree(record):
    ledger = MemoryLedger(attrs.evolve(event, recorded=event.known) for event in record)
    question = Question.of(now="2025-12-31")
    assert [(brief.track, brief.status) for brief in report(ledger, None, question).briefs] == [
        (row.track, row.status) for row in overview(ledger, None, question).rows
    ]
