"""Says which libraries of requirements.lock have known holes; where the list of holes can't be had, it says that.

`python tools/audit.py` asks OSV (https://osv.dev) by pip-audit, for each library and version of the lock. It fails
where a hole is found that is not among those looked into below. Without a network it says that nothing was looked at,
and passes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
OSV = "https://api.osv.dev/v1/query"
TIMEOUT = 15  # s

#: Holes that were looked into and do not concern Merata: number -> why, and the day it was looked into.
LOOKED_INTO: dict[str, str] = {}

Say = Callable[[str], object]


def why_not_reached(address: str) -> str:
    """Why the list can't be asked; empty where it can."""
    probe = urllib.request.Request(address, data=b"{}", method="POST")
    try:
        urllib.request.urlopen(probe, timeout=TIMEOUT).close()
    except urllib.error.HTTPError as error:
        # An empty question is a wrong one; other refusals are of a proxy on the way, or of a service that is down.
        return "" if error.code == 400 else f"HTTP {error.code}"
    except OSError as error:
        return str(getattr(error, "reason", "") or error)
    return ""


def report(lock: Path, address: str) -> list[dict[str, Any]]:
    """What pip-audit says of each library of a lock.

    Raises
    ------
    RuntimeError
        It broke off.
    """
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip",
        "--vulnerability-service", "osv", "--osv-url", address, "--format", "json", "--progress-spinner", "off",
        "--timeout", str(TIMEOUT),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise RuntimeError(f"pip-audit broke off: {done.stderr.strip()[-400:]}") from None
    return found


def holes(libraries: Sequence[dict[str, Any]]) -> list[str]:
    """A line for each hole that nobody has looked into, and for each library that was not looked at."""
    lines = []
    for one in libraries:
        if "skip_reason" in one:
            lines.append(f"{one['name']}: not looked at: {one['skip_reason']}")
        for hole in one.get("vulns", ()):
            if not LOOKED_INTO.keys() & {hole["id"], *hole.get("aliases", ())}:
                mended = ", ".join(hole.get("fix_versions", ())) or "no version yet"
                lines.append(f"{one['name']} {one['version']}: {hole['id']}; mended by {mended}")
    return lines


def main(arguments: Sequence[str], say: Say = print) -> int:
    """0: no hole is known, or nobody could be asked; 1: there are holes, or it broke off."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--lock", type=Path, default=LOCK, help="which lock is looked at")
    options.add_argument("--osv", default=OSV, help="where the list of holes is asked")
    given = options.parse_args(arguments)
    if reason := why_not_reached(given.osv):
        say(f"merata: libraries are NOT looked at for known holes: {given.osv} can't be reached ({reason})")
        return 0
    try:
        libraries = report(given.lock, given.osv)
    except RuntimeError as broken:
        say(f"merata: {broken}")
        return 1
    found = holes(libraries)
    for line in found:
        say(f"merata: {line}")
    say(f"merata: {len(libraries)} libraries looked at for known holes, {len(found)} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
