"""`merata ndt7`: the centre's speed test, for probes, browsers and anybody's client of ndt7."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import signal
import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.errors import FileError, SettingsError

if TYPE_CHECKING:
    from merata.assure.ndt7 import Server
    from merata.assure.ndt7_results import OnResult, Result


def ndt7(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="The region's folder: results go to its measurements/ndt7. Left out: to standard output"
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0,:: for all of this machine's")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at (TCP)")] = 8020,
    certificate: Annotated[
        Path | None, typer.Option(help="Certificate with its chain (PEM); read again on SIGHUP")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Key of the certificate (PEM)")] = None,
    tests: Annotated[
        int, typer.Option(min=1, help="Tests at once; more are refused, for they would squeeze each other")
    ] = 4,
    each_mbps: Annotated[
        float, typer.Option(min=0, help="No test goes faster, Mbit/s: your line divided by --tests. 0: any")
    ] = 0,
    hourly: Annotated[int, typer.Option(min=1, help="Tests from one address in an hour")] = 120,
    day_gb: Annotated[float, typer.Option(min=0, help="Data of all tests in a day, GB. 0: any")] = 0,
    run_s: Annotated[float, typer.Option(min=1, max=10, help="How long a test runs, s")] = 10,
) -> None:
    """Serve speed tests by the open protocol ndt7. Results are lines of JSON, without anybody's address."""
    from merata.assure.ndt7 import Server
    from merata.assure.ndt7_door import Limits

    hosts = [name.strip() for name in host.split(",")]
    tls = _tls(hosts, certificate, key)
    limits = Limits(
        run_s=run_s,
        tests=tests,
        each_mbps=each_mbps,
        hourly_of_address=hourly,
        day_bytes=int(day_gb * 1e9),
    )
    keep, spent_bytes = _keeping(folder)
    server = Server(keep, limits, tls, spent_bytes)
    asyncio.run(_run(server, hosts, port, lambda: _renew(tls, certificate, key)))


async def _run(server: Server, hosts: list[str], port: int, renew: Callable[[], None]) -> None:
    from merata.assure.ndt7 import serve

    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
    loop.add_signal_handler(signal.SIGHUP, renew)

    def ready(at: int) -> None:
        way = "ws" if server.tls is None else "wss"
        screen.err.print(
            f"Speed tests at {', '.join(f'{way}://{_named(host)}:{at}' for host in hosts)} (Ctrl-C ends it)",
            markup=False,
            highlight=False,
        )

    with contextlib.suppress(asyncio.CancelledError):
        await serve(server, hosts, port, ready)
    said = ", ".join(f"{what}: {count}" for what, count in sorted(server.counts.items())) or "no tests"
    screen.err.print(said, markup=False, highlight=False)


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tls(hosts: list[str], certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if not all(map(_is_here, hosts)):
            raise SettingsError(
                f"--host {','.join(hosts)}: others than this machine are tested over TLS only. Give --certificate "
                "and --key; a front server must not do this, for it would be the one that is tested."
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, certificate, key)
    return context


def _load(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise FileError(
            f"{certificate} and {key or 'no --key'}: no certificate with its key in PEM ({error.strerror or error})."
        ) from None


def _renew(context: ssl.SSLContext | None, certificate: Path | None, key: Path | None) -> None:
    if context is None or certificate is None:
        return
    try:
        _load(context, certificate, key)
    except FileError as error:
        screen.err.print(f"{error} The one before is kept.", markup=False, highlight=False)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _keeping(folder: Path | None) -> tuple[OnResult, int]:
    """Where results go, and the bytes that today's took before."""
    if folder is None:
        return _tell, 0
    from merata.assure.ndt7_results import Results
    from merata.region.folder import Region

    results = Results(Region(folder).path / "measurements")
    return results.keep, results.bytes_of(datetime.now(UTC).date())


def _tell(result: Result) -> None:
    sys.stdout.write(json.dumps(result._asdict(), ensure_ascii=False) + "\n")
    sys.stdout.flush()
