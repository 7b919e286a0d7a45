"""What the centre's checks of routers cost: what `docs/benchmarks.md` says under "Watching".

python bench/watch.py checks --routers 2000     CPU of a check by ping, HTTP and SNMP, over loopback
python bench/watch.py look   --points 10000     one look of the worker's rule at so many points
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from merata.assure import checks, heard, live
from merata.assure.heard import RECEIVER, Ear, Word
from merata.assure.live import Rule, Watched

#: Answers HTTP and SNMP in a process of its own, so that its CPU is not counted.
SERVER = """
import asyncio, sys
from merata.probe import snmp

async def web(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
    writer.close()

class Agent(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, address):
        _, rest = snmp.decode(snmp.decode(data)[1])[1:]
        _, community, rest = snmp.decode(rest)
        number = snmp.decode(snmp.decode(rest)[1])[1]
        rows = b"".join(
            snmp.encode(0x30, snmp.encode_oid(f"{o}.1") + snmp.encode(0x46, bytes(9)))
            for o in (snmp.IN_OCTETS, snmp.OUT_OCTETS)
        )
        pdu = snmp.encode(0xA2, snmp.encode(2, number) + 2 * snmp.encode_integer(0) + snmp.encode(0x30, rows))
        self.transport.sendto(snmp.encode(0x30, snmp.encode_integer(1) + snmp.encode(4, community) + pdu), address)

async def main():
    server = await asyncio.start_server(web, "127.0.0.1", 0, backlog=4096)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Agent, ("127.0.0.1", 0))
    print(server.sockets[0].getsockname()[1], transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def of(how: str, count: int, web: int, agent: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        region = Path(folder)
        (region / "measurements").mkdir()
        secret = region / ".merata" / "watch" / "x"
        secret.parent.mkdir(parents=True)
        secret.write_text("x")
        secret.chmod(0o600)
        address = {"ping": "127.0.0.1", "http": f"http://127.0.0.1:{web}/", "snmp": f"127.0.0.1:{agent}"}[how]
        rows = "".join(f"{n},P{n},{address},{how},1,x\n" for n in range(1, count + 1))
        (region / "measurements" / "routers.csv").write_text(
            f"number,point,address,how,interface,community\n{rows}"
        )
        asyncio.run(_watched(region, how, count, seconds))


async def _watched(region: Path, how: str, count: int, seconds: float) -> None:
    watcher = checks.Watcher(region, every_s=seconds)
    before = time.process_time()
    task = asyncio.create_task(watcher.run())
    await asyncio.sleep(seconds + 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    used = time.process_time() - before
    done = sum(watcher.counts.values())
    each_ms = 1000 * used / done
    print(
        f"{how:5} {done} checks ({watcher.counts['answered']} answered), {count / seconds:.0f}/s: {each_ms:.2f} ms of "
        f"CPU each; 10,000 in 5 minutes take {each_ms * 10_000 / 300_000:.1%} of a core"
    )


def look(count: int) -> None:
    now = time.time()
    points = [Watched(f"P{n}", f"provider {n % 7}", f"district {n % 20}", n + 1) for n in range(count)]

    def ears(dark: set[int]) -> list[Ear]:
        words = {
            n + 1: Word(n + 1, 5, int((now - (900 if n in dark else n % 300)) * 1000), 0, 1, 0)
            for n in range(count)
        }
        return [Ear(RECEIVER, now - 86_400, now, words)]

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "spool" / "r1"
        place.mkdir(parents=True)
        hearing = heard.Hearing(place, RECEIVER, int(now * 1000))
        hearing.there(int(now * 1000))
        for word in ears(set())[0].words.values():
            hearing.hear(word)
        began = time.perf_counter()
        heard.ears(Path(folder))
        print(f"reading what was heard of {count} probes: {1000 * (time.perf_counter() - began):.0f} ms")
        print(f"its file: {(place / heard.FILE).stat().st_size / 1000:.0f} kB")
    for name, dark in (
        ("all heard", set()),
        ("two districts gone dark", {n for n in range(count) if n % 20 < 2}),
    ):
        said = ears(dark)
        began = time.perf_counter()
        seen = live.seen(points, said, now)
        now_stands = {p.point: live.stands(seen.get(p.point), None, Rule(720, 3600), now) for p in points}
        fell = live.fallen(points, now_stands, {})
        print(
            f"one look at {count} points, {name}: {1000 * (time.perf_counter() - began):.0f} ms, {len(fell)} alerts"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("checks", "look"))
    parser.add_argument("--routers", type=int, default=2000)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    if given.what == "look":
        return look(given.points)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as server:
        web, agent = map(int, server.stdout.readline().split())
        for how in ("ping", "http", "snmp"):
            of(how, given.routers, web, agent, given.seconds)
        server.terminate()
    return None


if __name__ == "__main__":
    socket.setdefaulttimeout(5)
    main()
