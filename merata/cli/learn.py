"""`merata learn`: what was measured and paid goes into the region, so that the next plan starts from it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json

if TYPE_CHECKING:
    from merata.assure.learn import Learned
    from merata.region.folder import Region


def learn(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(help="Only write the files into this folder, and leave the region as it is")
    ] = None,
    json: Json = False,
) -> None:
    """Take into the region what was measured and paid: by the scores that `merata score` wrote last.

    Measured access of service points and phones' tests over mobile networks, of each month that is over, once; and
    fees as prices. Points whose measurements do not look like measurements teach nothing. `merata run` then plans
    from it.
    """
    from merata.assure import learn as learning
    from merata.region.folder import Region

    region = Region(folder)
    found = learning.learn(region.path / "measurements")
    files = _written(found, out or region.path / ".merata" / "learned")
    taken = [] if out else _added(region, files)
    if json:
        screen.say_json({"counts": dict(learning.summary(found)), "suspected": found.suspected,
                         "too_little": found.too_little, "files": [str(f) for f in files], "taken": taken})  # fmt: skip
        return
    screen.say_table(["What", "How many"], [[what, str(count)] for what, count in learning.summary(found)])
    for file in files if out else ():
        screen.say(str(file))
    if taken:
        screen.say(f"Taken into the region: {', '.join(taken)}. Next: merata run {folder}")


def _written(found: Learned, place: Path) -> dict[Path, str]:
    """Files -> what kind each is. A month has a file of its own, so that it is taken in once."""
    place.mkdir(parents=True, exist_ok=True)
    made = {
        place / f"learned-access-{month}.csv": ("measurements", rows) for month, rows in found.access.items()
    }
    if len(found.prices) and found.access:
        made[place / f"learned-prices-{max(found.access)}.csv"] = ("prices", found.prices)
    for path, (_, rows) in made.items():
        rows.to_csv(path, index=False, lineterminator="\n")
    return {path: kind for path, (kind, _) in made.items()}


def _added(region: Region, files: dict[Path, str]) -> list[str]:
    """Take in those whose name is not there already; their names. A month that was learned stays as it was learned."""
    from merata.errors import FileError

    there = {row.file for row in region.sources()}
    new = {path: kind for path, kind in files.items() if path.name not in there}
    with screen.progress_bar() as bar:
        for path, kind in new.items():
            result = region.add(
                [path], kind=kind, given_by="merata learn", date=dt.datetime.now(dt.UTC).date().isoformat(),
                progress=lambda what, done, of: bar.tell("reading", what, done, of),
            )  # fmt: skip
            if result.refused:
                raise FileError(f"{path.name}: {result.refused[path.name]}")
    return [path.name for path in new]
