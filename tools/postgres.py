"""Runs a command with a PostgreSQL of its own: started in a temporary folder, gone afterwards. No port is opened.

`python tools/postgres.py COMMAND …`; the command finds its database in MERATA_DATABASE.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Whoever runs this as root lets the server run as one of these: PostgreSQL refuses to run as root.
OTHERS = ("postgres", "nobody")
#: Nothing of it is to be kept: no waiting for the disk.
QUICK = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None when there is none."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr/pgsql").glob("*/bin")]
    newest = sorted((folder for folder in folders if (folder / "initdb").exists()), key=_version)
    on_path = shutil.which("initdb")
    return newest[-1] if newest else Path(on_path).resolve().parent if on_path else None


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a database that is there while the block runs; the server's files lie in `folder`."""
    there = programs()
    if there is None:
        raise SystemExit("PostgreSQL is missing. On Debian: apt-get install --yes postgresql")
    data, log = folder / "data", folder / "log"
    before = as_other(folder)
    _run([*before, there / "initdb", "-D", data, "-U", "merata", "-A", "trust", "-E", "UTF8", "--no-sync"])
    control = [*before, there / "pg_ctl", "-D", data, "-l", log, "-w"]
    _run([*control, "-o", f"-k '{folder}' {QUICK}", "start"])
    try:
        yield f"postgresql://merata@/postgres?host={folder}"
    finally:
        _run([*control, "-m", "immediate", "stop"])


def as_other(folder: Path) -> list[str]:
    """What to write before a command so that it does not run as root; nothing where it does not anyway."""
    if os.geteuid():
        return []
    for name in OTHERS:
        if not subprocess.run(["id", name], capture_output=True, check=False).returncode:
            shutil.chown(folder, name)
            return ["setpriv", f"--reuid={name}", "--clear-groups", "--no-new-privs", "--"]
    raise SystemExit(
        f"PostgreSQL does not run as root, and there is no other user of these: {', '.join(OTHERS)}"
    )


def _run(command: list[object]) -> None:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, cwd="/", check=False
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr or done.stdout}")


def main() -> int:
    """Run the command, and end as it ended."""
    with tempfile.TemporaryDirectory(prefix="merata-postgres-") as folder, postgres(Path(folder)) as address:
        Path(folder).chmod(0o755)
        done = subprocess.run(sys.argv[1:], env={**os.environ, "MERATA_DATABASE": address}, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
