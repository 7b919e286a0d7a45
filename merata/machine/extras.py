"""Which libraries belong to which extra of `pip install merata[…]`, as the installed package itself declares it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version

#: What each extra brings; '' is what every Merata has.
EXTRAS: Mapping[str, str] = {
    "": "the engine: read, run, explain, compare, score",
    "paper": "papers as PDF, pictures of a radio path",
    "probe": "the centre's speed test for probes",
    "web": "the site, with all that papers and probes need",
    "scale": "the work of one run on several machines",
    "notebook": "Jupyter, pictures, measurements as tables of DuckDB",
}
#: Modules that are not called as what is installed, without the `django-` that many have before.
_CALLED = {"PIL": "pillow"}
_REQUIRED = re.compile(r"([\w.-]+)[^;]*(?:;.*extra == ['\"]([\w-]+)['\"])?")


@cache
def libraries() -> dict[str, tuple[str, ...]]:
    """The names under which the libraries of each extra are installed; '' for those of the engine."""
    found = [match for text in requires("merata") or () if (match := _REQUIRED.fullmatch(text))]
    return {extra: tuple(sorted({m[1] for m in found if (m[2] or "") == extra})) for extra in EXTRAS}


def missing(extra: str) -> list[str]:
    """Libraries of an extra that are not installed."""
    return [name for name in libraries()[extra] if not _is_there(name)]


def to_install(extra: str) -> str:
    """The command that brings an extra."""
    return f"pip install 'merata[{extra}]'" if extra else "pip install merata"


def told(error: ModuleNotFoundError) -> str:
    """What to say of a module that is not there: which extra has it; '' where none has."""
    module = (error.name or "").partition(".")[0]
    names = {_plain(_CALLED.get(module, module)), _plain(f"django-{module}")}
    having = [extra for extra, own in libraries().items() if names & {_plain(name) for name in own}]
    if not having:
        return ""
    smallest = min(having, key=lambda extra: len(libraries()[extra]))
    return f"This needs {module}, which is not installed: {to_install(smallest)}"


def _is_there(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
