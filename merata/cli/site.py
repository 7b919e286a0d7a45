"""`merata serve` and its companions: the web site over a region folder."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from merata.cli import screen
from merata.cli.options import Folder, Host, Json

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at")]


def serve(
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Server processes; one a core")] = 2,
) -> None:
    """Serve the site of a region, or of a province with all its regions: open pages, and where staff work."""
    from merata.cli import province

    if province.is_one(folder):
        province.serve(folder, host, port)
        return
    started(folder, at=address(host, port))
    until_stopped(folder, host, port, processes)


def address(host: str, port: int) -> str:
    """What people type to come to a site that listens there, without a / at its end."""
    if said := os.environ.get("MERATA_SITE"):
        return said.rstrip("/")
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 — one of all of this machine's
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def until_stopped(folder: Path, host: str, port: int, processes: int) -> None:
    """Serve the site of a region, and say where it is."""
    from merata.web.serve import serve as answer

    screen.say(f"The site of {folder} is at {address(host, port)}/ (Ctrl-C ends it)")
    answer(host, port, processes)


def invite(
    folder: Folder,
    email: Annotated[str, typer.Argument(help="Address of the person; the letter goes there too")],
    role: Annotated[
        Literal["province", "regency", "district", "village", "provider", "partner", "reader"],
        typer.Option(help="What the account may do: see the site's handbook"),
    ] = "regency",
    organisation: Annotated[
        str, typer.Option(help="Office, provider or partner it belongs to; made if new")
    ] = "",
    district: Annotated[str, typer.Option(help="District that a district's account reaches")] = "",
    village: Annotated[
        str, typer.Option(help="Code of the village that a village officer's account reaches")
    ] = "",
) -> None:
    """Invite somebody to the site: prints a link, good once and for days, by which the account is made."""
    started(folder)
    from merata.web.first import invite as asked

    link = asked(email, role, organisation, district, village)
    screen.say(f"Open this once, within a week, to make the account of {email} ({role}):")
    screen.say(f"  {link}")


def person(
    folder: Folder,
    email: Annotated[str, typer.Argument(help="Address of the person")],
    erase: Annotated[
        bool, typer.Option("--erase", help="Erase it: what the account did stays, without the person")
    ] = False,
) -> None:
    """Print all that the site keeps of a person as JSON, or erase it."""
    started(folder)
    from merata.web import privacy

    if erase:
        privacy.erase(email)
        screen.say(f"{email}: the account is closed, and the address stands nowhere any more.")
        return
    screen.say_json(privacy.kept(email))


def export(
    folder: Folder,
    out: Annotated[
        Path, typer.Argument(help="Where to write the copy: a new folder, or one of an earlier copy")
    ],
    json: Json = False,
) -> None:
    """Write the site's open pages as files that work without a server. Again later, only what changed is written."""
    began = time.perf_counter()
    started(folder)
    from merata.web.export import export as copy

    with screen.progress_bar() as bar:
        done = copy(folder, out, lambda made, of: bar.tell("pages", str(out), made, of))
    if json:
        screen.say_json({name: value for name, value in vars(done).items() if name != "files"})
        return
    screen.say(
        f"{len(done.files)} files, {done.bytes / 1e6:.1f} MB, in {out}: {done.written} written, {done.same} the same, "
        f"{done.removed} taken away, in {time.perf_counter() - began:.0f} s."
    )
    if done.draft:
        screen.say("Nothing is published yet: the copy shows the newest run, and says that it is a draft.")
    screen.say(f"Open {out / 'index.html'} in a browser.")


def sms(
    folder: Folder,
    gammu: Annotated[Path, typer.Option(help="Folder that holds gammu-smsd's inbox, outbox, sent and error")],
    once: Annotated[bool, typer.Option("--once", help="Take in and send what is there, and end")] = False,
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Look so often, s")] = 2.0,
) -> None:
    """Take in and send SMS through Gammu's SMS daemon. Ctrl-C ends it; what waits is sent at the next start."""
    started(folder)
    from django.db import Error, connection

    from merata.web.sms.gammu import folders_in
    from merata.web.sms.gammu import once as look

    folders = folders_in(gammu)
    screen.say(f"SMS of {folder} through {gammu} (Ctrl-C ends it)")
    while True:
        try:
            taken, sent = look(folders)
            if taken or sent:
                screen.say(f"{taken} taken in, {sent} handed over")
        except Error as error:  # the database is away for a while
            screen.say(f"The database does not answer ({type(error).__name__}); SMS wait")
            connection.close()
        if once:
            return
        time.sleep(every)


def started(folder: Path, *, at: str = "") -> None:
    """Set the web room up over a region, its tables as this version needs them; its files where it is served `at`."""
    from merata.web.start import prepare, start, tables

    start(folder, at)
    (prepare if at else tables)()
