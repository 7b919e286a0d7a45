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

    Measured access of service points and phones' tests over mobile networks, of each month that is over, once; fees
    as prices; how long technologies take to be there and how often they are. Points whose measurements do not look
    like measurements teach nothing. `merata run` then plans from it.
    """
    from merata.assure import learn as learning
    from merata.region.folder import Region

    region = Region(folder)
    found = learning.learn(region.path / "measurements")
    there = set() if out else {row.file for row in region.sources()}
    files = _written(found, out or region.path / ".merata" / "learned", there)
    taken = [] if out else _added(region, files)
    outcomes = _outcomes(region, found, out)
    files |= dict.fromkeys(outcomes, "outcomes")
    taken += [] if out else [path.relative_to(region.path).as_posix() for path in outcomes]
    if json:
        screen.say_json({"counts": dict(learning.summary(found)), "suspected": found.suspected,
                         "too_little": found.too_little, "files": [str(f) for f in files], "taken": taken})  # fmt: skip
        return
    screen.say_table(["What", "How many"], [[what, str(count)] for what, count in learning.summary(found)])
    for file in files if out else ():
        screen.say(str(file))
    if taken:
        screen.say(f"Taken into the region: {', '.join(taken)}. Next: merata run {folder}")
    elif not out:
        screen.say("Nothing new: all months that are over were learned before.")


def _written(found: Learned, place: Path, there: set[str]) -> dict[Path, str]:
    """Files -> what kind each is, but for those that are there. A month has its own, so that it is taken in once."""
    made = {
        place / f"learned-access-{month}.csv": ("measurements", rows) for month, rows in found.access.items()
    }
    if len(found.prices) and found.access:
        made[place / f"learned-prices-{max(found.access)}.csv"] = ("prices", found.prices)
    made = {path: told for path, told in made.items() if path.name not in there}
    if made:
        place.mkdir(parents=True, exist_ok=True)
    for path, (_, rows) in made.items():
        rows.to_csv(path, index=False, lineterminator="\n")
    return {path: kind for path, (kind, _) in made.items()}


def _outcomes(region: Region, found: Learned, out: Path | None) -> list[Path]:
    """Files of what came of links by technology, ground and provider, where a new month of it is over."""
    from merata.exchange import own

    if not found.access or region.tables()["villages"].empty:
        return []
    return own.write(region, max(found.access), out)


def _added(region: Region, files: dict[Path, str]) -> list[str]:
    """Take in new files; their names. A month that was learned stays as it was learned."""
    from merata.errors import FileError

    with screen.progress_bar() as bar:
        for path, kind in files.items():
            result = region.add(
                [path], kind=kind, given_by="merata learn", date=dt.datetime.now(dt.UTC).date().isoformat(),
                progress=lambda what, done, of: bar.tell("reading", what, done, of),
            )  # fmt: skip
            if result.refused:
                raise FileError(f"{path.name}: {result.refused[path.name]}")
    return [path.name for path in files]
