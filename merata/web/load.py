"""Takes a run of the region's folder into the site's tables, as a draft that staff can look at and put forward."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from merata.access.result import WANTS
from merata.run import engine
from merata.web.models import FacilityFacts, Publication, SiteVersion, VillageFacts, WorkFacts
from merata.web.nearest import Working, nearest

# The engine's tables (pandas, GeoPandas) are imported when a run is loaded: serving pages needs none of them.

_Row = TypeVar("_Row", VillageFacts, FacilityFacts, WorkFacts)

#: Units across the site's maps: about the pixels of a phone.
MAP_WIDTH = 400
#: How far borders on the map that moves may be off: some 200 m.
COARSE_DEGREES = 0.002
#: What `Publication.totals` holds, beside figures that villages have of their own.
TOTALS = {
    "summary": "the figures of the first page: merata.publish.view.summary",
    "years": "by year: budget, money, people and villages served, chance that the budget holds",
    "funds": "by fund and year: budget, what is spent of it, how it is known",
    "options": "by option: points, villages, money",
    "districts": "by district: villages, people, below, served, money",
    "sectors": "the gap by sector",
    "services": "digital services: who can use them now and when the plan is built",
    "inequality": "inequality now and then, with what its figures mean",
    "fairness": "by year: how even the service is",
    "assumptions": "what was taken to be so, in English",
    "sources": "files that the run rests on: file, date, given_by",
    "levels": "service levels with their numbers",
    "promise": "the level promised to each kind of place",
    "map": "paths in the map's units: borders of districts",
    "relief_m": "by village: how much the ground rises and falls around where people live; empty: no terrain",
}


def load(region: Path, run: str = engine.LATEST) -> Publication:
    """The publication of a run; a draft is made of it where the site does not have it yet.

    Raises
    ------
    MissingError
        There is no such run, or it did not go to the end.
    """
    found = engine.finished(region, run)
    return _known(found.id) or _keep(_read(found.folder))


def _known(run: str) -> Publication | None:
    return Publication.objects.filter(run_id=run).first()


@dataclass(frozen=True)
class _Read:
    publication: Publication
    villages: list[VillageFacts]
    facilities: list[FacilityFacts]
    works: list[WorkFacts]


@transaction.atomic
def _keep(read: _Read) -> Publication:
    # Who loads the same run at the same moment waits here, and then finds it.
    SiteVersion.objects.get_or_create(pk=1, defaults={"number": 1})
    SiteVersion.objects.select_for_update().get(pk=1)
    if known := _known(read.publication.run_id):
        return known
    read.publication.save()
    VillageFacts.objects.bulk_create(_of(read.publication, read.villages), batch_size=500)
    FacilityFacts.objects.bulk_create(_of(read.publication, read.facilities), batch_size=500)
    WorkFacts.objects.bulk_create(_of(read.publication, read.works), batch_size=500)
    return read.publication


def _of(publication: Publication, rows: list[_Row]) -> list[_Row]:
    for row in rows:
        row.publication = publication
    return rows


def _read(folder: Path) -> _Read:
    from merata.publish import maps
    from merata.publish.tables import villages
    from merata.publish.view import records
    from merata.run.results import results_in

    note = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    results = results_in(folder, note)
    joined = villages(results)
    drawing = maps.draw(joined, {}, results.settings.region.projection, MAP_WIDTH)
    publication = _publication(note, results, joined, drawing)
    publication.totals["relief_m"] = _relief(folder.parents[1], results.access.settlements)
    return _Read(
        publication,
        _villages(joined, drawing),
        _facilities(results.access, results.plan),
        [_work(row) for row in records(results.plan.works) if row["year"]],
    )


def _publication(note: Mapping[str, Any], results: Any, joined: Any, drawing: Any) -> Publication:
    settings = results.settings
    years = settings.plan
    return Publication(
        run_id=note["id"],
        title=f"{years.first_year}–{years.last_year}",
        region=settings.region.name,
        made_up=settings.region.made_up,
        inputs_date=dt.date.fromisoformat(note["inputs_date"]),
        first_year=years.first_year,
        last_year=years.last_year,
        totals=_totals(results, joined, drawing),
        map_width=MAP_WIDTH if drawing else 0,
        map_height=drawing.height if drawing else 0,
    )


def _totals(results: Any, joined: Any, drawing: Any) -> dict[str, Any]:
    from merata.publish import plan_tables
    from merata.publish.tables import plan_by_district, plan_by_option
    from merata.publish.view import inequality_rows, records, service_rows, summary

    plan, settings = results.plan, results.settings
    return {
        "summary": summary(results, joined),
        "years": records(plan_tables.by_year(plan)),
        "funds": records(plan_tables.funds(plan)),
        "options": records(plan_by_option(plan.points)),
        "districts": records(plan_by_district(joined, plan.points)),
        "sectors": records(results.gap["sector"]),
        "services": service_rows(results),
        "inequality": inequality_rows(results),
        "fairness": records(plan.fairness),
        "assumptions": list(dict.fromkeys([*results.access.assumptions, *plan.assumptions])),
        "sources": [
            {key: source.get(key) for key in ("file", "date", "given_by")} for source in results.sources
        ],
        "levels": {name: level.model_dump() for name, level in settings.levels.items()},
        "promise": settings.promise.model_dump(),
        "map": {"borders": drawing.borders if drawing else ""},
    }


def _relief(region: Path, settlements: Any) -> dict[str, float]:
    """Local relief by village, m: the mean over where its people live."""
    from merata.region.folder import TERRAIN
    from merata.region.relief import relief_m

    if not (region / TERRAIN).exists():
        return {}
    rows = settlements.assign(relief=relief_m(region / TERRAIN, settlements.geometry)).dropna(
        subset=["relief"]
    )
    weight = rows["people"].astype(float).clip(lower=1e-9)
    sums = (rows["relief"] * weight).groupby(rows["village_code"]).sum() / weight.groupby(
        rows["village_code"]
    ).sum()
    return {str(code): round(float(value), 1) for code, value in sums.items()}


def _villages(joined: Any, drawing: Any) -> list[VillageFacts]:
    from merata.publish.view import records

    points, borders = joined.geometry.representative_point(), _borders(joined.geometry.values)
    made = []
    for row, point, border in zip(records(joined), points, borders, strict=True):
        centre = drawing.centres.get(row["code"]) if drawing else None
        made.append(
            VillageFacts(
                **_common(row, row["reason"], row["reason_en"]),
                code=row["code"],
                name=row["name"],
                district=row["district"] or "",
                people=row["people"],
                people_known_by=row["people_known_by"] or "",
                people_below=row["people_below"] or 0.0,
                people_served=row["people_served"] or 0.0,
                electricity=row["electricity"] or "",
                electricity_known_by=row["electricity_known_by"] or "",
                access_then=row["access_then"] or "",
                x=round(centre[0]) if centre else None,
                y=round(centre[1]) if centre else None,
                border=border,
                shape=drawing.outlines.get(row["code"], "") if drawing else "",
                **_place(point),
            )
        )
    working = _working(made)
    for village in made:
        village.nearest = nearest(village.code, village.lon, village.lat, working)
    return made


def _borders(shapes: Any) -> list[dict[str, Any] | None]:
    """GeoJSON geometries for the map that moves: neighbours keep one border, corners to about ten metres."""
    import numpy as np
    import shapely

    found: list[dict[str, Any] | None] = [None] * len(shapes)
    areas = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    coarse = shapely.set_precision(shapely.coverage_simplify(shapes[areas], COARSE_DEGREES), 1e-4)
    for place, shape in zip(np.flatnonzero(areas), coarse, strict=True):
        if not shape.is_empty:
            found[place] = json.loads(shapely.to_geojson(shape))
    return found


def _common(row: Mapping[str, Any], reason_id: Any, reason_en: Any) -> dict[str, Any]:
    """The fields that villages and facilities have alike."""
    return {
        "access_now": row["access_now"] or "none",
        "promised": row["promised"] or "none",
        "known_by": row["known_by"] or "assumed",
        "evidence": row["evidence"] or "",
        "chance_below": row["chance_below"],
        "chance_pm": row["chance_pm"],
        "wants": row.get("wants") or " ".join(want for want in WANTS if row.get(f"wants_{want}")),
        "year": row.get("year"),
        "option": row.get("option") or "",
        "fund": row.get("fund") or "",
        "capex_idr": row.get("capex_idr") or 0,
        "opex_idr_per_year": row.get("opex_idr_per_year") or 0,
        "reason_id": reason_id or "",
        "reason_en": reason_en or "",
    }  # fmt: skip


def _place(point: Any) -> dict[str, float | None]:
    if point is None or point.is_empty:
        return {"lon": None, "lat": None}
    return {"lon": round(float(point.x), 5), "lat": round(float(point.y), 5)}


def _working(rows: list[VillageFacts]) -> list[Working]:
    """The villages whose access is a working link or better."""
    return [
        Working(row.code, row.name, row.lon, row.lat, row.known_by)
        for row in rows
        if row.access_now in ("working", "good")
    ]


def _facilities(access: Any, plan: Any) -> list[FacilityFacts]:
    from merata.publish.view import records

    # What is built last at a place is its plan; a stop-gap before it is told by the reason.
    points = {row["place"]: row for row in sorted(records(plan.points), key=lambda row: -row["year"])}
    kept = []
    for row, point in zip(records(access.facilities), access.facilities.geometry, strict=True):
        planned = points.get(row["id"], {})
        taken = {
            name: planned.get(name) for name in ("year", "option", "fund", "capex_idr", "opex_idr_per_year")
        }
        kept.append(
            FacilityFacts(
                **_common({**row, **taken}, planned.get("reason_id"), planned.get("reason_en")),
                key=row["id"],
                village_code=row["village_code"],
                name=row["name"] or "",
                kind=row["kind"],
                sector=row["sector"] or "",
                until=planned.get("until"),
                **_place(point),
            )
        )
    return kept


def _work(row: Mapping[str, Any]) -> WorkFacts:
    same = ("kind", "year", "length_km", "lon", "lat", "to_lon", "to_lat")
    return WorkFacts(
        key=row["id"],
        a=row["a"] or "",
        b=row["b"] or "",
        village_code=row["village_code"] or "",
        fund=row["fund"] or "",
        capex_idr=row["capex_idr"] or 0,
        opex_idr_per_year=row["opex_idr_per_year"] or 0,
        serves=row["serves"] or 0,
        detail_id=row["detail_id"] or "",
        detail_en=row["detail_en"] or "",
        **{name: row[name] for name in same},
    )
