"""`merata receive` and `merata compact`: what probes measured comes in, and goes into tables."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Host, Json
from merata.errors import BusyError

if TYPE_CHECKING:
    from merata.assure.keys import KeyFile
    from merata.web.probes import SiteKeys


def receive(
    folder: Folder,
    keys: Annotated[
        Path | None,
        typer.Option(
            help='File with keys, its owner\'s only: {"PROBE": "64 hex digits"}, or "revoked 64 hex digits"; '
            "left out: those of the site"
        ),
    ] = None,
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port for batches (HTTP; TLS is the front server's)")
    ] = 8010,
    udp_port: Annotated[int, typer.Option(min=0, max=65535, help="Port for heartbeats (UDP)")] = 8010,
    name: Annotated[
        str, typer.Option(help="Name of this receiver, where several run; one is found when left out")
    ] = "",
    newest: Annotated[int, typer.Option(min=0, max=65535, help="Newest release of the probe, to tell")] = 0,
) -> None:
    """Receive what probes send: heartbeats by UDP, batches by HTTP. Each is on disk before it is answered."""
    from merata.assure.receive import Receiver, serve
    from merata.probe import RELEASE
    from merata.region.folder import Region

    measurements = Region(folder).path / "measurements"
    known = _keys(folder, keys)

    def ready(http: int, udp: int) -> None:
        screen.say(f"Receiving at http://{host}:{http} and UDP {udp} (Ctrl-C ends it)")

    async def run() -> None:
        task = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
        receiver = Receiver(measurements, known, revoked=known.revoked, name=name, newest=newest or RELEASE)
        try:
            await serve(receiver, host, port, udp_port, ready)
        except asyncio.CancelledError:
            screen.say(", ".join(f"{what}: {count}" for what, count in sorted(receiver.counts.items())))

    asyncio.run(run())


def _keys(folder: Path, keys: Path | None) -> KeyFile | SiteKeys:
    if keys is not None:
        from merata.assure.keys import KeyFile

        return KeyFile(keys)
    from merata.cli.site import started

    started(folder)
    from merata.web.probes import SiteKeys

    return SiteKeys().watching()


def compact(
    folder: Folder,
    every_s: Annotated[
        float, typer.Option(min=0, help="Again after so many seconds, until stopped; 0: once")
    ] = 0,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Write all tables anew, one file a month, with all times reckoned again"
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Put what was received into the tables of measurements, each message once. May be killed at any instant."""
    from merata.assure.compact import compact as once
    from merata.region.folder import Region

    measurements = Region(folder).path / "measurements"
    while True:
        began = time.perf_counter()
        try:
            done = once(measurements, whole=whole)
        except BusyError:
            if not every_s:
                raise
        else:
            if json:
                screen.say_json(vars(done))
            else:
                screen.say(
                    f"{done.rows} new rows, {done.doubled} had before, {done.merged} written anew, "
                    f"{done.unreadable} unreadable, in {time.perf_counter() - began:.1f} s"
                )
        if not every_s:
            return
        time.sleep(max(0.0, every_s - (time.perf_counter() - began)))
