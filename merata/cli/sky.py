"""The command about satellites: what of the sky each facility and settlement sees over hills and trees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen, written
from merata.cli.options import Folder, Json
from merata.cli.screen import say, say_json, say_table
from merata.cli.show import assumed, left_out

if TYPE_CHECKING:
    import pandas as pd

    from merata.run.sky import SkyFound

#: A place that keeps so much of the low satellites counts as open; with less than the second, as hidden.
OPEN_SHARE, HIDDEN_SHARE = 0.95, 0.75
#: Places with the least sky shown on the screen; the rest is in the file.
_SHOWN = 10


def sky(
    folder: Folder,
    height: Annotated[float, typer.Option(min=0, max=400, help="Height of the dish above ground, m")] = 4,
    clearing: Annotated[
        float, typer.Option(min=0, max=1000, help="Trees and buildings nearer than this hide nothing, m")
    ] = 50,
    out: Annotated[Path, typer.Option(help="Table to write (.csv)")] = Path("sky.csv"),
    json: Json = False,
) -> None:
    """Look at the sky over every facility and settlement: which satellites do hills and trees leave."""
    from merata.radio.sky import View
    from merata.region.folder import Region
    from merata.run.sky import sky_of

    written.kind(out, ("csv",))
    with screen.progress_bar() as bar:
        bar.tell("sky", "over all facilities and settlements", 0, 0)
        found = sky_of(Region(folder), View(height_m=height, clearing_m=clearing))
    written.write(out, found.csv.encode("utf-8-sig"))
    if json:
        _as_json(found, out)
    else:
        _told(found)
        say(f"All places: {out}")


def _as_json(found: SkyFound, out: Path) -> None:
    rows = [{key: written.plain(cell) for key, cell in row.items()} for row in found.table.to_dict("records")]
    say_json(
        {"places": rows, "left_out": found.left_out, "assumptions": found.assumptions, "table": str(out)}
    )


def _told(found: SkyFound) -> None:
    heads = ["Places", "Number", "Low: open", "Low: part", "Low: hidden", "Fixed: some", "Fixed: none"]
    groups = found.table.groupby("what", sort=True, observed=True)
    say_table(heads, [[str(what), *_counts(rows)] for what, rows in groups])
    say(
        f"Low satellites: open where hills and trees leave {OPEN_SHARE:.0%} or more of them, hidden below "
        f"{HIDDEN_SHARE:.0%}. Fixed: whether a geostationary one is in view."
    )
    _least(found.table)
    left_out(found.left_out, "places")
    assumed(found.assumptions)


def _counts(rows: pd.DataFrame) -> list[int]:
    share, fixed = rows["low_share"], rows["geostationary"] != ""
    wide, hidden = share >= OPEN_SHARE, ~(share >= HIDDEN_SHARE)
    return [len(rows), *(int(which.sum()) for which in (wide, ~wide & ~hidden, hidden, fixed, ~fixed))]


def _least(table: pd.DataFrame) -> None:
    """The places with the least sky, of those that are not open to all satellites."""
    short = table[~(table["low_share"] >= OPEN_SHARE) | (table["geostationary"] == "")]
    shown = short.sort_values(["low_share", "what", "id"], kind="stable").head(_SHOWN)
    if shown.empty:
        return
    rows = [
        [
            row.what,
            str(row.id),
            str(row.name_)[:28],
            f"{row.low_satellites:.0f}",
            f"{row.low_share:.0%}",
            f"{row.horizon_most_deg:.0f}° at {row.horizon_most_at_deg:.0f}°",
            row.geostationary or "none",
        ]
        for row in shown.rename(columns={"name": "name_"}).itertuples(index=False)
    ]
    heads = ["What", "Id", "Name", "Low", "Of all", "Highest horizon", "Geostationary in view"]
    say_table(heads, rows, f"Least sky: {len(shown)} of {len(short)}")
