"""`merata exchange pack|take|untake|evidence`: bundles between regions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import province, screen
from merata.cli.options import Folder, Json
from merata.errors import MissingError

if TYPE_CHECKING:
    from merata.exchange.bundle import Bundle

Keys = Annotated[
    list[str], typer.Option("--key", help="Public key of the region that packed it (several: any of them)")
]


def pack(
    folder: Folder,
    key: Annotated[Path, typer.Option("--key", help="File with the region's secret key, as for the log")],
    out: Annotated[
        Path | None, typer.Option(help="File to write as well; a copy stays in the folder's bundles/")
    ] = None,
    json: Json = False,
) -> None:
    """Pack what the region paid, what came of it and its practice notes into a signed bundle for other regions.

    Only open data of three or more service points together; nothing personal, nothing given in confidence. The site
    serves the newest one.
    """
    from merata.exchange import keys, notes, packed
    from merata.region.folder import Region

    made = packed.pack(Region(folder), keys.load(key, notes.LOG), _today())
    if out is not None:
        out.write_bytes(made.data)
    if json:
        screen.say_json({
            "file": str(out or made.path), "serial": made.about.serial, "code": made.about.code, "rows": made.rows,
            "left_out": made.left_out, "notes": made.notes, "bytes": len(made.data),
        })  # fmt: skip
        return
    screen.say(f"Packed: {made.about}, {len(made.data) / 1000:,.0f} kB: {out or made.path}")
    screen.say_table(["Table", "Rows"], [[name, str(count)] for name, count in made.rows.items()])
    for name, count in made.left_out.items():
        if count:
            screen.say(f"{name}: {count} points are in groups too small to be told of, and left out.")
    for note in made.notes:
        screen.say(note)
    screen.say(f"Give others the key too, by another way: {made.key}")


def take(
    folder: Folder,
    what: Annotated[str, typer.Argument(metavar="BUNDLE", help="A bundle: file, or https address of one")],
    key: Keys,
    json: Json = False,
) -> None:
    """Take another region's bundle in as evidence for the next plan; a bad one is refused and nothing is changed.

    A province's folder takes bundles too: its pages then set side by side what they tell.
    """
    from merata.exchange import notes, taken
    from merata.exchange.fetched import fetched
    from merata.region.folder import Region

    trusted = [notes.public_key(line) for line in key]
    if province.is_one(folder):
        made_up = province.settings_of(folder).province.made_up
        found = taken.take_into(folder, "", made_up, fetched(what), trusted, what, _today())
        after = f"merata province pages {quote(str(folder))}"
    else:
        found = taken.take(Region(folder), fetched(what), trusted, what, _today())
        after = f"merata run {quote(str(folder))}"
    if json:
        screen.say_json(of_bundle(found))
    else:
        tell(found)
        screen.say(f"Taken in. Next: {after}")


def untake(
    folder: Folder,
    code: Annotated[str, typer.Argument(help="Code of the region whose bundle is taken back")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget its key and number too: when it changed its key")
    ] = False,
    json: Json = False,
) -> None:
    """Take a region's bundle back: the next plan, or the province's pages, are what they were before it came."""
    from merata.exchange import taken

    gone = taken.untake_from(folder, code, forget=forget)
    if json:
        screen.say_json(
            {"code": code, "name": gone.about.name, "serial": gone.about.serial, "forgotten": forget}
        )
    else:
        step = "province pages" if province.is_one(folder) else "run"
        screen.say(f"Taken back: {gone.about}. Next: merata {step} {quote(str(folder))}")


def evidence(folder: Folder, json: Json = False) -> None:
    """What other regions' bundles teach: their prices beside the own, and their practice notes."""
    from merata.exchange import taken
    from merata.plan.catalogue import prices
    from merata.region.folder import Region
    from merata.run.inputs import planning_tables

    region = Region(folder)
    found = taken.bundles(region.path)
    if not found:
        raise MissingError(
            f"{folder}: no bundle is taken in. `merata exchange take {folder} BUNDLE` takes one."
        )
    tables = planning_tables(region)
    moved = prices(tables["prices"], region.settings, tables["evidence"])
    moved = moved[moved["evidence"] != ""]
    if json:
        screen.say_json({
            "bundles": [of_bundle(one) for one in found], "evidence": tables["evidence"].to_dict("records"),
            "prices": {str(key): row["evidence"] for key, row in moved.iterrows()},
            "practices": [row | {"region": one.about.name} for one in found for row in one.tables["practices"]],
        })  # fmt: skip
        return
    for one in found:
        screen.say(str(one.about))
    for _, row in moved.iterrows():
        screen.say(f"{row['about']} ({row['unit']}): {row['evidence']}")
    for one in found:
        for note in one.tables["practices"]:
            cost = "" if note["cost_idr"] is None else f" Cost: IDR {note['cost_idr']:,}."
            screen.say(
                f"{one.about.name}, {note['note']}: {note['trouble']} Done: {note['done']}{cost} "
                f"What came of it: {note['outcome']} (worked: {note['worked']})"
            )


def tell(found: Bundle) -> None:
    """Say what a checked bundle is and holds."""
    made_up = " A worked example: nothing in it is real." if found.about.made_up else ""
    screen.say(f"{found.about}, signed by {found.signer.name}.{made_up}")
    screen.say_table(["Table", "Rows"], [[name, str(len(rows))] for name, rows in found.tables.items()])


def of_bundle(found: Bundle) -> dict[str, Any]:
    """The same for scripts."""
    rows = {name: len(rows) for name, rows in found.tables.items()}
    return {**vars(found.about), "key": str(found.signer), "sha256": found.sha256, "rows": rows}


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
