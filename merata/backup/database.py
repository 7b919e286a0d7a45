"""Copies of the site's database while the site goes on: SQLite by its own copying, PostgreSQL by pg_dump."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from merata.errors import FileError, MerataError, MissingError

Postgres = Mapping[str, str]
"""Where a PostgreSQL database is: dbname, user, password, host, port and further parameters of libpq."""

#: libpq's variables: a password in a command's words could be read by everybody on the machine.
_VARIABLES = {
    "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE", "connect_timeout": "PGCONNECT_TIMEOUT", "options": "PGOPTIONS",
}  # fmt: skip
_TABLES = (
    "SELECT quote_ident(tablename), tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 2"
)


def copy_sqlite(path: Path, to: Path) -> dict[str, int]:
    """Copy a database as it is at one instant, whoever writes meanwhile; rows by table of the copy.

    Raises
    ------
    FileError
        It is no database, or is damaged.
    """
    to.touch(0o600)
    try:
        with closing(sqlite3.connect(path, timeout=20)) as there, closing(sqlite3.connect(to)) as made:
            there.backup(made)
            # One file by itself: the copy has no need of a journal beside it.
            made.execute("PRAGMA journal_mode=DELETE")
        return rows_of_sqlite(to, str(path))
    except sqlite3.OperationalError as error:
        raise MerataError(f"{path}: could not be copied ({error}). Try again.") from error
    except sqlite3.DatabaseError as error:
        raise _damaged(str(path), error) from error


def rows_of_sqlite(path: Path, name: str) -> dict[str, int]:
    """Rows by table of a database that is whole.

    Raises
    ------
    FileError
        It is damaged; `name` is what the error calls it.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as there:
            if (said := there.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise _damaged(name, said)
            names = [
                row[0]
                for row in there.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
            ]
            quoted = {table: '"' + table.replace('"', '""') + '"' for table in names}
            count = "SELECT count(*) FROM {}"
            return {table: there.execute(count.format(name)).fetchone()[0] for table, name in quoted.items()}
    except sqlite3.DatabaseError as error:
        raise _damaged(name, error) from error


def _damaged(name: str, why: object) -> FileError:
    return FileError(f"{name}: the database is damaged ({why}). Take it from an older backup.")


def copy_postgres(address: Postgres, to: Path) -> dict[str, int]:
    """Dump a database as it is at one instant, whoever writes meanwhile; rows by table.

    Raises
    ------
    MissingError
        pg_dump is missing, or the database does not answer.
    MerataError
        pg_dump failed; it says with what words.
    """
    program = _program("pg_dump")
    with _postgres(address) as there:
        there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = there.execute("SELECT pg_export_snapshot()").fetchone()[0]
        options = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
        to.touch(0o600)
        _run([program, *options, f"--file={to}"], address)
        return _rows(there)


def restore_postgres(address: Postgres, dump: Path) -> dict[str, int]:
    """Fill an empty database from a dump, whole or not at all; rows by table.

    Raises
    ------
    MissingError
        pg_restore is missing, or the database does not answer.
    MerataError
        The database holds tables, or the dump does not fit; nothing is in it then.
    """
    program = _program("pg_restore")
    refuse_full(address)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    _run([program, *options, f"--dbname={address.get('dbname', '')}", str(dump)], address)
    with _postgres(address) as there:
        return _rows(there)


def refuse_full(address: Postgres) -> None:
    """Raise MerataError where a database has tables, MissingError where it does not answer."""
    with _postgres(address) as there:
        tables = len(there.execute(_TABLES).fetchall())
    if tables:
        raise MerataError(
            f"The database {address.get('dbname', '')} holds {tables} tables already. Restore into an empty one: "
            "dropdb and createdb make it so."
        )


@contextmanager
def _postgres(address: Postgres) -> Iterator[Any]:
    try:
        import psycopg
    except ModuleNotFoundError:
        raise MissingError(
            "PostgreSQL needs psycopg, which is not installed: pip install 'merata[web]'."
        ) from None
    try:
        with psycopg.connect("", **{name: value for name, value in address.items() if value}) as connection:  # type: ignore[arg-type]
            yield connection
    except psycopg.Error as error:
        away = isinstance(error, psycopg.OperationalError)
        raise (MissingError if away else MerataError)(
            f"The database {address.get('dbname', '')} {'does not answer' if away else 'refuses'}: {error!s:.300}"
        ) from error


def _rows(there: Any) -> dict[str, int]:
    names = there.execute(_TABLES).fetchall()
    return {name: there.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0] for quoted, name in names}  # noqa: S608 - quoted by the server


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(
            f"{name} is missing, which copies PostgreSQL. On Debian: apt-get install postgresql-client"
        )
    return found


def _run(command: list[str], address: Postgres) -> None:
    said = {variable: address[name] for name, variable in _VARIABLES.items() if address.get(name)}
    done = subprocess.run(command, env=os.environ | said, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise MerataError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
