"""The site: its processes killed, its database taken away, its disk filled, while people report troubles."""

from __future__ import annotations

import http.client
import importlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import faults_disk as disk
from faults_world import Child, NotHereError, World, answer, port, promised, until

#: The site takes ten reports from one address in a quarter of an hour.
_EACH = 9


class Site:
    """`merata serve` with its processes, and somebody who reports troubles from many addresses."""

    def __init__(self, region: Path, database: str = "") -> None:
        self.region, self.at, self.sure = region, port(), {}
        self.database = database
        self.sent = 0
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = [
            Path(sys.executable).parent / "merata",
            "serve",
            self.region,
            "--port",
            self.at,
            "--processes",
            2,
        ]
        env = os.environ | {"MERATA_DATABASE": self.database, "MERATA_REGION": str(self.region)}
        self.log = (self.region.parent / "serve.log").open("ab")
        self.process = subprocess.Popen(
            list(map(str, words)), env=env, stdout=self.log, stderr=self.log, start_new_session=True
        )
        until(lambda: self.ask("/") == 200 or self.process.poll() is not None, 90, "the site does not answer")
        promised(self.process.poll() is None, f"the site ended: {self.trouble()}")

    def trouble(self) -> str:
        """The end of what it said."""
        return (self.region.parent / "serve.log").read_text(errors="replace")[-600:]

    def processes(self) -> dict[int, str]:
        """Every process of the site, with its command."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                session = int((place / "stat").read_text().rsplit(")", 1)[1].split()[3])
                if session == self.process.pid:
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, ValueError):
                continue
        return found

    def has_worker(self) -> bool:
        """Whether the process is there that works in the background."""
        return any("django work" in command for command in self.processes().values())

    def end(self) -> None:
        """Kill all of it."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def ask(self, path: str) -> int:
        """The status of a page; 0: nobody answered."""
        return self._said("GET", path)[0]

    def report(self) -> bool:
        """Report a trouble; whether the site said that it has it."""
        self.sent += 1
        sent = {
            "village": f"99.01.0{self.sent % 3 + 1}.200{self.sent % 4 + 1}",
            "kind": "slow",
            "made_by": str(uuid.uuid4()),
        }
        status, said = self._said("POST", "/lapor/kirim", json.dumps(sent))
        if status == 201:
            self.sure[json.loads(said)["reference"]] = sent["made_by"]
        return status == 201

    def _said(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        here = f"127.0.{self.sent // _EACH // 250}.{self.sent // _EACH % 250 + 2}"
        connection = http.client.HTTPConnection("127.0.0.1", self.at, timeout=20, source_address=(here, 0))
        try:
            connection.request(
                method, path, body or None, {"Content-Type": "application/json"} if body else {}
            )
            told = connection.getresponse()
            return told.status, told.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def killed(world: World) -> int:
    """One process of the site after the other is killed, at last all: each report that was acknowledged is there."""
    region = world.fresh()
    site, times = Site(region), 0
    try:
        for chosen in ("page", "worker", "page", "all"):
            site.report()
            _kill(world, site, chosen)
            times += 1
            if chosen == "worker":
                until(
                    lambda: any("django work" in one for one in site.processes().values()),
                    60,
                    "there is no worker",
                )
            if chosen == "all":
                site.end()
                site.start()
            until(site.report, 60, f"after a kill of {chosen} the site takes no report: {site.trouble()}")
    finally:
        site.end()
    _all_there(region, site)
    return times


def _kill(world: World, site: Site, chosen: str) -> None:
    """Kill a process of that kind at a random instant while reports come in."""
    mine = site.processes()
    workers = [pid for pid, command in mine.items() if "django work" in command]
    pages = [pid for pid in mine if pid != site.process.pid and pid not in workers]
    targets = {"page": pages, "worker": workers, "all": list(mine)}[chosen]
    promised(bool(targets), f"there is no process of the kind {chosen}: {mine}")
    victims = targets if chosen == "all" else [world.dice.choice(targets)]
    wait_s = world.dice.uniform(0.05, 0.6)

    def strike() -> None:
        time.sleep(wait_s)
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    striking = Child(strike, site.region.parent)
    while not striking.gone():
        site.report()


def _all_there(region: Path, site: Site) -> None:
    """The database is whole, and has every report that was acknowledged, once."""
    with closing(sqlite3.connect(region / "web.sqlite3")) as there:
        promised(there.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the database is damaged")
        found = [row[0] for row in there.execute("SELECT reference FROM web_report")]
    _same(found, site)


def _same(found: list[str], site: Site) -> None:
    promised(len(found) == len(set(found)), "a report is there twice")
    lost = set(site.sure) - set(found)
    promised(not lost, f"{len(lost)} of {len(site.sure)} acknowledged reports are gone")
    promised(len(site.sure) > 1, "hardly any report was acknowledged")


def database_away(world: World) -> int:
    """PostgreSQL is stopped at once and comes back, while people report: what was acknowledged is there."""
    region = world.fresh()
    with postgres(region.parent) as control:
        done = answer(region.parent, lambda: _filled(region, control.address))
        promised(done == 1, "the database could not be filled")
        site = Site(region, control.address)
        try:
            for _ in range(2):
                for _ in range(3):
                    site.report()
                control("stop", "-m", "immediate")
                promised(not site.report(), "a report was acknowledged without a database")
                promised(site.ask("/") in (0, 200, 500, 503), "a page ends in an unknown way")
                control("start")
                until(site.report, 60, f"the site does not come back with its database: {site.trouble()}")
                until(site.has_worker, 60, "the worker does not come back with the database")
        finally:
            site.end()
        _same(answer(region.parent, lambda: _references(region, control.address)), site)
    return 2


class Control:
    """Starts and stops a PostgreSQL that keeps what it acknowledges."""

    def __init__(self, folder: Path, programs: Path, as_other: list[str]) -> None:
        self.address = f"postgresql://merata@/postgres?host={folder}"
        self._how = [*as_other, programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w"]
        self._options = ["-o", f"-k '{folder}' -c listen_addresses= -c max_connections=60"]

    def __call__(self, *words: str) -> None:
        """`start`, or `stop` with how."""
        options = self._options if words[0] == "start" else []
        command = [str(word) for word in (*self._how, *options, *words)]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        assert not done.returncode, done.stderr


@contextmanager
def postgres(place: Path) -> Iterator[Control]:
    """A PostgreSQL that is running."""
    tool: Any = importlib.import_module("postgres")
    programs = tool.programs()
    if programs is None:
        raise NotHereError("PostgreSQL is not installed")
    folder = place / "postgres"
    folder.mkdir()
    for above in (folder, *folder.parents):
        if above.stat().st_uid == os.geteuid() and above.name.startswith(("merata-", "fault-")):
            above.chmod(0o755)
    as_other = tool.as_other(folder)
    command = [
        *as_other,
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "merata",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run(list(map(str, command)), capture_output=True, cwd="/", check=True)
    control = Control(folder, programs, as_other)
    control("start")
    try:
        yield control
    finally:
        control("stop", "-m", "immediate")


def _filled(region: Path, address: str) -> int:
    """A publication in an empty PostgreSQL."""
    os.environ["MERATA_DATABASE"] = address
    from merata.web.start import start, tables

    start(region)
    tables()
    import site_factory

    from merata.web.models import Publication

    site_factory.publication()
    return Publication.objects.count()


def _references(region: Path, address: str) -> list[str]:
    os.environ["MERATA_DATABASE"] = address
    from merata.web.start import start

    start(region)
    from merata.web.models import Report

    return list(Report.objects.values_list("reference", flat=True))


def disk_full(world: World) -> None:
    """The disk fills up under the site: pages are shown, what is acknowledged is kept, with room it goes on."""
    region = world.fresh()
    with disk.small_disk(region.parent, 60_000_000) as small:
        there = Path(disk.shutil.copytree(region, small / "region", symlinks=True))
        site = Site(there)
        try:
            site.report()
            free = disk.shutil.disk_usage(small).free
            (small / "filler").write_bytes(bytes(max(free - world.dice.randint(0, 30) * 4096, 0)))
            while site.report() and site.sent < 200:
                pass
            promised(site.ask("/") == 200, f"pages are not shown any more: {site.trouble()}")
            (small / "filler").unlink()
            until(site.report, 60, f"the site takes no report though there is room: {site.trouble()}")
        finally:
            site.end()
        _all_there(there, site)
