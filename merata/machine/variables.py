"""The variables of the environment that Merata reads: that a misspelt one is noticed, which would change nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from merata.machine.found import Found, trouble

#: Whole names; names of a region's site among many begin with `MERATA_` and the region's code in numbers.
VARIABLES = frozenset(
    f"MERATA_{name}"
    for name in (
        "BACKUPS", "BESIDE", "CACHE", "DATABASE", "FROM", "HOOK", "HOOK_SECRET", "LOG_KEY", "MAIL", "METRICS_TOKEN",
        "PROBE", "PROVINCE", "REGION", "SECURITY", "SITE", "SMS_BODY", "SMS_HEADER", "SMS_NUMBER", "SMS_SECRET",
        "SMS_URL", "NO_BROWSER", "NO_POSTGRES", "NO_SMS",
    )
)  # fmt: skip


def unknown(environment: Mapping[str, str]) -> Iterator[Found]:
    """Names that Merata does not know, each with the one that was probably meant."""
    for name in sorted(environment):
        own = name.startswith("MERATA_") and not name.removeprefix("MERATA_")[:1].isdigit()
        if own and name not in VARIABLES:
            near = difflib.get_close_matches(name, VARIABLES, 1, 0.75)
            meant = f"Write {near[0]}." if near else "Take it out: docs/how-to/serve.md lists all there are."
            yield trouble("variables", f"{name} is set, which Merata does not know", meant)


def read(file: Path) -> dict[str, str]:
    """The variables of a file as systemd's EnvironmentFile has them: NAME=value, a line each.

    Raises
    ------
    OSError
        It can't be read.
    """
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith(("#", ";")):
            found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
