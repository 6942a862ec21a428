"""Records in and out: all or nothing, twice does no harm, nothing is lost on the way back."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import assume, given, settings
from support import SEEDS

from diplostate import wiring
from diplostate.errors import Conflict, EventNotFound, IdConflict, Invalid, InvalidLog, LedgerError, TrackNotFound
from diplostate.ledger import transfer
from diplostate.ledger.logfile import Log, read_log, write_jsonl
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.transfer import (
    check_logs,
    correction,
    export_folder,
    export_text,
    files_of,
    import_log,
    read_logs,
    retraction,
)
from diplostate.ledger.whole_file import write_file
from diplostate.talks.events import Held, Retracted
from diplostate.talks.sources import Source
from diplostate.testing import strategies
from diplostate.testing.conformance import held
from diplostate.testing.scenario import answered, proposed, rumour, told
from diplostate.testing.scenario import given as given_events


def log_of(*events):
    return Log(tuple(attrs.evolve(event, recorded=event.known) for event in given_events(*events).events))


# In.


def test_logs_are_read_together_and_so_are_their_faults():
    log = read_logs(files_of([SEEDS]))
    assert {event.track for event in log.events} == {file.stem for file in SEEDS.glob("*.yaml")}
    with pytest.raises(InvalidLog) as caught:
        read_logs([("a.yaml", b"nonsense"), SEEDS / "crimean-platform.yaml", ("b.jsonl", b"{}"), "missing.yaml"])
    assert [fault.file for fault in caught.value.faults] == ["a.yaml", "b.jsonl", "missing.yaml"]


def test_warnings_come_along():
    answer = b"""diplostate: 1
track: a
events:
  - proposed: 2025-07-19
    by: UKR
    to: [RUS]
    sources: [{outlet: x, attribution: official}]
  - responded: 2025-07-20
    by: RUS
    answer: accepted
    sources: [{outlet: x, attribution: official}]
"""
    assert len(read_logs([("a.yaml", answer)]).warnings) == 1


def test_a_folder_stands_for_its_logs_by_name(tmp_path):
    for name in ("b.yaml", "a.jsonl", ".hidden.yaml", "README.md"):
        (tmp_path / name).touch()
    assert [file.name for file in files_of([tmp_path, "c.yml"])] == ["a.jsonl", "b.yaml", "c.yml"]


def test_importing_twice_does_no_harm(tmp_path):
    log = read_logs(files_of([SEEDS]))
    with wiring.open(tmp_path / "talks.sqlite") as ledger:
        first, again = import_log(ledger, log), import_log(ledger, log)
        assert (sum(first.new.values()), first.known, again.new, again.known) == (len(log.events), 0, {}, len(log.events))
        assert ledger.head == len(log.events)


def test_an_import_tells_the_anomalies_that_it_brings():
    ledger = MemoryLedger()
    odd = answered("2025-07-18", "RUS", "accepted", id="early")
    result = import_log(ledger, log_of(odd))
    assert [(track, anomaly.event_id) for track, anomaly in result.anomalies] == [("scenario", "early")]
    more = import_log(ledger, log_of(odd, answered("2025-07-18", "RUS", "declined", id="more", sources=rumour())))
    assert [anomaly.event_id for _, anomaly in more.anomalies] == ["more"]
    assert (more.new, more.known) == ({"scenario": 1}, 1)


def test_a_dry_run_tells_the_same_and_writes_nothing():
    ledger = MemoryLedger()
    import_log(ledger, log_of(proposed("2025-07-19", "UKR", "RUS", id="a")))
    log = log_of(proposed("2025-07-19", "UKR", "RUS", id="a"), answered("2025-07-20", "UKR", "accepted", id="b"))
    rehearsed = import_log(ledger, log, dry_run=True)
    assert ledger.head == 1
    done = import_log(ledger, log)
    assert rehearsed == done


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_id_that_another_track_has_taken_is_refused_in_a_dry_run_too(dry_run):
    ledger = MemoryLedger()
    import_log(ledger, log_of(proposed("2025-07-19", "UKR", "RUS", id="a", track="other")))
    with pytest.raises(IdConflict):
        import_log(ledger, log_of(told(Held, "2025-07-20", id="a")), dry_run=dry_run)
    assert ledger.head == 1


@pytest.mark.parametrize("most", [1, 7, 23, 10_000])
def test_logs_of_any_length_are_brought_in_a_part_at_a_time(tmp_path, monkeypatch, most):
    """What is too much to keep is read again; nothing is lost or doubled, in whatever parts."""
    monkeypatch.setattr(transfer, "MOST_AT_ONCE", most)
    answer = answered("2025-07-22", "RUS", "accepted", id="slip", sources=[Source(attribution="official", outlet="Kremlin")])
    slip = "".join(write_jsonl(log_of(proposed("2025-07-19", "UKR", "RUS", id="a"), answer).events)).encode()
    files = [*files_of([SEEDS]), ("slip.jsonl", slip)]
    logs, whole = check_logs(files), read_logs(files)
    assert (logs.count, logs.tracks, logs.warnings) == (whole.count, whole.tracks, whole.warnings)
    assert len(logs.warnings) == 1
    with MemoryLedger() as ledger, MemoryLedger() as other:
        assert import_log(ledger, logs).new == import_log(other, whole).new
        assert list(ledger.read()) == list(other.read())
        assert import_log(ledger, logs, dry_run=True) == import_log(other, whole)


def test_nothing_is_written_where_a_log_has_a_fault_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "MOST_AT_ONCE", 2)
    with MemoryLedger() as ledger, pytest.raises(InvalidLog, match=r"bad.jsonl:1:1"):
        import_log(ledger, check_logs([*files_of([SEEDS]), ("bad.jsonl", b"{}")]))
    assert ledger.head == 0


def test_a_log_that_is_changed_between_check_and_import_is_told(tmp_path, monkeypatch):
    """What came in before stays; who repeats it brings the rest."""
    monkeypatch.setattr(transfer, "MOST_AT_ONCE", 1)
    place = tmp_path / "log.jsonl"
    events = log_of(proposed("2025-07-19", "UKR", "RUS", id="a"), answered("2025-07-20", "RUS", "accepted", id="b")).events
    lines = list(write_jsonl(events))
    place.write_text("".join(lines), "utf-8")
    logs = check_logs([place])
    place.write_text(lines[0] + lines[1].replace("accepted", "declined"), "utf-8")
    with MemoryLedger() as ledger:
        with pytest.raises(InvalidLog, match=r"log\.jsonl:2:"):
            import_log(ledger, logs)
        assert ledger.head == 1
        place.write_text("".join(lines), "utf-8")
        assert (import_log(ledger, check_logs([place])).known, ledger.head) == (1, 2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_a_log_may_come_through_a_pipe(tmp_path, monkeypatch):
    """It can be read only once, however long it is."""
    monkeypatch.setattr(transfer, "MOST_AT_ONCE", 1)
    os.mkfifo(tmp_path / "pipe.jsonl")
    text = "".join(write_jsonl(read_logs(files_of([SEEDS])).events))
    writer = threading.Thread(target=(tmp_path / "pipe.jsonl").write_text, args=[text, "utf-8"])
    writer.start()
    logs = check_logs([tmp_path / "pipe.jsonl"])
    writer.join()
    with MemoryLedger() as ledger:
        assert sum(import_log(ledger, logs).new.values()) == ledger.head == 23


def test_what_comes_from_elsewhere_keeps_its_ids_and_times_of_recording(tmp_path):
    """Behind what a ledger in use has, whatever positions and versions it had there."""
    with MemoryLedger() as one, MemoryLedger() as other:
        import_log(one, read_logs(files_of([SEEDS])))
        theirs = ("theirs.jsonl", "".join(write_jsonl(one.read())).encode())
        other.append([held("2025-07-01", track="ukr-rus-turkiye", id="own")])
        import_log(other, read_logs([theirs]))
        place = lambda event: (event.id, event.recorded, event.track)  # noqa: E731
        assert list(map(place, one.read())) == list(map(place, other.read(after=1)))
        assert [event.position for event in other.read()] == list(range(1, 25))
        assert other.version("ukr-rus-turkiye") == one.version("ukr-rus-turkiye") + 1


# Corrections.


@pytest.fixture
def ledger():
    ledger = MemoryLedger()
    ledger.append([proposed("2025-07-19", "UKR", "RUS", id="a", venue="Minsk", recorded=datetime(2025, 7, 19, tzinfo=UTC))])
    return ledger


def test_a_correction_is_a_retraction_and_the_right_event(ledger):
    events = correction(
        ledger, "a", lambda event: attrs.evolve(event, venue="Ankara"), occurred="2025-07-22", reason="misheard"
    )
    retracted, right = ledger.append(events)
    assert isinstance(retracted, Retracted)
    assert (retracted.retracts, retracted.reason, str(retracted.occurred)) == ("a", "misheard", "2025-07-22")
    assert (right.venue, str(right.occurred), right.version) == ("Ankara", "2025-07-19", 3)
    assert right.id not in (None, "a")
    assert right.recorded > datetime(2025, 7, 19, tzinfo=UTC)


def test_a_corrected_event_may_be_given_a_name(ledger):
    _, right = correction(ledger, "a", lambda event: attrs.evolve(event, id="b"), occurred="2025-07-22")
    assert right.id == "b"


def test_what_is_retracted_already_is_not_retracted_again(ledger):
    ledger.append([attrs.evolve(retraction(ledger, "a", occurred="2025-07-22"), id="r")])
    with pytest.raises(Conflict, match="event 'a' is retracted already, by event 'r': there is nothing to do"):
        retraction(ledger, "a", occurred="2025-07-22")
    assert retraction(ledger, "r", occurred="2025-07-22").retracts == "r"
    with pytest.raises(EventNotFound):
        retraction(ledger, "nothing", occurred="2025-07-22")


# Out.


@settings(deadline=None, max_examples=40)
@given(strategies.logs(details=True))
def test_what_is_exported_is_imported_again_as_it_was(record):
    ledger = MemoryLedger(attrs.evolve(event, recorded=event.known) for event in record)
    assume(ledger.head)
    (track,) = ledger.tracks()
    for form in transfer.FORMS:
        log = read_log((f"a.{form}", "".join(export_text(ledger, [track], form)).encode()))
        back = MemoryLedger()
        import_log(back, log)
        assert list(back.events(track)) == list(ledger.events(track))


def test_json_lines_hold_several_tracks_in_the_order_of_the_ledger():
    with wiring.open(SEEDS) as ledger:
        chosen = ["ukr-rus-turkiye", "crimean-platform"]
        log = read_log(("a.jsonl", "".join(export_text(ledger, chosen, "jsonl")).encode()))
        assert list(dict.fromkeys(event.track for event in log.events)) == ["crimean-platform", "ukr-rus-turkiye"]
        with pytest.raises(Invalid, match="a YAML log holds one track, not 2"):
            export_text(ledger, chosen, "yaml")
        with pytest.raises(TrackNotFound):
            list(export_text(ledger, ["crimean-platform", "nothing"], "jsonl"))


def test_a_folder_gets_a_log_for_each_track_and_is_a_ledger_again(tmp_path):
    with wiring.open(SEEDS) as ledger:
        written = export_folder(ledger, ledger.tracks(), "yaml", tmp_path / "logs" / "new")
        with wiring.open(tmp_path / "logs" / "new") as again:
            assert list(again.read()) == list(ledger.read())
        assert [file.name for file in written] == [f"{track}.yaml" for track in ledger.tracks()]
        with pytest.raises(LedgerError, match="is there already, and stays as it is"):
            export_folder(ledger, ledger.tracks(), "yaml", tmp_path / "logs" / "new")
        export_folder(ledger, ledger.tracks(), "yaml", tmp_path / "logs" / "new", overwrite=True)
    assert not list(tmp_path.rglob("*.part"))


def test_a_track_that_is_not_there_leaves_no_file(tmp_path, ledger):
    with pytest.raises(TrackNotFound):
        export_folder(ledger, ["scenario", "nothing"], "yaml", tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_tracks_that_a_folder_cannot_tell_apart_are_refused(tmp_path):
    ledger = MemoryLedger()
    ledger.append([told(Held, "2025-07-01", track="a"), told(Held, "2025-07-01", track="A")])
    with pytest.raises(LedgerError, match="differ only in capital letters"):
        export_folder(ledger, ledger.tracks(), "yaml", tmp_path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    def pieces():
        yield "half"
        raise RuntimeError

    path = tmp_path / "a.yaml"
    with pytest.raises(RuntimeError):
        write_file(path, pieces())
    assert list(tmp_path.iterdir()) == []
    write_file(path, ["whole"])
    with pytest.raises(RuntimeError):
        write_file(path, pieces(), overwrite=True)
    assert path.read_text() == "whole"
    write_file(path, ["new"], overwrite=True)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_another_process_wrote_meanwhile_stays(tmp_path):
    path = tmp_path / "a.yaml"

    def pieces():
        path.write_text("theirs")
        yield "mine"

    with pytest.raises(LedgerError, match="is there already"):
        write_file(path, pieces())
    assert path.read_text() == "theirs"


def test_a_file_system_without_links_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_, **__: (_ for _ in ()).throw(OSError(95, "Operation not supported")))
    write_file(tmp_path / "a.yaml", ["whole"])
    assert (tmp_path / "a.yaml").read_text() == "whole"


def test_a_file_that_cannot_be_written_says_why(tmp_path):
    with pytest.raises(LedgerError, match="cannot be written \\(No such file or directory\\)"):
        write_file(tmp_path / "missing" / "a.yaml", ["x"])
