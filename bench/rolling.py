"""A new version under load: the site's processes are made anew, and stopped, while people read. Which requests fail?

`python tools/postgres.py .venv/bin/python bench/rolling.py` prints requests, failures and the slowest answer: with a
connection for each request, and with connections that are kept, as browsers and proxies keep them. A kept connection
that the server ended before it sent any of an answer is used no more, and the request is sent again by a new one, as
RFC 9110 (9.2.2) lets any client do, and browsers and proxies do; such requests are counted too.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests" / "web"), str(HERE.parent / "tests")]

import psutil  # noqa: E402
from serving import made_up_region, serving  # noqa: E402  — the same real server as the tests

PATIENCE_S = 300
FILL = "import site_factory; site_factory.publication(districts=40, each=50)"
PATHS = [
    "/",
    "/kecamatan/",
    "/anggaran/",
    *(f"/desa/99.01.{d:02d}.{2001 + n}/" for d in range(1, 41) for n in range(50)),
]


@dataclass(eq=False)
class Reader(threading.Thread):
    """Somebody who reads page after page."""

    host: str
    port: int
    keeps: bool
    over: threading.Event
    seen: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    processes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        chance, connection = random.Random(id(self)), None
        while not self.over.is_set():
            began = time.perf_counter()
            connection = self._ask(chance.choice(PATHS), connection)
            self.slowest_s = max(self.slowest_s, time.perf_counter() - began)
            time.sleep(chance.expovariate(20))

    def _ask(
        self, path: str, connection: http.client.HTTPConnection | None
    ) -> http.client.HTTPConnection | None:
        self.seen["requests"] += 1
        for kept in (connection, None):
            used = kept or http.client.HTTPConnection(self.host, self.port, timeout=30)
            try:
                used.request("GET", path, headers={} if self.keeps else {"Connection": "close"})
                answer = used.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                used.close()
                if kept is not None and isinstance(error, (http.client.RemoteDisconnected, ConnectionError)):
                    self.seen["sent again by a new connection"] += 1
                    continue
                self.seen[f"failed: {type(error).__name__}"] += 1
                return None
            if answer.status != 200:
                self.seen[f"failed: {answer.status}"] += 1
            return used if self.keeps and not answer.will_close else (used.close() or None)
        return None


def serving_processes(region: Path) -> tuple[psutil.Process, set[int]]:
    """The main process of the site, and all below it but the worker."""
    main = next(
        p for p in psutil.process_iter(["cmdline"])
        if "serve" in (p.info["cmdline"] or ()) and str(region) in p.info["cmdline"]
    )  # fmt: skip
    return main, {child.pid for child in main.children() if _serves(child)}


def _serves(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:  # it has just ended
        return False
    other = ("work", "merata.web.rehearse")
    return bool(words) and not any(word in other or "resource_tracker" in word for word in words)


def main() -> None:
    """Read for a while in both ways, with the site made anew some times meanwhile."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=3, help="how often all is made anew")
    options.add_argument("--readers", type=int, default=12, help="of each way")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        region = made_up_region(Path(name), FILL)
        with serving(region, processes=2) as address:
            where, over = urlsplit(address), threading.Event()
            readers = [
                Reader(where.hostname or "", where.port or 0, keeps, over)
                for keeps in (False, True) for _ in range(asked.readers)
            ]  # fmt: skip
            for reader in readers:
                reader.start()
            time.sleep(3)
            began, before = time.perf_counter(), serving_processes(region)[1]
            for _ in range(asked.times):
                site, processes = serving_processes(region)
                os.kill(site.pid, signal.SIGHUP)
                until = time.monotonic() + PATIENCE_S
                while serving_processes(region)[1] & processes or len(serving_processes(region)[1]) < 2:
                    if time.monotonic() > until:
                        sys.exit((region / "serve.log").read_text())
                    time.sleep(0.5)
                print(f"made anew after {time.perf_counter() - began:.0f} s", flush=True)
            seconds = time.perf_counter() - began
            time.sleep(3)
            over.set()
            for reader in readers:
                reader.join(60)
            left = before & serving_processes(region)[1]
    print(
        f"\nMade anew {asked.times} times in {seconds:.0f} s; of the first processes {len(left)} still served.\n"
    )
    print(
        "| connections | requests | failed | sent again by a new connection | slowest, s |\n|---|---|---|---|---|"
    )
    for keeps in (False, True):
        own = [reader for reader in readers if reader.keeps is keeps]
        seen = sum((reader.seen for reader in own), Counter())
        failed = {what: count for what, count in seen.items() if what.startswith("failed")}
        print(
            f"| {'kept' if keeps else 'one for each'} | {seen['requests']} | {sum(failed.values())} {failed or ''} "
            f"| {seen['sent again by a new connection']} | {max(reader.slowest_s for reader in own):.2f} |"
        )
    sys.exit(any(what.startswith("failed") for reader in readers for what in reader.seen))


if __name__ == "__main__":
    main()
