"""All ledgers that can be written, driven at once against the plainest thing that a ledger can be."""

from __future__ import annotations

import functools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support_postgres import NAMES, ledger_on

from diplostate.errors import DiplostateError
from diplostate.ledger.ask import history, status, statuses
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Described, Noted, Party, Retracted
from diplostate.talks.fold import reduce
from diplostate.testing.strategies import CODES, FIRST_DAY, events, sources
from ledger.plain_ledger import EVIDENCES, PlainLedger

TRACKS = ("one", "two", "three")
START = datetime(2025, 8, 1, tzinfo=UTC)
MOMENTS = st.one_of(
    st.integers(-3, 70).map(lambda ahead: FIRST_DAY + timedelta(days=ahead)),
    st.integers(-80, 40 * 24).map(lambda hours: START + timedelta(hours=hours)),
)


class Ledgers(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp())
        self.now = START
        self.plain = PlainLedger()
        self.count = 0
        clock = lambda: self.now  # noqa: E731
        self.lasting = {name: functools.partial(make, clock=clock) for name, make in self.stores().items()}
        self.opened = {"memory": MemoryLedger(clock=clock)}
        for name, make in self.lasting.items():
            self.opened[name] = make()

    def stores(self):
        return {"sqlite": functools.partial(SqliteLedger, self.folder / "talks.sqlite", synchronous="normal")}

    def teardown(self):
        for ledger in getattr(self, "opened", {}).values():
            ledger.close()
        shutil.rmtree(getattr(self, "folder", ""), ignore_errors=True)

    def append(self, batch, expected_version=None, strict=True):
        """Every ledger does what the list does."""
        expected = self.plain.append(batch, now=self.now, expected_version=expected_version or {}, strict=strict)
        for name, ledger in self.opened.items():
            try:
                found = ledger.append(batch, expected_version=expected_version, strict=strict)
            except DiplostateError as error:
                about = getattr(error, "event_id", None) or getattr(error, "track", None)
                found = (type(error), about)
            assert found == expected, name

    def name(self):
        self.count += 1
        return f"e{self.count}"

    @rule(data=st.data(), size=st.integers(1, 5), strict=st.booleans(), is_expected=st.booleans())
    def append_events(self, data, size, strict, is_expected):
        batch = []
        for _ in range(size):
            track = data.draw(st.sampled_from(TRACKS))
            event = data.draw(events(details=False))
            recorded = data.draw(st.sampled_from([None, None, event.recorded]))
            batch.append(attrs.evolve(event, track=track, id=self.name(), recorded=recorded))
        expected = {track: len(self.plain.of(track)) for track in TRACKS} if is_expected else None
        self.append(batch, expected, strict)

    @rule(data=st.data(), ahead=st.integers(0, 30), strict=st.booleans(), by=st.sampled_from(CODES[:2]))
    def append_an_answer_in_turn(self, data, ahead, strict, by):
        """Proposals and answers between two parties, most of which meet."""
        event = data.draw(events(codes=CODES[:2], details=False))
        day = FIRST_DAY + timedelta(days=ahead)
        self.append([attrs.evolve(event, track="one", id=self.name(), occurred=day, recorded=None)], strict=strict)

    @precondition(lambda self: self.plain.record)
    @rule(data=st.data(), strict=st.booleans(), verb=st.sampled_from(["retracts", "confirms", "denies"]))
    def append_what_speaks_of_an_event(self, data, strict, verb):
        target = data.draw(st.sampled_from(self.plain.record))
        common = {"track": target.track, "occurred": FIRST_DAY + timedelta(days=29), "id": self.name()}
        if verb == "retracts":
            event = Retracted(**common, retracts=target.id)
        else:
            told = [data.draw(sources(speakers=CODES))]
            event = Noted(**common, **{verb: target.id}, sources=told, by=data.draw(st.sampled_from([None, *CODES])))
        batch = [event]
        if verb == "retracts" and data.draw(st.booleans()):
            batch.append(attrs.evolve(target, id=self.name(), recorded=None))
        self.append(batch, strict=strict)

    @rule(track=st.sampled_from(TRACKS), codes=st.lists(st.sampled_from(CODES), unique=True, min_size=3))
    def declare_parties(self, track, codes):
        """From then on, others are faults."""
        parties = [Party(code=code) for code in codes]
        self.append([Described(track=track, occurred=FIRST_DAY, id=self.name(), parties=parties)])

    @precondition(lambda self: self.plain.record)
    @rule(data=st.data(), version=st.integers(0, 3))
    def append_what_is_known(self, data, version):
        """All of it, or some of it with something new, and perhaps changed."""
        some = data.draw(st.lists(st.sampled_from(self.plain.record), min_size=1, max_size=4))
        batch = [attrs.evolve(event, recorded=data.draw(st.sampled_from([None, event.recorded]))) for event in some]
        if data.draw(st.booleans()):
            batch.append(attrs.evolve(data.draw(events(details=False)), track="one", id=self.name()))
        if data.draw(st.integers(0, 4)) == 0:
            batch[0] = attrs.evolve(batch[0], note="otherwise")
        self.append(batch, data.draw(st.sampled_from([None, {"one": version}, {"nowhere": 0}])), strict=False)

    @rule(batch=st.lists(events(details=False), min_size=1, max_size=3))
    def append_one_event_twice(self, batch):
        named = [attrs.evolve(event, track="two", id=self.name()) for event in batch]
        self.append([*named, *named[:1]], strict=False)

    @rule(track=st.sampled_from([*TRACKS, "nowhere"]), version=st.integers(0, 9))
    def append_nothing(self, track, version):
        self.append([], {track: version})

    @rule(hours=st.integers(-50, 100))
    def wait(self, hours):
        """Clocks are set back, too."""
        self.now += timedelta(hours=hours)

    @rule()
    def open_again(self):
        for name, make in self.lasting.items():
            self.opened[name].close()
            self.opened[name] = make()

    @rule()
    def rebuild(self):
        for name in self.lasting:
            assert self.opened[name].rebuild() == len(self.plain.tracks())

    @precondition(lambda self: self.plain.record)
    @rule(data=st.data(), as_of=st.none() | MOMENTS, known_at=st.none() | MOMENTS)
    def ask_as_of(self, data, as_of, known_at):
        evidence = data.draw(st.sampled_from([*EVIDENCES, "B2", "C3"]))
        track = data.draw(st.sampled_from(self.plain.tracks()))
        cut = {"as_of": as_of, "known_at": known_at, "evidence": evidence}
        expected = reduce(self.plain.of(track), **cut)
        for ledger in self.opened.values():
            assert status(ledger, track, **cut) == expected
            assert [step.after for step in history(ledger, track, **cut)][-1:] in ([expected], [])

    @rule(after=st.integers(-1, 40), limit=st.none() | st.integers(0, 9))
    def read_on(self, after, limit):
        start = max(after, 0)
        expected = self.plain.record[start : None if limit is None else start + limit]
        for ledger in self.opened.values():
            assert list(ledger.read(after=after, limit=limit)) == expected

    @invariant()
    def all_tell_the_same(self):
        for ledger in getattr(self, "opened", {}).values():
            assert list(ledger.read()) == self.plain.record
            assert ledger.head == len(self.plain.record)
            assert ledger.tracks() == self.plain.tracks()
            for track in TRACKS:
                assert ledger.version(track) == len(self.plain.of(track))
            for evidence in EVIDENCES:
                for track, found in statuses(ledger, evidence=evidence):
                    assert found == reduce(self.plain.of(track), evidence=evidence)


class LedgersAndServers(Ledgers):
    def stores(self):
        return {**super().stores(), NAMES[0]: functools.partial(ledger_on, NAMES[0], self.folder)}


TestLedgers = Ledgers.TestCase
TestLedgers.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestLedgersAndServers = LedgersAndServers.TestCase
TestLedgersAndServers.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
