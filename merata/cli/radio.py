"""The commands about radio: check the model, look at one path, at the hops between sites, at the map of the signal."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from merata.cli import screen, written
from merata.cli.options import Folder, Json
from merata.cli.screen import say, say_json, say_table
from merata.cli.show import assumed, left_out
from merata.cli.sky import sky

if TYPE_CHECKING:
    import pandas as pd

    from merata.radio.validate import Validation
    from merata.run.radio import Between

app = typer.Typer(
    help="Look at the radio model: check it, and see a path, the hops between sites, the open sky, the signal's map.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command()(sky)

Language = Annotated[
    Literal["", "id", "en"],
    typer.Option(help="Language of the picture: id or en; the region's first when left out"),
]
Run = Annotated[str, typer.Option("--run", help="Run to look at; the newest when left out")]
Out = Annotated[Path | None, typer.Option(help="File to write")]


@app.command()
def validate(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder with profiles/ and results/ as the Recommendation's validation has them"),
    ],
    limit: Annotated[
        float, typer.Option(min=0, help="Largest difference that is allowed, dB or the term's own unit")
    ] = 0.01,
    json: Json = False,
) -> None:
    """Compare the model with validation results of Recommendation ITU-R P.1812; exit with 1 above the limit."""
    from merata.radio.validate import validate as compare

    result = compare(folder)
    passed = result.passed(limit)
    if json:
        say_json(_finite(asdict(result) | {"worst": result.worst, "limit": limit, "passed": passed}))
    else:
        _validated(result, limit, passed)
    if not passed:
        raise typer.Exit(1)


def _finite(content: Any) -> Any:
    """The content with null for what is no number: JSON knows neither NaN nor infinity."""
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def _validated(result: Validation, limit: float, passed: bool) -> None:
    rows = [[d.label, d.equation, d.cases, f"{d.worst:.2e}", Path(d.case).stem] for d in result.differences]
    say_table(["Term", "Equation", "Cases", "Worst difference", "In"], rows)
    if result.unknown:
        say(f"Not compared: {'; '.join(result.unknown)}")
    verdict = "all within the limit" if passed else "ABOVE THE LIMIT"
    say(f"{result.cases} cases, worst difference {result.worst:.2e}, limit {limit:g}: {verdict}.")


# Southern latitudes begin with a minus, and are no options.
@app.command(context_settings={"ignore_unknown_options": True})
def profile(
    folder: Folder,
    a: Annotated[
        str, typer.Argument(help="A site's id or name, a village's code or name, or latitude,longitude")
    ],
    b: Annotated[str, typer.Argument(help="The other end, named in the same way")],
    mhz: Annotated[
        float, typer.Option(min=0, max=6000, help="Frequency, MHz; the site's own when left out")
    ] = 0,
    height_a: Annotated[
        float, typer.Option(min=0, max=3000, help="Antenna of A above ground, m; its own when left out")
    ] = 0,
    height_b: Annotated[
        float, typer.Option(min=0, max=3000, help="Antenna of B above ground, m; its own when left out")
    ] = 0,
    phone: Annotated[bool, typer.Option("--phone", help="A picture for the width of a phone")] = False,
    language: Language = "",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the path between two places (SVG or PNG), and say what takes the signal and why."""
    from merata.publish.profile import lines, picture
    from merata.region.folder import Region
    from merata.run.radio import path_between

    region = Region(folder)
    with screen.progress_bar() as bar:
        bar.tell("reading", "terrain and land cover", 0, 0)
        found = path_between(region, a, b, frequency_mhz=mhz, height_a_m=height_a, height_b_m=height_b)
    tongue = _language(region, language)
    place = out or Path(f"profile-{_file_name(found.path.a.name)}-{_file_name(found.path.b.name)}.svg")
    content = picture(
        found.path,
        tongue,
        screen="phone" if phone else "desk",
        kind=written.kind(place, ("svg", "png")),
        received=found.received,
        made_up=found.made_up,
    )
    written.write(place, content)
    if json:
        say_json(_finite(_path_json(found, place)))
        return
    say(f"{found.path.a.name} → {found.path.b.name}")
    for line in lines(found.path, tongue, found.received):
        say(line)
    _terms(found)
    assumed(found.assumptions)
    say(f"Picture: {place}")


def _terms(found: Between) -> None:
    from merata.radio.p1812 import TERMS

    named = {
        "Lbfs": "free space",
        "Ldp": "diffraction by ground and cover, beyond free space",
        "Lbs": "by scatter in the troposphere alone",
        "Lba": "by ducts and layers alone",
        "Lbc": "all put together",
    }
    where = {term.name: term.equation for term in TERMS}
    rows = [
        [f"{name}: {words}", where[name], f"{found.path.terms[name]:.1f}"] for name, words in named.items()
    ]
    say_table(["Term of P.1812", "Equation", "dB"], rows)


def _path_json(found: Between, picture: Path) -> dict[str, Any]:
    path = found.path
    return {
        "a": asdict(path.a),
        "b": asdict(path.b),
        "distance_km": path.distance_km,
        "frequency_mhz": path.frequency_mhz,
        "loss_db": path.loss_db,
        "causes_db": path.causes,
        "reason": path.reason,
        "terms": path.terms,
        "most_in_the_way": asdict(path.block) | {"free_share": path.block.free_share},
        "received": asdict(found.received) if found.received else None,
        "assumptions": list(found.assumptions),
        "known_by": "made up" if found.made_up else "modelled",
        "picture": str(picture),
    }


#: Hops shown on the screen; the rest is in the file.
_SHOWN = 20


@app.command()
def links(
    folder: Folder,
    site: Annotated[str, typer.Option(help="Only hops of this site (id or name)")] = "",
    km: Annotated[
        float,
        typer.Option(
            min=0, max=100, help="Longest hop, km; this and the next as region.toml says when left out"
        ),
    ] = 0,
    availability: Annotated[
        float,
        typer.Option(min=0, max=0.99999, help="Part of a year for which the rate must hold, like 0.9999"),
    ] = 0,
    mbps: Annotated[
        float, typer.Option(min=0, max=100_000, help="Rate beyond which no larger dish is wanted, Mbit/s")
    ] = 0,
    least_height: Annotated[
        float, typer.Option(min=0, max=400, help="No antenna hangs lower, m above ground")
    ] = 0,
    most_height: Annotated[
        float, typer.Option(min=0, max=400, help="No antenna is raised higher, m above ground")
    ] = 0,
    ghz: Annotated[str, typer.Option(help="Bands that may be used, by name, like 7,15,18")] = "",
    out: Annotated[Path, typer.Option(help="Table to write (.csv)")] = Path("hops.csv"),
    json: Json = False,
) -> None:
    """Look at every microwave hop between two sites: is it free, which band and dish, how often does it fail."""
    from merata.region.folder import Region
    from merata.run.radio import hops_between

    written.kind(out, ("csv",))
    numbers = {
        "most_km": km,
        "availability": availability,
        "enough_mbps": mbps,
        "least_height_m": least_height,
        "most_height_m": most_height,
        "bands_ghz": _bands(ghz),
    }
    asked = {name: value for name, value in numbers.items() if value}
    with screen.progress_bar() as bar:
        bar.tell("hops", "between all sites", 0, 0)
        found = hops_between(Region(folder), site=site, asked=asked)
    written.write(out, found.csv.encode("utf-8-sig"))
    if json:
        rows = [
            {key: written.plain(value) for key, value in row.items()}
            for row in found.table.to_dict("records")
        ]
        say_json(
            {"hops": rows, "left_out": found.left_out, "assumptions": found.assumptions, "table": str(out)}
        )
        return
    works = found.table[found.table["works"]]
    raised = int(works["raised"].sum())
    say(
        f"{len(found.table)} pairs of sites; {len(works)} hops work, {raised} of them only with higher antennas."
    )
    _hops(works)
    left_out(found.left_out, "pairs or sites")
    assumed(found.assumptions)
    say(f"All hops: {out}")


def _bands(words: str) -> list[int]:
    try:
        return [int(word) for word in words.split(",") if word.strip()]
    except ValueError:
        raise typer.BadParameter(
            f"'{words}': expected whole GHz, like 7,15,18.", param_hint="--ghz"
        ) from None


def _hops(works: pd.DataFrame) -> None:
    """Of the hops that work, enough to give each site its nearest neighbour, the shortest first."""
    far = works[works["distance_km"] >= 1].sort_values(["distance_km", "a", "b"], kind="stable")
    first = _first_met(far)
    shown = far[first].head(_SHOWN)
    if shown.empty:
        return
    rows = [
        [
            _short(str(row.a_name)),
            _short(str(row.b_name)),
            f"{row.distance_km:.1f}",
            row.sight,
            f"{row.lowest_a_m:.0f}, {row.lowest_b_m:.0f}",
            f"{row.band_ghz:g}",
            f"{row.antenna_m:g}",
            f"{row.rate_mbps:.0f}",
            f"{row.availability_year:.3%}",
            row.limit,
        ]
        for row in shown.itertuples(index=False)
    ]
    heads = ["From", "To", "km", "Sight", "Least m", "GHz", "Dish m", "Mbit/s", "Holds", "Cut by"]
    say_table(heads, rows, f"Nearest neighbours, 1 km and farther: {len(rows)} of {sum(first)}")
    say("Least m: lowest antennas that clear the hop. Holds: part of an average year.")


def _first_met(hops: pd.DataFrame) -> list[bool]:
    """Whether a hop reaches a site that no hop before it does."""
    met: set[str] = set()
    new = []
    for ends in zip(hops["a"], hops["b"], strict=True):
        new.append(not met.issuperset(ends))
        met.update(ends)
    return new


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"…{name[-17:]}"


@app.command(name="map")
def draw_map(
    context: typer.Context,
    folder: Folder,
    show: Annotated[
        Literal["level", "chance", "strength", "quality", "speed"], typer.Option(help="What the map shows")
    ] = "level",
    run: Run = "latest",
    site: Annotated[
        str,
        typer.Option(
            help="Only what this site (id or name) sends, each sector and band by itself, as a raster (TIF); "
            "needs no run, and goes without --show, --run and --language"
        ),
    ] = "",
    language: Language = "",
    out: Out = None,
    json: Json = False,
) -> None:
    """Draw the map of the known towers' signal (SVG) from a run, and say how much of the land it covers."""
    from merata.region.folder import Region
    from merata.run.radio import signal_map

    region = Region(folder)
    if site:
        _without(context, ("show", "run", "language"))
        _map_of_site(region, site, out, json)
        return
    place = out or Path(f"map-{show}.svg")
    written.kind(place, ("svg",))
    with screen.progress_bar() as bar:
        bar.tell("drawing", show, 0, 0)
        found, of = signal_map(region, run, show, _language(region, language))
    written.write(place, found.svg.encode())
    if json:
        say_json(
            {"run": of.id, "show": show, "classes": [asdict(c) for c in found.classes], "map": str(place)}
        )
        return
    say(found.title)
    say_table(["Class", "Share of the land"], [[c.words, f"{c.share:.1%}"] for c in reversed(found.classes)])
    say(f"Map:    {place}")
    raster = of.folder / ("chance.tif" if show == "chance" else "coverage.tif")
    say(f"Raster: {raster} (opens in QGIS)")


def _without(context: typer.Context, options: Sequence[str]) -> None:
    """Refuse options that a site's raster has no use for, instead of passing over what somebody asked."""
    sources = {name: context.get_parameter_source(name) for name in options}
    given = [f"--{name}" for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        raise typer.BadParameter(
            f"{', '.join(given)}: not with --site. Its raster is made anew, from no run, and always holds the received "
            "power (RSRP) by sector and frequency, with English names of its bands.",
            param_hint="--site",
        )


def _map_of_site(region: Any, site: str, out: Path | None, json: bool) -> None:
    """Write what one site sends, a band of the file for each sector and frequency."""
    from merata.radio.coverage import write_site_power
    from merata.run.site_map import map_of_site

    place = out or Path(f"map-{_file_name(site)}.tif")
    written.kind(place, ("tif", "tiff"))
    if not place.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {place.parent}.", param_hint="--out")
    with screen.progress_bar() as bar:
        found = map_of_site(region, site, lambda what, done, of: bar.tell("site", what, done, of))
    write_site_power(found.power, place)
    rows = found.strongest()
    if json:
        names = ("azimuth_deg", "frequency_mhz", "strongest_dbm", "reached_km2")
        say_json(
            {
                "site": found.name,
                "sectors": [dict(zip(names, row, strict=True)) for row in rows],
                "assumptions": list(found.assumptions),
                "known_by": "made up" if found.made_up else "modelled",
                "map": str(place),
            }
        )
        return
    say(found.name)
    cells = [[f"{a:g}", f"{mhz:g}", f"{best:.0f}", f"{km2:,.1f}"] for a, mhz, best, km2 in rows]
    say_table(["Sector, degrees", "MHz", "Strongest, dBm", "km² with -110 dBm"], cells)
    assumed(found.assumptions)
    say(f"Raster: {place} (opens in QGIS)")


def _language(region: Any, asked: str) -> Literal["id", "en"]:
    first: Literal["id", "en"] = (region.settings.region.languages or ["id"])[0]
    return "id" if asked == "id" else "en" if asked == "en" else first


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.").lower()[:40] or "place"
