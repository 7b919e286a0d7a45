"""Starts Django over a region folder, for whoever calls the site from Python: the commands, the background worker."""

from __future__ import annotations

import os
from pathlib import Path

from merata.errors import FileError, MissingError
from merata.region.half import refuse_half
from merata.web.configure import ADDRESS_FILE

SETTINGS = "merata.web.settings"


def start(region: Path, at: str = "") -> None:
    """Set Django up for a region's folder; its models can be imported after this.

    Where its site is to be served `at` an address, that one is kept for commands beside it, which write links.

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
    if at:
        os.environ["MERATA_SITE"] = at
        file = region / ADDRESS_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(at, encoding="utf-8")
    import django

    django.setup()


def reach() -> None:
    """See that the site's database answers, before anything is asked of it.

    Raises
    ------
    MissingError
        It does not; the message says which one, why, and what to do.
    FileError
        The file in the region's folder is no database, or can't be opened.
    """
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        where, said = connection.settings_dict, " ".join(str(error).split())[:300]
        if connection.vendor == "sqlite":
            raise FileError(
                f"{where['NAME']}: the site's database can't be opened ({said}). Take it from a backup. "
                "Nothing was changed."
            ) from error
        host, port = where["HOST"] or "this machine", where["PORT"] or "5432"
        raise MissingError(
            f"The site's database {where['NAME']} on {host}, port {port}, does not answer: {said}. Start it, or "
            "correct MERATA_DATABASE; `merata doctor` says whether it answers. Nothing was changed."
        ) from error


def tables() -> None:
    """Bring the database's tables up to this version of Merata. Safe to repeat.

    Raises
    ------
    MissingError
        The database does not answer.
    FileError
        A newer version brought them further, or it can't be opened.
    """
    from django.core.management import call_command

    reach()
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
