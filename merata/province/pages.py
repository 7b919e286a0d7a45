"""The province's pages as files that work with and without a server, in the languages that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from merata import __version__
from merata.exchange.written import alone
from merata.province import draw, files, measures
from merata.province.columns import TABLES
from merata.province.compare import Comparison
from merata.province.sentences import CHOICES, SENTENCES
from merata.province.settings import Province
from merata.province.view import Sight
from merata.publish import sentences as published
from merata.publish.words import Language, Tongue

#: Key of its heading -> name of its file; the first is the front page.
PAGES = (
    ("h_home", "index"), ("h_access", "akses"), ("h_inequality", "ketimpangan"), ("h_cost", "biaya"),
    ("h_connect", "penyambungan"), ("h_repair", "perbaikan"), ("h_kept", "janji"), ("h_handed", "paket"),
    ("h_how", "cara"),
)  # fmt: skip
FOLDER = "pages"
"""Where they lie in the province's folder."""


@cache
def style(base: str) -> str:
    """The style that stands in each page: that of all pages of Merata, `base`, and what only these have."""
    own = (resources("merata.province") / "templates" / "province.css").read_text(encoding="utf-8")
    return f"{base}\n{own.strip()}"


def pages(
    comparison: Comparison, province: Province, addresses: Mapping[str, str], base_style: str
) -> dict[str, bytes]:
    """All pages and data files by name.

    Parameters
    ----------
    addresses
        Where a region's site is, by its code; one that has none is named without a link.
    base_style
        The style of Merata's pages, which the site's room keeps.
    """
    made = {
        f"data/{name}": content for name, content in files.files(comparison, province.province.name).items()
    }
    for language in province.province.languages:
        for name, text in _of_language(comparison, province, addresses, base_style, language):
            made[name] = text.encode()
    return made


def write(folder: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write the files, each whole or not at all, and only where something changed; returns those that did."""
    changed = []
    with alone(folder.with_name(f".{folder.name}.lock"), str(folder)):
        for name, content in made.items():
            path = folder / name
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.part")
            beside.write_bytes(content)
            beside.replace(path)
            changed.append(path)
    return changed


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("merata.province")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _of_language(
    comparison: Comparison,
    province: Province,
    addresses: Mapping[str, str],
    base_style: str,
    language: Language,
) -> Iterator[tuple[str, str]]:
    first, *others = province.province.languages
    t = Tongue(language, {**published.SENTENCES, **SENTENCES}, CHOICES)
    sight = Sight(comparison, t, Tongue(language), {one.code: one.name for one in province.regions})
    frame = {
        "t": t, "name": province.province.name, "style": Markup(style(base_style)), "pages": PAGES,  # noqa: S704 — ours
        "made_up": comparison.made_up or province.province.made_up, "on": comparison.on.isoformat(),
        "version": __version__, "up": "" if language == first else "../",
        "other_language": others[0] if language == first and others else first,
    }  # fmt: skip
    for key, file in PAGES:
        other = (
            f"{file}.html"
            if not others
            else f"{others[0]}/{file}.html"
            if language == first
            else f"../{file}.html"
        )
        title = f"{t(key, name=province.province.name)}: {province.province.name}"
        template, values = _content(key, sight, province, addresses)
        text = _environment().get_template(template).render(
            **frame, **values, other=other if others else "", title=title
        )  # fmt: skip
        yield f"{'' if language == first else f'{language}/'}{file}.html", text


def _content(
    key: str, sight: Sight, province: Province, addresses: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    if key == "h_home":
        return "index.html.j2", _home(sight, addresses)
    if key == "h_how":
        return "how.html.j2", {"bounds": _bounds(sight.t, province)}
    what = key.removeprefix("h_")
    sections = sight.sections(what)
    drawn = any("<svg" in cell for section in sections for line in section.lines for cell in line.cells)
    return "measure.html.j2", {"what": what, "sections": sections, "drawn": drawn}


def _home(sight: Sight, addresses: Mapping[str, str]) -> dict[str, Any]:
    rows = [{**row, "address": addresses.get(row["code"], "")} for row in files.records(sight.of, "regions")]
    return {
        "regions": rows,
        "map": draw.outlines(sight.of.villages, sight.t("map_about")),
        "files": [files.WORKBOOK, *(f"{table}.csv" for table in TABLES), files.DICTIONARY],
    }


def _bounds(t: Tongue, province: Province) -> dict[str, str]:
    alike = province.alike
    return {
        "hilly": t.number(alike.hilly_m), "mountainous": t.number(alike.mountainous_m),
        "middle": t.number(alike.middle_people), "far": t.number(alike.far_people), "least": t.number(alike.least),
        "cover": t.share(alike.least_cover), "draws": t.number(measures.DRAWS),
    }  # fmt: skip
