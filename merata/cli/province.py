"""`merata province`: many regions in one site, each with its owners, compared like with like."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from json import loads as parsed
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import screen, written
from merata.cli.opened import opened as opened_by_site
from merata.cli.options import Host, Json
from merata.errors import SettingsError

if TYPE_CHECKING:
    from pandas import DataFrame

    from merata.province.compare import Comparison
    from merata.province.opened import Taken
    from merata.province.settings import Province
    from merata.web.serve_many import OneSite

app = typer.Typer(
    help="Many regions in one site, each with its owners.", no_args_is_help=True, rich_markup_mode=None
)

Place = Annotated[Path, typer.Argument(help="The province's folder")]
Port = Annotated[
    int, typer.Option(min=1, max=65000, help="Port of the province; the regions have the ones after it")
]


def is_one(folder: Path) -> bool:
    """Whether a folder is a province's and not a region's."""
    from merata.province.settings import TOML

    return (folder / TOML).is_file()


def settings_of(folder: Path) -> Province:
    """What a province's province.toml says."""
    from merata.province import settings

    return settings.read(folder)


@app.command()
def new(
    folder: Place,
    name: Annotated[str, typer.Option(help="Name of the province, as its pages show it")] = "",
    code: Annotated[str, typer.Option(help="Official code of the province, like 64")] = "",
) -> None:
    """Start a province's folder: province.toml, to which regions are added."""
    from merata.province import settings

    path = settings.start(folder, name or screen.ask("Name of the province", folder.resolve().name), code)
    screen.say(
        f"{path} is there now. Next: merata province add {folder} CODE --name … --owner … --folder REGION"
    )


@app.command()
def add(
    folder: Place,
    code: Annotated[str, typer.Argument(help="Official code of the region, like 64.02")],
    name: Annotated[str, typer.Option(help="Its name, as pages show it")],
    owner: Annotated[
        str, typer.Option(help="Office that runs its site and answers for its data (never a person)")
    ],
    region: Annotated[
        str, typer.Option("--folder", help="Its folder: its site is served beside the province's")
    ] = "",
    site: Annotated[str, typer.Option(help="Or the address of its site elsewhere, https://…")] = "",
    copy_of: Annotated[str, typer.Option("--copy", help="Or a folder with a static copy of its site")] = "",
) -> None:
    """Add a region. Nothing of the region itself is changed."""
    from pydantic import ValidationError

    from merata.province import settings

    where = {"folder": _from(folder, region), "site": site, "copy_of": _from(folder, copy_of)}
    try:
        made = settings.OneRegion(code=code, name=name, owner=owner, **where)
    except ValidationError as error:
        raise SettingsError(
            "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        ) from None
    settings.add(folder, made)
    screen.say(f"{name} is a region of {folder} now.")


def _from(province: Path, path: str) -> str:
    """A path as it stands in province.toml: from there, so that all can be moved together."""
    return os.path.relpath(Path(path).resolve(), province.resolve()) if path else ""


@app.command()
def compare(
    folder: Place,
    out: Annotated[
        Path | None, typer.Option(help="Write all tables: a workbook, .xlsx, or a folder of CSV files")
    ] = None,
    fresh: Annotated[
        bool, typer.Option(help="Take the regions' open data anew first; else as it was taken last")
    ] = True,
    json: Json = False,
) -> None:
    """Compare the regions like with like, from their open data: what the province's pages show, as tables."""
    from merata.province import files, settings
    from merata.province.columns import TABLES

    province = settings.read(folder)
    made = _compared(folder, province, fresh)
    if out is not None:
        _write(out, files.files(made, province.province.name), folder)
    if json:
        screen.say_json({"on": made.on.isoformat(), **{name: files.records(made, name) for name in TABLES}})
    elif out is None:
        _show(made, province)


@app.command()
def pages(
    folder: Place, port: Port = 8000, fresh: Annotated[bool, typer.Option(help="As for compare")] = True
) -> None:
    """Make the province's pages, in the folder `pages`: they work with and without a server."""
    from merata.province import settings

    made_pages(folder, settings.read(folder), port, fresh)
    screen.say(f"The pages are in {folder / 'pages'}.")


@app.command()
def invite(
    folder: Place,
    email: Annotated[str, typer.Argument(help="Address of the person at the province")],
) -> None:
    """Invite somebody of the province into each region's site as a reader: to see everything, to change nothing."""
    from merata.province import settings
    from merata.province.office import LABEL

    province, failed = settings.read(folder), False
    for site in _sites(folder, province, 8000):
        if site.label == LABEL:
            continue
        well, said = _invited(site, email)
        failed |= not well
        screen.say(f"{site.label}: {said}")
    for region in province.regions:
        if not region.folder:
            screen.say(f"{region.label}: not served here; {region.owner} invites there.")
    if failed:
        raise typer.Exit(1)


@app.command()
def account(
    folder: Place,
    email: Annotated[str, typer.Argument(help="Address of the person at the province")],
) -> None:
    """Invite somebody to the province's own site, which is started by it: there the regions stand side by side."""
    from merata.province import office, settings

    province = settings.read(folder)
    office.start(folder, province)
    site = next(one for one in _sites(folder, province, 8000) if one.label == office.LABEL)
    well, said = _invited(site, email, "--organisation", province.province.name)
    screen.say(said)
    if not well:
        raise typer.Exit(1)


def _invited(site: OneSite, email: str, *more: str) -> tuple[bool, str]:
    """Invite a reader into a site, in a process of its own: whether that went well, and what it said."""
    from merata.web import configure
    from merata.web.serve_many import environment

    own = environment(site, os.environ)
    if not site.address.startswith("https:") and (site.folder / configure.ADDRESS_FILE).exists():
        own["MERATA_SITE"] = configure.address(site.folder)  # at whatever port all is served
    command = [
        *(sys.executable, "-m", "merata.cli.main", "invite", str(site.folder), email, "--role", "reader"),
        *more,
    ]
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)  # noqa: S603 — our own command
    return not done.returncode, (done.stderr if done.returncode else done.stdout).strip()


@app.command()
def proxy(folder: Place, port: Port = 8000) -> None:
    """Print the settings of the web server Caddy: one name for the province and one below it for each region."""
    from merata.province import settings
    from merata.web.serve_many import caddyfile

    province = settings.read(folder)
    if not province.province.site:
        raise SettingsError(
            f"{folder / settings.TOML}: set site in [province], the address that people type."
        )
    typer.echo(caddyfile(_sites(folder, province, port), province.province.site, port), nl=False)


@app.command()
def serve(folder: Place, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the province's pages and each region's own site. Ctrl-C ends all. `merata serve` does the same."""
    from merata.province import settings
    from merata.web import serve_many

    province = settings.read(folder)
    served = _sites(folder, province, port)
    for site in served:
        serve_many.environment(site, os.environ)  # what can't be is said before anything runs
    made_pages(folder, province, port, True)
    screen.say(
        f"{province.province.name} is at {province.province.site or f'http://localhost:{port}/'} (Ctrl-C ends all)"
    )
    for site in served:
        screen.say(f"  {site.label}: {site.address}/  (port {site.port})")
    serve_many.serve(folder, province.province.site, served, host, port, 60.0 * province.province.every_min)


def made_pages(folder: Path, province: Province, port: int, fresh: bool) -> None:
    """Take, compare, and write the pages."""
    from merata.province import pages as of_province
    from merata.web import configure
    from merata.web.serve_many import squeeze

    comparison = _compared(folder, province, fresh)
    made = of_province.pages(comparison, province, _addresses(folder, province, port), configure.style())
    squeeze(of_province.write(folder / of_province.FOLDER, made))
    if fresh:
        _inner(folder, province, port)


def _inner(folder: Path, province: Province, port: int) -> None:
    """What the offices of the regions here see, as counts, for who is signed in to the province's own site."""
    from merata.province import office

    if not office.started(folder):
        return
    today, addresses = dt.datetime.now(dt.UTC).date().isoformat(), _addresses(folder, province, port)
    with tempfile.TemporaryDirectory() as scratch:
        for region in province.regions:
            if region.folder:
                told = Path(scratch) / f"{region.label}.json"
                place = (folder / region.folder).resolve()
                command = [sys.executable, "-m", "merata.web.inner", str(place), str(told)]
                done = subprocess.run(  # noqa: S603 — our own command
                    command,
                    env=dict(_environment(folder, province, region.code)),
                    capture_output=True,
                    check=False,
                )
                figures = None if done.returncode else parsed(told.read_text(encoding="utf-8"))
                trouble = done.stderr.decode(errors="replace").strip()[-200:] if done.returncode else ""
                office.keep(folder, region, addresses.get(region.code, ""), today, figures, trouble)


def _compared(folder: Path, province: Province, fresh: bool) -> Comparison:
    from merata.exchange import taken
    from merata.province.compare import compare as side_by_side

    today = dt.datetime.now(dt.UTC).date()
    handed = taken.bundles(folder)
    return side_by_side(_taken(folder, province, today, fresh), province.alike, today, handed)


def _taken(folder: Path, province: Province, today: dt.date, fresh: bool) -> list[Taken]:
    from merata.province import opened

    if not fresh:
        return [opened.kept(folder, region) for region in province.regions]
    taken = []
    with tempfile.TemporaryDirectory() as scratch, screen.progress_bar() as bar:
        for place, region in enumerate(province.regions):
            bar.tell("taking open data", region.name, place, len(province.regions))
            environment = _environment(folder, province, region.code)
            local = partial(
                opened_by_site, names=opened.OPENED, scratch=Path(scratch), environment=environment
            )
            taken.append(opened.take(folder, region, today.isoformat(), local))
    for one in taken:
        if one.trouble:
            what = f"what was taken on {one.on} is used" if one.tables else "there is nothing of it yet"
            screen.err.print(f"{one.region.name}: {what}. {one.trouble}", markup=False, highlight=False)
    return taken


def _sites(folder: Path, province: Province, port: int) -> list[OneSite]:
    from merata.province import office
    from merata.web.serve_many import sites

    here = [
        (region.label, (folder / region.folder).resolve()) for region in province.regions if region.folder
    ]
    if office.started(folder):
        here.append((office.LABEL, (folder / office.FOLDER).resolve()))
    return sites(here, province.province.site, port + 1)


def _environment(folder: Path, province: Province, code: str) -> Mapping[str, str]:
    from merata.web.serve_many import environment

    found = [site for site in _sites(folder, province, 8000) if site.label == code.replace(".", "-")]
    return environment(found[0], os.environ) if found else {}


def _addresses(folder: Path, province: Province, port: int) -> dict[str, str]:
    """Where each region's site is, by its code."""
    here = {site.label: f"{site.address}/" for site in _sites(folder, province, port)}
    found = {region.code: region.site or here.get(region.label, "") for region in province.regions}
    return {code: address for code, address in found.items() if address}


def _write(out: Path, made: Mapping[str, bytes], folder: Path) -> None:
    from merata.province.files import WORKBOOK

    if out.suffix == ".xlsx":
        written.write(out, made[WORKBOOK])
    elif out.suffix:
        written.kind(out, ("xlsx",))
    else:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            written.write(out / name, content)
    screen.say(f"The comparison of {folder} is in {out}.")


def _show(made: Comparison, province: Province) -> None:
    names = {region.code: region.name for region in province.regions}
    kept = made.kept.set_index("region")
    gini = made.inequality.set_index("region")
    screen.say_table(
        ["Region", "People", "Reach the promise", "In like places", "Gini", "Promises kept"],
        [
            [
                names.get(row["region"], "all together"),
                f"{row['people']:,.0f}",
                _percent(row, "reached"),
                _percent(row, "alike"),
                _of(gini, row["region"], _index),
                _of(kept, row["region"], lambda found: _percent(found, "share")),
            ]
            for row in (
                {str(name): value for name, value in one.items()} for one in made.access.to_dict("records")
            )
        ],
    )
    screen.say("In order of code; 95 % intervals. All tables: --out FILE.xlsx, or --json.")


def _index(row: Mapping[str, float]) -> str:
    return f"{row['gini']:.2f} ({row['gini_low']:.2f}–{row['gini_high']:.2f})"


def _percent(row: Mapping[str, float], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return "–" if value != value else f"{value:.0%} ({low:.0%}–{high:.0%})"


def _of(frame: DataFrame, region: str, say: Callable[[Any], str]) -> str:
    return say(frame.loc[region]) if region in frame.index else "–"


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make it")] = Path("demo-province"),
    regions: Annotated[int, typer.Option(min=1, max=3, help="How many regencies")] = 2,
    villages: Annotated[int, typer.Option(min=20, max=2000, help="How many villages in each")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other regencies")] = 1,
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve it at the end, until Ctrl-C")
    ] = True,
    port: Port = 8000,
) -> None:
    """Make a made-up province: regencies with plans and programmes, each in its own folder. Nothing is real."""
    import tomllib

    from merata.province import settings

    for number in range(1, regions + 1):
        command = [
            *(sys.executable, "-m", "merata.cli.main", "demo", str(folder / f"regency-{number}")),
            *("--villages", str(villages), "--seed", str(seed + number - 1), "--regency", str(number)),
            *("--no-serve", "--programme"),
        ]
        subprocess.run(command, check=True)  # noqa: S603 — our own command
    if not (folder / settings.TOML).exists():
        settings.start(folder, "Provinsi Contoh", "99", made_up=True)
    known = {region.code for region in settings.read(folder).regions}
    for number in range(1, regions + 1):
        place = folder / f"regency-{number}" / "region"
        about = tomllib.loads((place / "region.toml").read_text(encoding="utf-8"))["region"]
        if about["code"] not in known:
            owner = f"Dinas Kominfo {about['name']}"
            add(folder, about["code"], name=about["name"], owner=owner, region=str(place))
    if serving:
        serve(folder, "127.0.0.1", port)
