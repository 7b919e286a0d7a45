"""`merata take`: others' monitoring comes in, marked as theirs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Json
from merata.errors import FileError

if TYPE_CHECKING:
    from merata.assure.others import Taken

_SHOWN = 40


def take(
    folder: Annotated[Path, typer.Argument(help="The region's folder, or the folder of measurements alone")],
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or ODS; or JSON of OpenWISP or Prometheus")],
    by: Annotated[
        str, typer.Option(help="Whose monitoring it is: the provider as in points.csv, or the office")
    ],
    how: Annotated[
        str,
        typer.Option("--as", help="provider, openwisp or prometheus, where their content should not decide"),
    ] = "",
    own: Annotated[
        bool, typer.Option("--own", help="It is the monitoring of the office that pays for the links")
    ] = False,
    metric: Annotated[
        str,
        typer.Option(help="What a Prometheus answer is of, where rate() or another function lost its name"),
    ] = "",
    ahead: Annotated[
        float,
        typer.Option(min=-12, max=14, help="Hours that times without a zone are ahead of UTC; WITA: 8"),
    ] = 8.0,
    json: Json = False,
) -> None:
    """Take in others' monitoring, marked as theirs: a provider's own, OpenWISP's or Prometheus'.

    It stands beside what probes measured, and is never mixed into it: no verdict or deduction comes from it. A
    provider's months are what it claims, which `merata score` holds against what was measured. Names that are no codes
    of points go into measurements/names.csv (columns name and point). The same file twice changes nothing.
    """
    from merata.assure import others

    measurements = folder / "measurements" if (folder / "measurements").is_dir() else folder
    taken = others.take(measurements, files, by, how=how, own=own, metric=metric, ahead_h=ahead)
    if json:
        screen.say_json(vars(taken) | {"findings": [vars(f) for f in taken.findings]})
    else:
        _show(taken)
    if taken.refused:
        raise FileError("; ".join(taken.refused.values()))


def _show(taken: Taken) -> None:
    for file, how in taken.formats.items():
        screen.say(f"{file}: read as {how}")
    rows = [[f.file, str(f.row or ""), f.column, f.what, f.done] for f in taken.findings[:_SHOWN]]
    if rows:
        screen.say_table(["File", "Row", "Column", "What", "Done"], rows)
    if (more := len(taken.findings) - _SHOWN) > 0:
        screen.say(f"… and {more} more; --json has them all.")
    also = (
        f", {taken.differing} that were told otherwise too (the less good counts)" if taken.differing else ""
    )
    screen.say(
        f"{taken.read} rows or samples read, {taken.new} new in measurements/others as {taken.source} "
        f"({taken.kind}){also}."
    )
