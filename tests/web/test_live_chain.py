"""From a probe's signed datagram to the letter: a real receiver, six points, the worker's look; dark after seconds."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from programme_factory import Programme

from merata.probe import wire
from merata.probe.messages import HEARTBEAT, Message
from merata.web import live
from merata.web.models import Blackout, Case, PointNow, Probe, Report

DARK_S = 3.0
EVERY_S = 0.8
TOML = f"[measure]\noutside = []\ndark_after_min = {DARK_S / 60}\ncalm_after_min = 0\n"


class Field:
    """The villages: points whose probes send signed heartbeats to a receiver in another process."""

    def __init__(self, region):
        self.programme = Programme()
        self.keys, self.numbers = {}, {}
        for n in range(6):
            contract = 0 if n < 5 else 1
            village = "99.01.02.2001" if contract else f"99.01.01.200{1 + n % 4}"
            point = self.programme.point(f"TL-{n}", "in service", contract=contract, village=village)
            now = timezone.now()
            row = Probe.objects.create(point=point, code_hash=f"{n}", code_ends_at=now, enrolled_at=now)
            self.keys[point.code] = row.pk, os.urandom(wire.KEY_BYTES)
        path = region / "keys.json"
        path.write_text(json.dumps({str(probe): key.hex() for probe, key in self.keys.values()}))
        path.chmod(0o600)
        merata = Path(sys.executable).parent / "merata"
        command = [merata, "receive", region, "--keys", path, "--port", "0", "--udp-port", "0"]
        self.receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = self.receiver.stdout.readline()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", int(said.split("UDP ")[1].split()[0])))
        self.socket.settimeout(5)

    def beat(self, code):
        probe, key = self.keys[code]
        number = self.numbers[code] = self.numbers.get(code, 0) + 1
        up_ms = int(time.monotonic() * 1000)
        values = {f.name: None if f.nullable else 0 for f in HEARTBEAT}
        message = Message(number, 7, up_ms, int(time.time()), "heartbeat", values)
        sending = wire.Sending(probe, 7, up_ms, int(time.time()), 1, 1)
        self.socket.send(wire.pack_beat(wire.Beat(sending, message), key))
        assert wire.unpack_answer(self.socket.recv(600), key).number == number

    def until(self, condition, *heard, most_s=60.0):
        """Some probes go on while the worker looks, until something is so.

        After how many seconds the last look began that did not find it, and after how many it was so: on a machine that
        does much else a look may begin late, and last.
        """
        began = beaten = looked = time.monotonic()
        for code in heard:
            self.beat(code)
        in_vain = looked
        while not condition():
            in_vain = looked
            assert looked - began < most_s
            if time.monotonic() - beaten > EVERY_S:
                beaten = time.monotonic()
                for code in heard:
                    self.beat(code)
            looked = time.monotonic()
            live.look()
            time.sleep(0.1)
        return in_vain - began, time.monotonic() - began

    def close(self):
        self.socket.close()
        self.receiver.terminate()
        self.receiver.wait(timeout=10)
        self.receiver.stdout.close()


@pytest.fixture
def field(published, tmp_path, settings):
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text(TOML)
    made = Field(tmp_path)
    yield made
    made.close()


def stand(state, *codes):
    return lambda: (
        set(codes) <= set(PointNow.objects.filter(state=state).values_list("point__code", flat=True))
    )


def alerts():
    """Letters that something went dark; that it is back is told later, by others."""
    return [one for one in mail.outbox if "PADAM" in one.subject]


@pytest.mark.slow
@pytest.mark.engine
def test_one_goes_dark_then_all_of_a_provider_then_all_are_back(field, person, client):
    own = person("provider", organisation=field.programme.own).email
    office = person("regency").email
    codes = list(field.keys)
    first, rest, other = codes[0], codes[1:5], codes[5]
    field.until(stand("up", *codes), *codes)
    in_vain, took = field.until(stand("dark", first), *rest, other)
    assert took >= DARK_S - EVERY_S
    assert in_vain <= DARK_S + 2
    [case] = Case.objects.all()
    assert sorted(one.to[0] for one in alerts()) == sorted([own, office])
    assert all(case.reference in one.body for one in alerts())
    field.until(stand("up", *codes), *codes)
    case.refresh_from_db()
    assert (case.state, case.closed_by) == ("closed", "measurement")
    mail.outbox.clear()

    field.until(stand("dark", *codes[:5]), other)
    assert sorted(one.to[0] for one in alerts()) == sorted([own, office]), "one alert, not five"
    assert all(code in alerts()[0].body for code in codes[:5])
    assert Blackout.objects.filter(over_at=None).get().points.count() == 5
    told = {"village": "99.01.01.2002", "kind": "broken", "made_by": "telepon-1"}
    client.post("/lapor/kirim", told, content_type="application/json")
    field.until(stand("up", *codes), *codes)
    assert len(alerts()) == 2
    ended = dict(Case.objects.values_list("point__code", "state"))
    assert ended.pop("TL-1") == "mended", "whoever reported it is asked"
    assert set(ended.values()) <= {"closed"}
    assert Report.objects.get().asked_at
    assert not Blackout.objects.filter(over_at=None).exists()
