"""The worked example from nothing to its report and its site."""

from __future__ import annotations

import os
import time
from pathlib import Path
from shlex import quote

from merata.cli import show
from merata.cli.screen import progress_bar, say, say_table
from merata.errors import MerataError
from merata.example.make import DATE, make
from merata.region.folder import TOML, Region
from merata.run import engine


def demo(folder: Path, villages: int, seed: int, regency: int = 1) -> Path:
    """Make the example's files, take them in, run, and say where everything is.

    Returns
    -------
    The region's folder.

    Raises
    ------
    MerataError
        `folder` holds something else.
    """
    started = time.perf_counter()
    files, place = folder / "files", folder / "region"
    if folder.exists() and not (files.exists() or place.exists()) and any(folder.iterdir()):
        raise MerataError(f"{folder}: holds other files. Choose a new folder: merata demo FOLDER")
    with progress_bar() as bar:
        bar.tell("files", "a made-up regency, as an office would have it on disk", 0, 0)
        made = make(files, villages=villages, seed=seed, regency=regency)
    say(
        f"Made up: {len(made.files)} files of a regency with {villages} villages, in {files}. Nothing in them is real."
    )
    region = Region(place) if (place / TOML).exists() else Region.start(place, made.region_toml)
    with progress_bar() as bar:
        added = region.add(
            made.files,
            date=DATE,
            given_by="made-up office",
            progress=lambda what, done, of: bar.tell("reading", what, done, of),
        )
    show.added(added, region)
    say()
    with progress_bar() as bar:
        result = engine.run(region, tell=bar.tell)
    show.ran(result)
    say()
    say(f"Done in {time.perf_counter() - started:.0f} s. Open {result.report} in a browser.")
    folder_words = quote(str(place))
    say(f"Then try: merata check {folder_words}    merata explain {folder_words} NAME-OF-A-VILLAGE")
    return place


def log_key(folder: Path) -> None:
    """A key for the example's log that nobody can rewrite, where its site finds it; beside the region, not in it."""
    from merata.exchange import keys, notes

    file = folder / "log.key"
    if not file.exists():
        keys.make(file, "contoh.example/log", notes.LOG)
    os.environ.setdefault("MERATA_LOG_KEY", str(file.resolve()))


def site(place: Path) -> None:
    """Set up the example's site in a region's folder, and say who can log in with what."""
    from merata.web.example import set_up

    with progress_bar() as bar:
        bar.tell("site", "publishing the plan, making up a programme", 0, 0)
        logins = set_up(place)
        bar.tell("measurements", "making up what probes measured, and scoring it", 0, 0)
        _measure(place)
        bar.tell("others", "making up a model contest, and a neighbour that witnesses the log", 0, 0)
        _others(place)
    say()
    say(
        f"What probes measured there is made up too; the truth of it is in {place / 'measurements' / 'truth.csv'}, and "
        f"merata score {quote(str(place))} says what measurements make of it."
    )
    say("The site asks no second factor here, as everything is made up. New passwords at each start:")
    say_table(["role", "e-mail", "password"], [[login.role, login.email, login.password] for login in logins])


def _others(place: Path) -> None:
    """A model contest with two teams, and a witness of the log."""
    from django.utils import timezone

    from merata.example import together

    together.contest(place, timezone.localdate())
    together.witnessed(place, Path(os.environ["MERATA_LOG_KEY"]))


def _measure(place: Path) -> None:
    """Make up what probes at the programme's points measured in the last months."""
    from django.utils import timezone

    from merata.example.programme_year import make_up
    from merata.web.models import User

    by, second, provider = (
        User.objects.get(email=f"{r}@contoh.example") for r in ("regency", "province", "provider")
    )
    make_up(place / "measurements", timezone.localdate(), by, second, provider)
