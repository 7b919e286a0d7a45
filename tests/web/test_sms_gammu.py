"""SMS through the real gammu-smsd with its dummy device: what a phone sends is taken, and what waits is sent, once."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fresh
import pytest
from once import once
from programme_factory import Programme

from merata.errors import MissingError
from merata.web.models import Outgoing, Report
from merata.web.sms import gammu, queue
from merata.web.sms.gammu import Folders

NUMBER = "+6281200000042"

#: The sample of the documentation; its modem is exchanged for gammu's dummy one.
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "serve-files" / "smsdrc"
DUMMY = {
    "device = /dev/ttyUSB0\nconnection = at": "model = dummy\nconnection = none\ndevice = {folder}/device",
    "logfile = syslog": "logfile = {folder}/log\ncommtimeout = 1\nchecksignal = 0\ncheckbattery = 0\nchecknetwork = 0",
    "receivefrequency = 5": "receivefrequency = 1",
    "/srv/merata/sms/": "{folder}/",
}


def settings_of(folder):
    text = SAMPLE.read_text(encoding="utf-8")
    for real, dummy in DUMMY.items():
        assert real in text
        text = text.replace(real, dummy.format(folder=folder))
    return text


#: A message as gammu keeps it, for the device to have received.
BACKUP = """\
[SMSBackup000]
SMSC = "+6200000"
DateTime = 20260101T101010
State = UnRead
Number = "{number}"
Coding = Default
Folder = 1
Length = {length}
Class = -1
ReplySMSC = False
RejectDuplicates = False
Text00 = {text}
ReplaceMessage = 0
MessageReference = 0
"""


@pytest.fixture
def folders(tmp_path):
    for name in (*Folders._fields, "device/sms/1"):
        (tmp_path / name).mkdir(parents=True)
    return gammu.folders_in(tmp_path)


@pytest.fixture
def programme(published):
    made = Programme()
    made.here = made.point("TL-1", "in service", village="99.01.01.2001")
    return made


def arrives(folders, name, text, number=NUMBER):
    """A file as the daemon writes it, a while ago."""
    path = folders.inbox / name.format(number=number)
    path.write_bytes(text.encode("utf-16"))
    path.touch()
    import os

    os.utime(path, (time.time() - 5, time.time() - 5))


@pytest.fixture
def daemon(tmp_path, folders):
    if shutil.which("gammu-smsd") is None:
        pytest.skip("gammu-smsd is not installed: tools/setup.sh --tests")
    (tmp_path / "smsdrc").write_text(settings_of(tmp_path))
    running = subprocess.Popen(
        ["gammu-smsd", "-c", tmp_path / "smsdrc"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield tmp_path
    running.send_signal(signal.SIGTERM)
    running.wait(timeout=20)


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to be in time"
        time.sleep(0.1)
    return found


@pytest.mark.slow
def test_a_report_goes_through_the_real_daemon_and_its_answer_is_sent(daemon, folders, programme):
    text = "LAPOR 9901012001 internet mati"
    coded = "".join(f"{ord(letter):04X}" for letter in text)
    message = BACKUP.format(number=NUMBER, length=len(text), text=coded)
    (daemon / "device" / "sms" / "1" / "1").write_text(message)
    until(lambda: list(folders.inbox.iterdir()))
    until(lambda: gammu.receive(folders))
    report = Report.objects.get()
    assert (report.kind, report.words) == ("broken", "internet mati")
    assert gammu.send(folders) == 1
    [sent] = until(lambda: list(folders.sent.iterdir()))
    assert NUMBER in sent.name
    assert report.reference in sent.read_bytes().decode("utf-16")
    assert f"to {NUMBER}" in (daemon / "log").read_text()
    assert gammu.once(folders) == (0, 0)
    assert not list(folders.sent.iterdir()), "these files hold numbers"
    assert not list(folders.error.iterdir())


def test_a_long_message_is_one_and_its_parts_go_once_it_is_kept(folders, programme):
    arrives(folders, "IN20260101_101010_00_{number}_01.txt", " mati dua hari")
    arrives(folders, "IN20260101_101010_00_{number}_00.txt", "LAPOR 9901012001 internet")
    assert gammu.receive(folders) == 1
    assert Report.objects.get().words == "internet mati dua hari"
    assert not list(folders.inbox.iterdir())


def test_a_message_whose_file_was_not_yet_taken_away_counts_once(folders, programme, monkeypatch):
    name = "IN20260101_101010_00_{number}_00.txt"
    arrives(folders, name, "LAPOR 9901012001 mati")
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gammu.receive(folders)
    assert gammu.receive(folders) == 1
    assert Report.objects.count() == 1
    assert gammu.send(folders) == 1
    assert gammu.send(folders) == 0


def test_a_file_that_is_still_written_waits_and_others_are_left_alone(folders, programme):
    (folders.inbox / f"IN20260101_101010_00_{NUMBER}_00.txt").write_bytes(b"\xff\xfeL\0")
    (folders.inbox / "README").write_text("x")
    assert gammu.receive(folders) == 0
    assert len(list(folders.inbox.iterdir())) == 2


@pytest.mark.parametrize(
    "where", ["os.fdopen", "merata.web.sms.queue.claim", "pathlib.Path.rename", "merata.web.sms.queue.done"]
)
def test_who_dies_while_sending_neither_loses_nor_doubles(folders, db, monkeypatch, where):
    queue.queue("k", NUMBER, "Merata: halo")
    with monkeypatch.context() as patch:
        patch.setattr(where, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gammu.send(folders)
    before = len(list(folders.outbox.glob("OUT*")))
    for _ in range(3):
        gammu.send(folders)
    assert len(list(folders.outbox.glob("OUT*"))) == 1
    assert before == (where == "merata.web.sms.queue.done")
    assert not list(folders.outbox.glob(".*"))
    assert queue.waiting("sms") == []


@pytest.mark.slow
@pytest.mark.apart
def test_the_command_takes_in_and_hands_over_once(folders, tmp_path):
    region = tmp_path / "region"
    region.mkdir()
    (region / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\nmade_up = true\n')
    shutil.copy(once("site", fresh._empty_site) / fresh.NAME, region / fresh.NAME)
    arrives(folders, "IN20260101_101010_00_{number}_00.txt", "halo")
    merata = Path(sys.executable).parent / "merata"
    command = [merata, "sms", region, "--gammu", tmp_path, "--once"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    [sent] = folders.outbox.iterdir()
    assert NUMBER in sent.name
    assert sent.read_bytes().decode("utf-16").startswith("Merata: lapor gangguan: LAPOR")
    assert not list(folders.inbox.iterdir())


def test_folders_that_are_not_there_are_named(tmp_path):
    with pytest.raises(MissingError, match="inbox is not there"):
        gammu.folders_in(tmp_path)


def test_messages_that_nobody_could_send_for_days_are_given_up(folders, db):
    queue.queue("k", NUMBER, "Merata: halo")
    Outgoing.objects.update(made_at="2020-01-01T00:00:00Z")
    assert gammu.send(folders) == 0
    assert Outgoing.objects.get().sealed == ""
