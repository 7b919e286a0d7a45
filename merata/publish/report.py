"""The report: one self-contained HTML page in Indonesian and English that works without scripts, and its maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from merata.plan.weights import OTHER_WEIGHT, UNSERVED
from merata.publish import council, figures, map_works, maps, plan_tables, signal, signal_chance
from merata.publish.qr import qr
from merata.publish.sureness import PROBABLE
from merata.publish.tables import (
    Results,
    how_known,
    plan_by_district,
    plan_by_option,
    sorted_findings,
    unserved,
)
from merata.publish.view import (
    by_district,
    gap_parts,
    index_by_letter,
    inequality_rows,
    rate,
    records,
    service_rows,
    summary,
)
from merata.publish.words import LANGUAGES, MARKS, Language, Tongue
from merata.radio import coverage
from merata.radio.coverage import Coverage
from merata.region.settings import PlanSettings
from merata.region.tables import KNOWN_BY, LEVELS

#: Findings beyond so many are in the workbook only: the page stays light.
MOST_FINDINGS = 150
SECTIONS = (
    "council", "promises", "map", "unserved", "plan", "villages", "gap", "services", "inequality", "assumed",
    "findings", "sources", "how",
)  # fmt: skip
_YEAR_SHADES = 6


def report_files(results: Results, joined: pd.DataFrame, plan_sha256: str = "") -> dict[str, str]:
    """The report's files by name: index.html, and the maps as SVG when there is anything to draw.

    `joined` is `tables.villages(results)`; `plan_sha256` is the hash of plan.json, by which a published plan is found
    in the log.
    """
    drawing = maps.draw(joined, results.tables, results.settings.region.projection)
    languages: list[Language] = list(results.settings.region.languages) or list(LANGUAGES)
    view = _view(results, joined, drawing) | {"proof": _proof(results.settings.region.site, plan_sha256)}
    made = _signal(results)
    pages = [_page(results, joined, view, drawing, Tongue(language), made) for language in languages]
    html = (
        _environment()
        .get_template("report.html.j2")
        .render(
            v=view,
            pages=pages,
            style=_own(_template("report.css") + _template("map.css")),
            defs=_own(maps.shared_defs(drawing) + _signal_def(made, drawing)),
            marks=MARKS,
            known_ways=_known_ways(results),
            rate=rate,
            page_weights=partial(_weights, results.settings.plan),
        )
    )
    found = {"index.html": html}
    if drawing is not None:
        found |= _map_files(results, joined, drawing, Tongue(languages[0]))
        found |= _signal_files(results, joined, drawing, Tongue(languages[0]), made)
    return found


@cache
def _environment() -> jinja2.Environment:
    """The templates; each is compiled once, however many reports are made."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_template), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _proof(site: str, sha256: str) -> dict[str, Any] | None:
    """The address at which the plan's entry in the log is found once it is published, and the same to scan."""
    if not site or not sha256:
        return None
    address = f"{site.rstrip('/')}/catatan/sidik/{sha256}/"
    return {"address": address, "sha256": sha256, "qr": _own(qr(address))}


def _weights(plan: PlanSettings, t: Tongue) -> dict[str, str]:
    """What the plan counts places by, as the language writes numbers."""
    weights = {
        "unserved": UNSERVED,
        "office": plan.office_weight,
        "school": plan.school_weight,
        "health_post": plan.health_post_weight,
        "other": OTHER_WEIGHT,
    }
    return {name: rate(t, weight) for name, weight in weights.items()}


def _own(text: str) -> Markup:
    return Markup(text)  # noqa: S704 — written by figures, maps and templates, which escape what they were given


def _template(name: str) -> str:
    return (files("merata.publish") / "templates" / name).read_text(encoding="utf-8")


def _known_ways(results: Results) -> list[str]:
    return [way for way in KNOWN_BY if results.made_up or way != "made up"]


def _view(results: Results, joined: pd.DataFrame, drawing: maps.Drawing | None) -> dict[str, Any]:
    """Everything that the page shows and that no language changes."""
    points = results.plan.points
    years = results.settings.plan
    findings = sorted_findings(results.findings)
    districts = records(plan_by_district(joined, points))
    names = {str(code): str(name) for code, name in zip(joined["code"], joined["name"], strict=True)}
    known = records(how_known(results))
    for row in known:
        row["total"] = sum(row[way] for way in KNOWN_BY)
    return {
        "name": results.name,
        "version": results.version,
        "run_id": results.run_id,
        "inputs_date": results.inputs_date,
        "made_up": results.made_up,
        "first_year": years.first_year,
        "last_year": years.last_year,
        "sections": [key for key in SECTIONS if key != "promises" or results.plan.replan_of],
        "sum": summary(results, joined),
        "promise": _promise(results),
        "unserved": records(unserved(joined)),
        "council": council.council(results.plan, names),
        "promises": council.promises(results.plan, names),
        "years": records(plan_tables.by_year(results.plan)),
        "fund_years": records(plan_tables.funds(results.plan)),
        "bought": council.bought(results.plan),
        "works": council.works(results.plan, names),
        "notes": list(dict.fromkeys(results.plan.notes)),
        "options": records(plan_by_option(points)),
        "districts": districts,
        "districts_sum": {
            name: sum(row[name] for row in districts) for name in ("capex_idr", "opex_idr_per_year")
        },
        "by_district": by_district(joined, points),
        "index": index_by_letter(joined),
        "gap": gap_parts(results),
        "services": service_rows(results),
        "inequality": inequality_rows(results),
        "access_meaning": dict(zip(("en", "id"), results.inequality["definitions"]["access"], strict=True)),
        "how_known": known,
        "assumptions": list(dict.fromkeys([*results.access.assumptions, *results.plan.assumptions])),
        "findings": findings[:MOST_FINDINGS],
        "findings_total": len(findings),
        "questions": sum(finding.severity == "question" for finding in findings),
        "sources": [dict(source) for source in results.sources],
        "prices": records(results.prices.reset_index()),
        "price_choice": years.price,
        "not_drawn": len(joined) - (len(drawing.outlines) if drawing else 0),
    }


def _promise(results: Results) -> list[tuple[str, str, Any]]:
    promise = results.settings.promise
    who = ("people", "village_office", "school", "health_post", "other")
    return [(name, getattr(promise, name), results.settings.levels[getattr(promise, name)]) for name in who]


def _page(
    results: Results,
    joined: pd.DataFrame,
    view: Mapping[str, Any],
    drawing: maps.Drawing | None,
    t: Tongue,
    made: _Signal | None,
) -> dict[str, Any]:
    """What one language adds: its tongue, figures and maps."""
    drawn = [] if drawing is None else _inline_maps(results, joined, drawing, t)
    return {
        "t": t,
        "figures": _figures(view, t),
        "works_list": council.works_list(view["works"]["kinds"], t),
        "maps": [{**m, "svg": _own(m["svg"])} for m in drawn],
        "signals": []
        if drawing is None or made is None
        else _signal_figures(results, joined, drawing, t, made),
    }


@dataclass(frozen=True, eq=False)
class _Signal:
    """What a run says of the signal, pixel by pixel."""

    coverage: Coverage
    chance: signal_chance.ShownChance | None
    part: bool = False
    """It is of the open sites alone; others were given in confidence."""


def _signal(results: Results) -> _Signal | None:
    path = results.coverage_path
    if path is None and (part := results.open_coverage_path) and part.exists():
        return _Signal(coverage.read(part), None, part=True)
    if path is None or not path.exists():
        return None
    return _Signal(coverage.read(path), signal_chance.shown_chance(path.parent, results.settings))


def _signal_def(made: _Signal | None, drawing: maps.Drawing | None) -> str:
    if made is None or drawing is None:
        return ""
    level = signal.picture_def(drawing, made.coverage.level, made.coverage.grid, "level")
    likely = made.chance
    return level + (signal.picture_def(drawing, likely.percent, likely.grid, "chance") if likely else "")


def _signal_figures(
    results: Results, joined: pd.DataFrame, drawing: maps.Drawing, t: Tongue, made: _Signal
) -> list[dict[str, Any]]:
    place: Any = (results.name, joined, results.settings.radio.radius_km)
    level = signal.layer_of(made.coverage, "level", *place)
    words = f"{t('signal_words')} {t('signal_part')}" if made.part else t("signal_words")
    found = [_signal_figure(signal.figure_of(drawing, level, t), words, t)]
    if made.chance:
        drawn = signal.figure_of(drawing, made.chance.layer(t, *place), t)
        found.append(_signal_figure(drawn, made.chance.words(t), t))
    return found


def _signal_figure(drawn: signal.SignalMap, words: str, t: Tongue) -> dict[str, Any]:
    classes = [
        {"words": c.words, "color": c.color, "share_text": signal.share(c.share, t)} for c in drawn.shown
    ]
    return {"title": drawn.title, "words": words, "svg": _own(drawn.svg), "classes": classes}


def _signal_files(
    results: Results, joined: pd.DataFrame, drawing: maps.Drawing, t: Tongue, made: _Signal | None
) -> dict[str, str]:
    """map-level.svg, map-strength.svg and map-chance.svg: what the known towers reach, pixel by pixel."""
    if made is None:
        return {}
    facts: Any = {
        "date": results.inputs_date, "run_id": results.run_id, "version": results.version, "made_up": results.made_up,
    }  # fmt: skip
    place: Any = (results.name, joined, results.settings.radio.radius_km)
    words = signal.note(t, **facts)
    found = {
        show: signal.map_of(drawing, signal.layer_of(made.coverage, show, *place), t, words)
        for show in ("level", "strength")
    }
    if made.chance:
        words = signal_chance.chance_note(made.chance, t, **facts)
        found["chance"] = signal.map_of(drawing, made.chance.layer(t, *place), t, words)
    return {f"map-{show}.svg": drawn.svg for show, drawn in found.items()}


def _figures(view: Mapping[str, Any], t: Tongue) -> dict[str, Any]:
    total = view["sum"]["villages"]
    sure = [(f"s-{word}", count) for word, count in view["sum"]["sureness"]]
    sure_words = "; ".join(
        f"{t('sure_' + word)}: {t.number(count)}" for word, count in view["sum"]["sureness"]
    )
    years = view["years"]
    served = [row["villages_served"] for row in years]
    return {
        "sure": _own(figures.bar(sure, total, sure_words)),
        "years": _own(
            figures.columns(
                [str(row["year"]) for row in years], served, [t.number(count) for count in served], total,
                "; ".join(f"{row['year']}: {t.villages(row['villages_served'])}" for row in years),
            )
        ),
        "people": _own(
            figures.ranges(
                [str(row["year"]) for row in years],
                [(row["people_served"], row["people_low"], row["people_high"]) for row in years],
                [t.number(row["people_served"]) for row in years], council.ranges_about(years, t),
            )
        ),
        "used": [_own(_used_bar(row, years, t)) for row in years],
        "gap": {
            part["by"]: [
                _own(figures.bar([("b-share", row["share"] or 0)], 1, t("bar_share", share=t.share(row["share"]))))
                for row in part["rows"]
            ]
            for part in view["gap"]
        },
        "services": [
            _own(
                figures.pair(
                    row["now"], row["then"], t("bar_services", now=t.share(row["now"]), then=t.share(row["then"]))
                )
            )
            for row in view["services"]
        ],
    }  # fmt: skip


def _used_bar(row: Mapping[str, Any], years: list[dict[str, Any]], t: Tongue) -> str:
    capex, opex, left = (t.money(row[name]) for name in ("capex_idr", "opex_idr", "left_idr"))
    about = t("bar_used", capex=capex, opex=opex, left=left)
    parts = [("b-capex", row["capex_idr"]), ("b-opex", row["opex_idr"])]
    return figures.bar(parts, row["budget_idr"], about)


def _map_classes(results: Results, joined: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The class of each village on each map: code -> word that the style sheet colours and patterns."""
    rows = records(joined)
    levels = {row["code"]: row["access_now"] or "unknown" for row in rows}
    if results.access_then is None:
        then = {row["code"]: row["access_then"] or row["access_now"] or "unknown" for row in rows}
    else:
        then = {row["code"]: row["access_now"] or "unknown" for row in records(results.access_then.villages)}
    plan = {row["code"]: _plan_class(row, results) for row in rows}
    return {"now": levels, "plan": plan, "then": then}


def _plan_class(row: Mapping[str, Any], results: Results) -> str:
    if row["year"]:
        return f"y{_shade(int(row['year']), results)}"
    return "left" if row["chance_below"] >= PROBABLE else "fine"


def _shade(year: int, results: Results) -> int:
    years = results.settings.plan.years
    place = min(max(year - years[0], 0), len(years) - 1)
    return round(place * (_YEAR_SHADES - 1) / max(len(years) - 1, _YEAR_SHADES - 1))


def _legend(
    results: Results, which: str, classes: Mapping[str, str], t: Tongue
) -> list[tuple[str, str, int]]:
    """(class, words, count) of the classes that a map shows, in order."""
    count = {word: sum(value == word for value in classes.values()) for word in set(classes.values())}
    if which == "plan":
        shades: dict[str, list[int]] = {}
        for year in results.settings.plan.years:
            shades.setdefault(f"y{_shade(year, results)}", []).append(year)
        words = {
            shade: t("year_class", year="–".join(str(year) for year in sorted({group[0], group[-1]})))
            for shade, group in shades.items()
        } | {"left": t("class_left"), "fine": t("class_fine")}
    else:
        words = {level: t.word("level", level) for level in LEVELS} | {"unknown": t("class_unknown")}
    return [(word, text, count[word]) for word, text in words.items() if count.get(word)]


def _year_labels(joined: pd.DataFrame, drawing: maps.Drawing) -> str:
    dated = joined[joined["year"].notna()]
    return maps.year_labels(
        drawing, {str(code): int(year) for code, year in zip(dated["code"], dated["year"], strict=True)}
    )


def _planned(
    results: Results, joined: pd.DataFrame, drawing: maps.Drawing, which: str
) -> tuple[str, list[map_works.Sign]]:
    """What lies over the plan's map: works and years, and the signs of the works that it shows."""
    if which != "plan":
        return "", []
    drawn, signs = map_works.draw(plan_tables.paid_works(results.plan), drawing)
    return drawn + _year_labels(joined, drawing), signs


def _inline_maps(
    results: Results, joined: pd.DataFrame, drawing: maps.Drawing, t: Tongue
) -> list[dict[str, Any]]:
    names = {str(code): str(name) for code, name in zip(joined["code"], joined["name"], strict=True)}
    drawn = []
    for which, classes in _map_classes(results, joined).items():
        title = _title(results, which, t)
        legend = _legend(results, which, classes, t)
        about = t("map_about", count=len(drawing.outlines), region=results.name, parts=_parts(legend, t))
        extra, signs = _planned(results, joined, drawing, which)
        if signs:
            parts = ", ".join(f"{t.number(sign.count)} {t(sign.key)}" for sign in signs)
            about = f"{about} {t('work_about', parts=parts)}"
        key = f"{t.language}-map-{which}"
        svg = maps.inline_map(drawing, classes, names, key, title, about, extra)
        drawn.append({"title": title, "legend": legend, "svg": svg, "signs": signs})
    return drawn


def _title(results: Results, which: str, t: Tongue) -> str:
    office = which == "then" and results.access_then is None
    return t("map_then_office" if office else f"map_{which}", last=results.settings.plan.last_year)


def _parts(legend: list[tuple[str, str, int]], t: Tongue) -> str:
    return "; ".join(f"{text}: {t.villages(count)}" for _, text, count in legend) + "."


def _map_files(results: Results, joined: pd.DataFrame, drawing: maps.Drawing, t: Tongue) -> dict[str, str]:
    note = t("map_note", date=t.day(results.inputs_date), version=results.version, run=results.run_id)
    if results.made_up:
        note = f"{t('made_up_strip')} · {note}"
    found = {}
    for which, classes in _map_classes(results, joined).items():
        legend = [
            (word, f"{text}: {t.number(count)}") for word, text, count in _legend(results, which, classes, t)
        ]
        heading = f"{results.name} — {_title(results, which, t)}"
        extra, signs = _planned(results, joined, drawing, which)
        legend += [(sign.word, f"{t(sign.key)}: {t.number(sign.count)}") for sign in signs]
        found[f"map-{which}.svg"] = maps.file_map(
            drawing, classes, legend, heading, note, _template("map.css"), extra
        )
    return found
