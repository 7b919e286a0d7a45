"""A village behind a weak link: its probe, a phone, an SMS; at the centre site, receiver, speed test and gammu-smsd."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import fresh
import pytest
from relay import Relay
from test_sms_gammu import BACKUP, NUMBER, settings_of, until

from merata.assure.read import connect
from merata.web.probes import WATCH_S

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("weak")]

MERATA = Path(sys.executable).parent / "merata"
#: 400 kbit/s, a third of a second there and back; of ten things two are lost.
WEAK = {"kbps": 400, "delay_s": 0.15, "loss": 0.2}
CODE = """
from merata.web.models import ServicePoint, User
from merata.web.probes import new_code
point = ServicePoint.objects.filter(state="in service").first() or ServicePoint.objects.first()
print(point.village_code, new_code(point, User.objects.get(role="regency"))[1])
"""


@contextmanager
def program(*command, ready="", **more):
    """A program that runs while the block does; the line with which it says that it is ready."""
    running = subprocess.Popen(list(map(str, command)), text=True, **more)
    try:
        line = (running.stdout or running.stderr).readline() if ready else ""
        assert ready in line, line
        yield line
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=20)


@pytest.fixture
def village(site, site_region, tmp_path):
    """Address of the site behind the link, the village's code, its probe's command, the link; all programs run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    toml = site_region / "region.toml"
    before = toml.read_text()
    with ExitStack() as stack:
        stack.callback(toml.write_text, before)
        link = stack.enter_context(Relay(**WEAK).running())
        speed = stack.enter_context(program(
            MERATA, "ndt7", site_region, "--port", 0, "--run-s", 2, ready="ws://", stderr=subprocess.PIPE))  # fmt: skip
        far = {"site": link.tcp(urlsplit(site).port), "batch": link.tcp(port), "beat": link.udp(port)}
        far["speed"] = link.tcp(int(re.search(r"ws://[\d.]+:(\d+)", speed)[1]))
        here = "127.0.0.1"
        toml.write_text(
            f'{before}\n[measure]\nreceiver = "{here}:{far["beat"]}"\nbatches = "http://{here}:{far["batch"]}"\n'
            f'speed_server = "ws://{here}:{far["speed"]}"\noutside = ["{here}:{far["site"]}"]\n'
        )
        code, secret = fresh.run(site_region, CODE).split()
        receiving = stack.enter_context(ExitStack())
        receiving.enter_context(program(
            MERATA, "receive", site_region, "--port", port, "--udp-port", port, ready="Receiving",
            stdout=subprocess.PIPE))  # fmt: skip
        subprocess.run([MERATA, "probe", "build", tmp_path / "probe.pyz"], check=True, capture_output=True)
        probe = [sys.executable, tmp_path / "probe.pyz", "--folder", tmp_path / "kept"]
        address = f"http://{here}:{far['site']}"
        subprocess.run([*probe, "enrol", f"{address}#{secret}"], check=True, capture_output=True, timeout=60)
        yield address, code, probe, link, receiving


def test_a_village_behind_a_weak_link_is_heard_in_every_way(village, site_region, browser, tmp_path):
    address, code, probe, link, receiving = village
    time.sleep(WATCH_S + 0.5)  # by then the receiver knows the new key
    rounds = 1
    for _ in range(rounds):
        subprocess.run([*probe, "once"], check=True, capture_output=True, timeout=60)
    reference = report_by_phone(browser, address, code)
    assert speed_by_phone(browser, address, code) < 2 * WEAK["kbps"] / 1000
    assert reference in answered_by_sms(site_region, tmp_path / "sms", f"STATUS {reference}")
    assert link.lost > 3
    receiving.close()  # what it has written to is put into tables once it is closed
    done = subprocess.run(
        [MERATA, "compact", site_region, "--json"], check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["rows"] >= rounds
    with connect(site_region / "measurements") as tables:
        [(beats, numbers)] = tables.sql("select count(*), count(distinct number) from heartbeats").fetchall()
        [(number,)] = fresh.rows(site_region, "select max(id) from web_probe")
        assert tables.sql("select distinct probe from heartbeats").fetchall() == [(number,)]
        assert beats == numbers >= rounds, "what the link lost came again, and counts once"
        [(slow,)] = tables.sql("select min(centre_ms) from heartbeats").fetchall()
        assert slow is None or slow > 2000 * WEAK["delay_s"]


def report_by_phone(browser, address, code):
    """A report that is made without a link, waits, and arrives once there is one; its number."""
    context = browser.new_context(viewport={"width": 360, "height": 720})
    try:
        page = context.new_page()
        page.goto(f"{address}/lapor/{code}/", wait_until="networkidle")
        context.set_offline(True)
        page.get_by_label("internet mati").check()
        page.get_by_role("button", name="Kirim laporan").click()
        page.locator("#waiting").wait_for()
        context.set_offline(False)
        page.locator("#sent a").wait_for(timeout=60_000)
        return page.locator("#sent a").inner_text()
    finally:
        context.close()


def speed_by_phone(browser, address, code):
    """What a phone finds the link to carry, Mbit/s."""
    context = browser.new_context(viewport={"width": 360, "height": 720})
    try:
        page = context.new_page()
        page.goto(f"{address}/uji/{code}/")
        page.get_by_role("button", name="Mulai uji").click()
        page.get_by_text("Selesai.").wait_for(timeout=40_000)
        return float(page.locator("output[name=down]").inner_text().replace(",", "."))
    finally:
        context.close()


def answered_by_sms(region, folder, text):
    """What gammu-smsd sends to who sent a text."""
    if shutil.which("gammu-smsd") is None:
        pytest.skip("gammu-smsd is not installed: tools/setup.sh --tests")
    for name in ("inbox", "outbox", "sent", "error", "device/sms/1"):
        (folder / name).mkdir(parents=True)
    (folder / "smsdrc").write_text(settings_of(folder))
    coded = "".join(f"{ord(letter):04X}" for letter in text)
    message = BACKUP.format(number=NUMBER, length=len(text), text=coded)
    (folder / "device" / "sms" / "1" / "1").write_text(message)
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with program("gammu-smsd", "-c", folder / "smsdrc", **silent):
        until(lambda: list((folder / "inbox").iterdir()))
        time.sleep(1.5)  # it is taken only once it is surely whole
        subprocess.run([MERATA, "sms", region, "--gammu", folder, "--once"], check=True, capture_output=True)
        [sent] = until(lambda: list((folder / "sent").iterdir()))
        return sent.read_bytes().decode("utf-16")
