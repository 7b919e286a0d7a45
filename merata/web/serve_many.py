"""Serves many regions: each one's site as a process of its own under a name of its own, and the province's pages."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from merata.errors import SettingsError
from merata.province import office

_log = logging.getLogger(__name__)

#: What all regions' sites share; every other variable of a site is said for one region, by its code.
SHARED = ("MERATA_MAIL", "MERATA_FROM")
#: How long a site that ended is left alone before it is started again, s: the first time, and at most.
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 60.0
#: A site that ran for so long had no trouble in starting.
STEADY_S = 60.0
PATIENCE_S = 10.0


@dataclass(frozen=True)
class OneSite:
    """A region's site as it is served here."""

    label: str
    """As in host names: 64-02."""
    folder: Path
    address: str
    """What people type."""
    port: int


def environment(site: OneSite, base: Mapping[str, str]) -> dict[str, str]:
    """The surroundings of a region's site: of Merata's variables only its own (MERATA_64_02_DATABASE), and `SHARED`.

    Raises
    ------
    SettingsError
        MERATA_DATABASE is set for all: regions would write into one database.
    """
    if base.get("MERATA_DATABASE"):
        raise SettingsError(
            "MERATA_DATABASE is set for all regions together. Each has a database of its own: set "
            "MERATA_64_02_DATABASE, with the region's code, or none."
        )
    mine = f"MERATA_{site.label.replace('-', '_').upper()}_"
    kept = {name: value for name, value in base.items() if not name.startswith("MERATA_") or name in SHARED}
    own = {
        f"MERATA_{name.removeprefix(mine)}": value for name, value in base.items() if name.startswith(mine)
    }
    if site.label == office.LABEL:
        own[office.VARIABLE] = str(site.folder.parent / office.INNER)
    return {**kept, "MERATA_SITE": site.address, "MERATA_BESIDE": "1", **own}


def sites(regions: Sequence[tuple[str, Path]], site: str, first_port: int) -> list[OneSite]:
    """Where each region (label and folder) is served: names below the province's, or below localhost without one."""
    host = urlsplit(site).hostname
    return [
        OneSite(
            label, folder, f"https://{label}.{host}" if host else f"http://{label}.localhost:{port}", port
        )
        for port, (label, folder) in enumerate(regions, first_port)
    ]


def serve(folder: Path, site: str, served: Sequence[OneSite], host: str, port: int, every_s: float) -> None:
    """Serve until stopped. A region's site that ends is started again; the others and the province do not notice."""
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ |= {"MERATA_PROVINCE": str(folder.resolve()), "MERATA_SITE": site}
    with _running(served, host), _anew(folder, port, every_s):
        Server(
            "merata.web.province_wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
            blocking_threads=4, backlog=1024, log_access=False, respawn_failed_workers=True, process_name=None,
        ).serve()  # fmt: skip


def squeeze(files: Sequence[Path]) -> None:
    """Lay each file beside itself as brotli and gzip, for who can take these: a page is a third of itself then."""
    from whitenoise.compress import Compressor

    compressor = Compressor(quiet=True)
    for path in files:
        if compressor.should_compress(path.name):
            for old in (path.with_name(f"{path.name}.br"), path.with_name(f"{path.name}.gz")):
                old.unlink(missing_ok=True)  # where the new content is not worth it
            compressor.compress(str(path))


def caddyfile(served: Sequence[OneSite], site: str, port: int) -> str:
    """The settings of Caddy, which fetches certificates and passes each name on to its own process."""
    names = [
        (urlsplit(site).hostname, port, "1MB"),
        *((urlsplit(s.address).hostname, s.port, "300MB") for s in served),
    ]
    return "\n".join(
        f"{name} {{\n\treverse_proxy 127.0.0.1:{at}\n\trequest_body {{\n\t\tmax_size {most}\n\t}}\n}}\n"
        for name, at, most in names
    )


def _command(site: OneSite, host: str) -> list[str]:
    where = ("--host", host, "--port", str(site.port), "--processes", "1")
    return [sys.executable, "-m", "merata.cli.main", "serve", str(site.folder), *where]


@contextmanager
def _running(served: Sequence[OneSite], host: str) -> Iterator[None]:
    """The sites' processes, each kept running by a thread of its own."""
    stopped = threading.Event()
    keepers = [_Keeper(site, host, stopped) for site in served]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stopped.set()
        for keeper in keepers:
            keeper.end()
        for keeper in keepers:
            keeper.join(PATIENCE_S)


def _sweep(group: int) -> None:
    """End what a site that was killed left behind: else its server processes would hold its port."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)


class _Keeper(threading.Thread):
    """Keeps one site running: starts it again when it ends, after a wait that grows while it does not stay."""

    def __init__(self, site: OneSite, host: str, stopped: threading.Event) -> None:
        super().__init__(name=f"site {site.label}", daemon=True)
        self._site, self._stopped = site, stopped
        self._command = _command(site, host)
        self._environment = environment(site, os.environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stopped.is_set():
            began = time.monotonic()
            with self._lock:
                if self._stopped.is_set():
                    return
                self._process = subprocess.Popen(  # noqa: S603 — our own command
                    self._command, env=self._environment, process_group=0
                )
            code = self._process.wait()
            _sweep(self._process.pid)
            if self._stopped.is_set():
                return
            wait = FIRST_WAIT_S if time.monotonic() - began > STEADY_S else min(2 * wait, LONGEST_WAIT_S)
            _log.error(
                "the site of %s ended with %s; it is started again in %.0f s", self._site.label, code, wait
            )
            self._stopped.wait(wait)

    def end(self) -> None:
        """Let the process end: by asking first."""
        with self._lock:
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def _anew(folder: Path, port: int, every_s: float) -> Iterator[None]:
    """Makes the province's pages anew every so often, in a process of its own."""
    stopped = threading.Event()
    command = [sys.executable, "-m", "merata.cli.main", "province", "pages", str(folder), "--port", str(port)]

    def again() -> None:
        while not stopped.wait(every_s):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — our own command
            if done.returncode:
                _log.error(
                    "the province's pages stay as they are: %s", re.sub(r"\s+", " ", done.stderr)[-500:]
                )

    thread = threading.Thread(target=again, name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
