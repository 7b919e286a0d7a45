"""Starts Django over a region folder, for whoever calls the site from Python: the commands, the background worker."""

from __future__ import annotations

import os
from pathlib import Path

from merata.errors import FileError, MissingError
from merata.region.half import refuse_half

SETTINGS = "merata.web.settings"


def start(region: Path) -> None:
    """Set Django up for a region's folder; its models can be imported after this.

    Raises
    ------
    MissingError
        The folder is no region, or was only half restored from a backup.
    """
    refuse_half(region)
    if not (region / "region.toml").exists():
        raise MissingError(f"{region}: no region folder. `merata new {region}` starts one.")
    os.environ["MERATA_REGION"] = str(region.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def tables() -> None:
    """Bring the database's tables up to this version of Merata. Safe to repeat.

    Raises
    ------
    FileError
        A newer version brought them further.
    """
    from django.core.management import call_command

    _refuse_newer()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _refuse_newer() -> None:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    known, applied = loader.disk_migrations or {}, loader.applied_migrations or {}
    newest = max(name for app, name in known if app == "web")
    # An older one that is not there any more was put together with others.
    if newer := [name for app, name in applied if app == "web" and name > newest]:
        raise FileError(
            f"The site's database was brought to a newer Merata ({max(newer)}). Install that version, or restore a "
            "backup of before. Nothing was changed."
        )


def prepare() -> None:
    """Make all ready to be served: tables, static files; and forget what nobody needs any more. Safe to repeat."""
    from merata.web import static_files

    tables()
    static_files.collect()
    from merata.web.privacy import forget

    forget()
