"""Measurements coming in, resting and being read: what `docs/benchmarks.md` says under "Measurements".

python bench/measurements.py live     --seconds 60       heartbeats of 10,000 probes by UDP
python bench/measurements.py backlog  --rows 20000000    all of them back after an outage, then compaction
python tools/postgres.py .venv/bin/python bench/measurements.py backlog --users 20
                                                         the same while so many people look at the site
python bench/measurements.py month    --probes 10000     a month of heartbeats, and ways to pass over it
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import importlib.util
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from merata.probe import wire
from merata.probe.messages import Message

PROBES = 10_000
PER_S = 33.3
EVERY_MS = 300_000
ROWS_OF_BATCH = 1008
SHAPES = 16
MERATA = Path(sys.executable).parent / "merata"


def key_of(probe: int) -> bytes:
    return hashlib.sha256(b"bench %d" % probe).digest()


def heartbeat(number: int, dice: random.Random) -> Message:
    bad = dice.random() < 0.03
    values = {
        "centre_ms": None if bad else round(dice.lognormvariate(4, 0.4), 1),
        "centre_lost": 10 if bad else dice.choice([0] * 9 + [1]),
        "outside1_ms": None if bad else round(dice.lognormvariate(3.5, 0.4), 1),
        "outside2_ms": None if bad else round(dice.lognormvariate(3.7, 0.4), 1), "outside_lost": 10 if bad else 0,
        "dns_ms": None if bad else round(dice.lognormvariate(3.3, 0.5), 1), "flags": 0, "clients": dice.randint(0, 40),
        "rx_kb": int(dice.expovariate(1e-4)), "tx_kb": int(dice.expovariate(1e-3)),
    }  # fmt: skip
    return Message(
        number,
        77,
        number * EVERY_MS + dice.randint(0, 900),
        1_795_000_000 + number * 300,
        "heartbeat",
        values,
    )


def peak_of(process: object) -> float:
    """The most memory that a process held at once, MB. (What getrusage says begins with that of the parent.)"""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1024


# The receiver, as its command


class Receiver:
    """`merata receive` over a new region, with the keys of all probes."""

    def __init__(self, folder: Path, probes: int, region: Path | None = None) -> None:
        self.region = region or folder / "region"
        if region is None:
            subprocess.run([MERATA, "new", self.region, "--name", "Contoh"], check=True, capture_output=True)
        keys = folder / "keys.json"
        keys.write_text(json.dumps({str(p): key_of(p).hex() for p in range(1, probes + 1)}))
        keys.chmod(0o600)
        command = [MERATA, "receive", self.region, "--keys", keys, "--port", "0", "--udp-port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        found = re.search(r":(\d+) and UDP (\d+)", self.process.stdout.readline())
        self.http, self.udp = int(found[1]), int(found[2])

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        return peak_of(self.process.pid)

    def end(self) -> None:
        self.process.terminate()
        print("receiver:", self.process.stdout.read().strip())
        self.process.wait()


class Beats:
    """Heartbeats of many probes, independent of each other, so many a second; how long each answer took."""

    def __init__(self, udp: int, first: int, seconds: float = 10**9, per_s: float = PER_S) -> None:
        self.udp, self.first, self.seconds, self.per_s = udp, first, seconds, per_s
        self.took_ms: list[float] = []
        self.sent = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        dice, sock, out = random.Random(1), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), {}
        sock.connect(("127.0.0.1", self.udp))
        due, until = time.perf_counter(), time.perf_counter() + self.seconds
        while not self.ended.is_set() and due < until:
            self._listen(sock, out, due)
            probe = self.first + self.sent % PROBES
            message = heartbeat(1 + self.sent // PROBES, dice)
            sending = wire.Sending(probe, 77, message.up_ms + 3, message.wall_s, 1, 1)
            datagram = wire.pack_beat(wire.Beat(sending, message), key_of(probe))
            out[probe] = time.perf_counter()
            sock.send(datagram)
            self.sent += 1
            due += dice.expovariate(self.per_s)
        self._listen(sock, out, time.perf_counter() + 2)

    def _listen(self, sock: socket.socket, out: dict[int, float], until: float) -> None:
        while (left := until - time.perf_counter()) > 0:
            sock.settimeout(left)
            try:
                said = sock.recv(600)
            except TimeoutError:
                return
            came = time.perf_counter()
            probe = int.from_bytes(said[4:8], "big")
            assert not wire.unpack_answer(said, key_of(probe)).flags & wire.NOT_KEPT
            self.took_ms.append((came - out.pop(probe)) * 1000)

    def told(self) -> str:
        p50, p95, p99 = np.percentile(self.took_ms, [50, 95, 99])
        return (
            f"{self.sent} heartbeats; {len(self.took_ms)} answers, ms: median {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, "
            f"max {max(self.took_ms):.0f}"
        )


def live(folder: Path, seconds: float) -> None:
    receiver = Receiver(folder, PROBES)
    before, began = receiver.cpu_s(), time.perf_counter()
    beats = Beats(receiver.udp, 1, seconds)
    beats.thread.join()
    took = time.perf_counter() - began
    cpu = receiver.cpu_s() - before
    print(beats.told())
    print(
        f"{beats.sent / took:.1f} a second; receiver: {100 * cpu / took:.1f} % of a core, {receiver.memory_mb():.0f} MB"
    )
    receiver.end()


# A backlog


def shapes() -> list[list[bytes]]:
    """Bodies of batches but for the probe, which stands in the head only: a week in two batches, in several kinds."""
    dice, made = random.Random(2), []
    for _ in range(SHAPES):
        week = []
        for first in (1, 1 + ROWS_OF_BATCH):
            messages = [heartbeat(n, dice) for n in range(first, first + ROWS_OF_BATCH)]
            sending = wire.Sending(1, 77, 2017 * EVERY_MS, 1_795_700_000, 2016, 1)
            week.append(wire.pack_batch(wire.Batch(sending, first, messages), key_of(1))[0])
        made.append(week)
    return made


def body_of(shape: bytes, probe: int) -> bytes:
    return shape[:4] + probe.to_bytes(4, "big") + shape[8:]


def send_backlog(port: int, probes: range) -> None:
    made = shapes()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for probe in probes:
        for shape in made[probe % SHAPES]:
            body = body_of(shape, probe)
            connection.request(
                "POST", wire.BATCH_PATH, body, {wire.MAC_HEADER: wire._mac(key_of(probe), body).hex()}
            )
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            wire.unpack_receipt(said, answer.headers[wire.MAC_HEADER], key_of(probe))
    print("done", flush=True)


def beside_the_site(folder: Path, rows: int, senders: int, users: int) -> None:
    """A backlog while people look at the site of the same region: before, and meanwhile."""
    found = importlib.util.spec_from_file_location("bench_site", Path(__file__).with_name("site.py"))
    site = importlib.util.module_from_spec(found)
    found.loader.exec_module(site)
    site.USERS, site.SECONDS = users, 20
    region = site.made_up_region(folder, site.FILL)
    with site.serving(region, processes=2) as address:
        site.load(address, folder)
        print("site alone:", looked(site.load(address, folder)))
        looking = ThreadPoolExecutor(1).submit(site.load, address, folder)
        backlog(folder, rows, senders, region)
        print("site meanwhile:", looked(looking.result()))


def looked(rows: list[dict[str, str]]) -> str:
    (all_pages,) = (row for row in rows if row["Name"] == "Aggregated")
    names = ("Request Count", "Failure Count", "50%", "95%", "99%")
    return "{} pages, {} errors, ms: median {}, p95 {}, p99 {}".format(*(all_pages[n] for n in names))


def backlog(folder: Path, rows: int, senders: int, region: Path | None = None) -> None:
    probes = rows // (2 * ROWS_OF_BATCH)
    receiver = Receiver(folder, 2 * PROBES, region)
    share = -(-probes // senders)
    beats = Beats(receiver.udp, PROBES + 1)
    time.sleep(3)
    quiet = len(beats.took_ms)
    before, began = receiver.cpu_s(), time.perf_counter()
    sending = [
        subprocess.Popen(
            [
                sys.executable,
                __file__,
                "send",
                str(receiver.http),
                str(1 + i * share),
                str(min(1 + (i + 1) * share, probes + 1)),
            ]
        )
        for i in range(senders)
    ]
    for process in sending:
        assert process.wait() == 0
    took = time.perf_counter() - began
    del beats.took_ms[:quiet]
    beats.ended.set()
    beats.thread.join()
    acknowledged = probes * 2 * ROWS_OF_BATCH
    print(
        f"{acknowledged} rows acknowledged in {took:.0f} s: {acknowledged / took:,.0f} rows/s, {senders} senders"
    )
    print(
        f"receiver: {100 * (receiver.cpu_s() - before) / took:.0f} % of a core, {receiver.memory_mb():.0f} MB"
    )
    print("live meanwhile:", beats.told())
    receiver.end()
    spool = receiver.region / "measurements" / "spool"
    print(f"spool: {sum(f.stat().st_size for f in spool.rglob('*.log')) / acknowledged:.1f} bytes a row")
    compacted(receiver.region, acknowledged + beats.sent)


def compacted(region: Path, rows: int) -> None:
    from merata.assure import index, parts, read

    began = time.perf_counter()
    peak_mb = 0.0
    command = [MERATA, "compact", region, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as working:
        while working.poll() is None:
            with contextlib.suppress(OSError, TypeError):
                peak_mb = max(peak_mb, peak_of(working.pid))
            time.sleep(0.2)
        said = json.loads(working.stdout.read())
    took = time.perf_counter() - began
    place = region / "measurements"
    there = index.load(place)
    (found,) = (
        read.connect(place).sql("SELECT count(*), count(DISTINCT (probe, number)) FROM heartbeats").fetchall()
    )
    assert found == (rows, rows) == (said["rows"], said["rows"]), (found, rows, said)
    size = parts.size_bytes(place, there.of("heartbeats"))
    print(f"compaction: {rows} rows in {took:.0f} s: {rows / took:,.0f} rows/s, {peak_mb:.0f} MB")
    print(
        f"{said['merged']} rows written anew; {size / rows:.1f} bytes a row, {len(there.of('heartbeats'))} files"
    )
    print(f"index.json: {(place / 'index.json').stat().st_size} bytes")


# A month


def written(place: Path, probes: int) -> None:
    """A month of heartbeats as compaction leaves it."""
    import pyarrow as pa

    from merata.assure import index, parts, tables

    dice, made, per = np.random.default_rng(3), [], 8640
    began_ms = 1_793_491_200_000
    for first in range(1, probes + 1, 1250):
        writer = parts.Writer(place, "heartbeats", f"{first:08d}")
        for low in range(first, min(first + 1250, probes + 1), 125):
            probe = np.repeat(np.arange(low, min(low + 125, probes + 1, first + 1250), dtype=np.uint32), per)
            n = len(probe)
            number = np.tile(np.arange(1, per + 1), n // per)
            up = number * EVERY_MS + (probe * 7919 % 250_000) + dice.integers(0, 900, n)
            time_ms = began_ms - EVERY_MS + up + dice.integers(20, 300, n)
            bad = dice.random(n) < 0.02
            ms = {
                name: pa.array(np.round(dice.lognormal(mean, 0.4, n), 1), mask=bad)
                for name, mean in (
                    ("centre_ms", 4),
                    ("outside1_ms", 3.5),
                    ("outside2_ms", 3.7),
                    ("dns_ms", 3.3),
                )
            }
            whole = {
                "probe": probe, "number": number, "time": time_ms, "boot": probe * 31, "up_ms": up,
                "received": time_ms + dice.integers(5, 50, n), "wall_s": time_ms // 1000,
                "centre_lost": np.where(bad, 10, dice.random(n) < 0.1).astype(int),
                "outside_lost": np.where(bad, 10, 0), "flags": np.zeros(n, int), "clients": dice.integers(0, 40, n),
                "rx_kb": dice.exponential(1e4, n).astype(int), "tx_kb": dice.exponential(1e3, n).astype(int),
            }  # fmt: skip
            found = {k: pa.array(v) for k, v in whole.items()} | ms
            found["time_sure_s"] = pa.array(1 + dice.integers(0, 8, n).astype(np.float32))
            found["live"] = pa.array(~bad)
            rows = pa.table({f.name: found[f.name].cast(f.type) for f in tables.schema("heartbeats")})
            # Some are off: gaps, of which there are some dozens for each probe.
            writer.add(rows.filter(pa.array(np.repeat(dice.random(n // 8), 8) > 0.004)))
        made += writer.close()
    index.save(place, index.Index(parts=tuple(made)))


GAPS = """
SELECT probe, count(*) AS n, count(*) FILTER (gap > 450000) AS gaps, sum(gap) FILTER (gap > 450000) AS gone_ms,
       quantile_cont(centre_ms, 0.5) AS p50, quantile_cont(centre_ms, 0.95) AS p95
FROM (SELECT probe, centre_ms, epoch_ms(time) - lag(epoch_ms(time)) OVER (PARTITION BY probe ORDER BY time) AS gap
      FROM heartbeats WHERE probe BETWEEN {low} AND {high})
GROUP BY probe ORDER BY probe
"""


def by_duckdb(place: Path, buckets: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    from merata.assure import read

    connection = read.connect(place, memory_bytes=3_500_000_000)
    return [
        row for low, high in buckets for row in connection.sql(GAPS.format(low=low, high=high)).fetchall()
    ]


def by_pass(place: Path) -> list[tuple[int, ...]]:
    import numba

    from merata.assure import passes

    @numba.njit(nogil=True)
    def gaps(first, time, centre, out):  # pragma: no cover - compiled
        for i in range(len(first) - 1):
            low, high = first[i], first[i + 1]
            for k in range(low + 1, high):
                gap = time[k] - time[k - 1]
                if gap > 450_000:
                    out[i, 0] += 1
                    out[i, 1] += gap
            had = np.sort(centre[low:high][~np.isnan(centre[low:high])])
            for j, q in enumerate((0.5, 0.95)):
                at = q * (len(had) - 1)
                k = min(int(at), len(had) - 2)
                out[i, 2 + j] = had[k] + (at - k) * (had[k + 1] - had[k])

    gaps(
        np.array([0, 2]), np.zeros(2, np.int64), np.zeros(2, np.float32), np.zeros((1, 4))
    )  # compiled once, then kept
    print(f"(compiled after {time.process_time():.1f} s of processor)")
    found: list[tuple[int, ...]] = []
    for rows in passes.by_probe(place, "heartbeats", ["centre_ms"]):
        first = rows["first"]
        out = np.zeros((len(first) - 1, 4))
        gaps(first, rows["time"], rows["centre_ms"], out)
        probe = rows["probe"][first[:-1]].tolist()
        found += [(p, int(n), *row) for p, n, row in zip(probe, np.diff(first), out.tolist(), strict=True)]
    return found


def month(folder: Path, probes: int) -> None:
    place = folder / "measurements"
    began = time.perf_counter()
    written(place, probes)
    took = time.perf_counter() - began
    from merata.assure import index, parts

    there = index.load(place).of("heartbeats")
    rows, size = sum(p.rows for p in there), parts.size_bytes(place, there)
    print(
        f"{rows} rows written in {took:.0f} s ({rows / took:,.0f} rows/s): {size / 1e6:.0f} MB, "
        f"{size / rows:.1f} bytes a row"
    )
    for way in ("duckdb", "buckets", "pass"):
        subprocess.run([sys.executable, __file__, "way", way, str(place), str(probes)], check=True)


def way(name: str, place: Path, probes: int) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    step = 1000 if name == "buckets" else probes
    buckets = [(low, min(low + step - 1, probes)) for low in range(1, probes + 1, step)]
    rows = by_pass(place) if name == "pass" else by_duckdb(place, buckets)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    peak_mb = peak_of("self")
    sums = [sum(r[i] or 0 for r in rows) for i in range(1, 6)]
    said = f"{sums[0]} rows, {sums[1]:.0f} gaps of {sums[2] / 3.6e6:.0f} h in all"
    said += f", p50 {sums[3] / len(rows):.2f}, p95 {sums[4] / len(rows):.2f}"
    print(f"{name}: {took:.1f} s, {used:.1f} s of processor, {peak_mb:.0f} MB: {said}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["live", "backlog", "month", "send", "way"])
    parser.add_argument("rest", nargs="*")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rows", type=int, default=2_016_000)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--users", type=int, default=0)
    parser.add_argument("--probes", type=int, default=PROBES)
    asked = parser.parse_args()
    if asked.what == "send":
        port, low, high = map(int, asked.rest)
        send_backlog(port, range(low, high))
        return
    if asked.what == "way":
        way(asked.rest[0], Path(asked.rest[1]), int(asked.rest[2]))
        return
    with tempfile.TemporaryDirectory(prefix="merata-bench-") as folder:
        if asked.what == "live":
            live(Path(folder), asked.seconds)
        elif asked.what == "backlog" and asked.users:
            beside_the_site(Path(folder), asked.rows, asked.senders, asked.users)
        elif asked.what == "backlog":
            backlog(Path(folder), asked.rows, asked.senders)
        else:
            month(Path(folder), asked.probes)


if __name__ == "__main__":
    main()
