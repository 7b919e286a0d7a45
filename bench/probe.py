"""What the probe costs a village's machine and link: python bench/probe.py [PYTHON…].

Runs the real merata-probe.pyz under each PYTHON against the tests' small centre on this machine, rounds in a row
instead of every five minutes; reads the process's memory and processor time from /proc. Bytes on the wire are captured
where this may be done (as root), else not told.
"""

import os
import random
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "probe"))

from centre import CODE, Centre

from merata.probe import wire
from merata.probe.build import build
from merata.probe.messages import HEARTBEAT
from merata.probe.store import FILE, Row, Store

ROUNDS, BEATS_A_DAY, YEAR = 40, 288, 288 * 365
IP_AND_UDP_BYTES = 28
SEED = 1


def main() -> None:
    pythons = sys.argv[1:] or [sys.executable]
    with tempfile.TemporaryDirectory() as folder:
        pyz = Path(folder) / "merata-probe.pyz"
        print(f"the file: {build(pyz) / 1000:.0f} kB")
        for i, python in enumerate(pythons):
            _process(Path(folder) / str(i), python, pyz)
        _year(Path(folder) / "year")


def _process(folder: Path, python: str, pyz: Path) -> None:
    folder.mkdir()
    centre = Centre(folder)
    centre.told = {"ndt7": centre.https.replace("https", "wss"), "budget_bytes": 10**9}
    centre.told["quiet_hours"] = [[0, 24]]  # no test but the one that is asked for
    command = [python, pyz, "--folder", folder / "kept", "--en"]
    subprocess.run(
        [*command, "enrol", f"{centre.https}#{CODE}", "--ca", centre.pem],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    said = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    capture = Capture(centre)
    running = subprocess.Popen([*command, "run", "--period", "0.5"], stdout=subprocess.DEVNULL)
    try:
        _wait(lambda: len(centre.live) >= 2)
        begun, first, ticks, weighed = time.monotonic(), len(centre.live), _ticks(running.pid), capture.total
        _wait(lambda: len(centre.live) >= first + ROUNDS)
        count = len(centre.live) - first
        cpu_s, wall_s = _ticks(running.pid) - ticks, time.monotonic() - begun
        a_day_s = cpu_s / count * BEATS_A_DAY
        print(f"{said}: {count} rounds in {wall_s:.0f} s, {1000 * cpu_s / count:.1f} ms of processor each: "
              f"{a_day_s:.1f} s a day, {100 * a_day_s / 86400:.4f} % of this processor")  # fmt: skip
        print(f"  most memory, heartbeats alone: {_memory(running.pid):.1f} MB")
        asked, answered = centre.datagrams[-1]
        print(f"  a heartbeat with its answer: {asked + answered + 2 * IP_AND_UDP_BYTES} bytes on the wire")
        if weighed is not None:
            each = (capture.total - weighed) / count
            print(f"  a round whole, with 10 echoes and 10 connects: {each:.0f} bytes on the wire")
        _rest(centre, running)
    finally:
        running.terminate()
        running.wait()
        centre.close()


def _rest(centre: Centre, running: subprocess.Popen) -> None:
    """A batch over TLS and a speed test: what they add."""
    centre.flags = wire.BACKLOG_WANTED
    _wait(lambda: len(centre.batches) >= 1)
    print(f"  most memory, after a batch over HTTPS: {_memory(running.pid):.1f} MB")
    ticks, centre.load_s = _ticks(running.pid), 10.0
    centre.flags = wire.BACKLOG_WANTED | wire.TEST_WANTED
    _wait(lambda: centre.ndt_seen)
    centre.flags = wire.BACKLOG_WANTED
    _wait(lambda: any(m.kind == "speed" for m in centre.had.values()))
    speed = next(m.values for m in centre.had.values() if m.kind == "speed")
    cpu_s = _ticks(running.pid) - ticks
    print(f"  most memory, after a speed test: {_memory(running.pid):.1f} MB; "
          f"{cpu_s / (speed['bytes'] / 1e8):.2f} s of processor for 100 MB, "
          f"down {speed['down_mbps']:.0f}, up {speed['up_mbps']:.0f} Mbit/s against this centre in Python")  # fmt: skip


def _year(folder: Path) -> None:
    """A year of heartbeats without a link."""
    folder.mkdir()
    drawn = random.Random(SEED)
    numbers = iter(range(1, 9))
    store = Store(folder, 0, lambda: next(numbers))
    begun = time.perf_counter()
    for i in range(YEAR):
        up_ms = i * 300_000 + drawn.randrange(30_000)
        store._unkept.append(Row(77, up_ms, 1_800_000_000 + up_ms // 1000, "heartbeat", _values(drawn)))
        if len(store._unkept) == 1500:
            store.put(store._unkept.pop())
    store.put(store._unkept.pop())
    took = time.perf_counter() - begun
    count = store.waiting()
    store.close()
    size = (folder / FILE).stat().st_size
    begun = time.perf_counter()
    store = Store(folder, 1, lambda: next(numbers))
    opened = time.perf_counter() - begun
    assert not store.renewed
    messages = store.oldest(1024)
    sending = wire.Sending(1, 77, 2**40, 1_800_000_000, count, 1)
    body, _ = wire.pack_batch(wire.Batch(sending, 1, messages), bytes(32))
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        store.put(Row(77, 2**40, 1_800_000_000, "heartbeat", _values(drawn)))
        times.append(time.perf_counter() - begun)
    print(f"a year kept: {count} heartbeats, {size / 1e6:.1f} MB, {size / count:.0f} bytes each; "
          f"written in {took:.1f} s, looked through at the start in {opened:.2f} s")  # fmt: skip
    each = len(body) / 1024
    print(f"a batch of 1,024: {each:.1f} bytes a heartbeat, {each * YEAR / 1e6:.1f} MB for the year")
    print(f"keeping one, synced to this disk: {1000 * sorted(times)[25]:.1f} ms; "
          f"peak of this script {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip


def _values(drawn: random.Random) -> dict:
    def ms() -> float:
        return round(40 + drawn.expovariate(0.05), 1)

    values = {f.name: None for f in HEARTBEAT}
    return values | {
        "centre_ms": ms(), "centre_lost": drawn.choice([0] * 9 + [1]), "outside1_ms": ms(), "outside2_ms": ms(),
        "outside_lost": 0, "dns_ms": ms(), "flags": 0, "clients": drawn.randrange(12),
        "rx_kb": drawn.randrange(200_000), "tx_kb": drawn.randrange(40_000),
    }  # fmt: skip


def _wait(until, most_s: float = 180) -> None:
    end = time.monotonic() + most_s
    while not until():
        if time.monotonic() > end:
            raise SystemExit("it takes too long")
        time.sleep(0.05)


def _ticks(pid: int) -> float:
    """Processor time of a process, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Most memory that a process had resident, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


class Capture:
    """Counts the bytes of IP between the centre's ports and others, where this process may look at packets."""

    def __init__(self, centre: Centre) -> None:
        self.total = 0
        self._ports = {int(a.rpartition(":")[2]) for a in (centre.udp, centre.https, centre.outside)}
        try:
            self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        except (OSError, AttributeError):
            self.total = None
            return
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self._sock.bind(("lo", 0x0800))
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            data, where = self._sock.recvfrom(65536)
            head = 4 * (data[0] & 15)
            # On the loop a packet may be seen going and coming.
            if where[2] != socket.PACKET_OUTGOING and self._ports & set(
                struct.unpack_from("!2H", data, head)
            ):
                self.total += len(data)


if __name__ == "__main__":
    main()
