"""The open data in open standards: contracts and payments (OCDS), programme (OC4IDS), network (OFDS)."""

# ruff: noqa: E501 — declared data: one standard a line reads better than a folded one.
from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from merata.publish import oc4ids, ocds, ofds
from merata.publish.open_contracting import Agreed, Paid, Publishing, promised, told
from merata.region.settings import load_settings
from merata.web.models import Change, Contract, Payment, Publication, ServicePoint
from merata.web.page import View, open_page
from merata.web.public.current import of_newest
from merata.web.public.money import NOT_OWED


@dataclass(frozen=True)
class Standard:
    """A standard: its name in addresses, what is in it, and how its package is made of a publication."""

    name: str
    about_id: str
    about_en: str
    package: Callable[[Publication], Any]


def _mark() -> str:
    """What changes with the region's tables."""
    path = settings.REGION / "region.gpkg"
    return f"{path.stat().st_mtime_ns:x}" if path.exists() else ""


def _with_tables(view: View) -> View:
    return open_page(of_newest(view), _mark)


@_with_tables
def standard_file(request: HttpRequest, publication: Publication, name: str) -> HttpResponse:
    """The package of a standard as it is today; an empty list where there is nothing to tell yet."""
    standard = STANDARDS.get(name)
    if standard is None:
        raise Http404(name)
    answer = HttpResponse(told(standard.package(publication)), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def _contracting(publication: Publication) -> Any:
    contracts = agreed(publication)
    publishing = _publishing(publication, contracts)
    return ocds.package(contracts, publishing, timezone.localdate()) or _nothing(
        publishing, "ocds", "releases"
    )


def _projects(publication: Publication) -> Any:
    contracts = {contract.number: contract for contract in agreed(publication)}
    publishing = _publishing(publication, contracts.values())
    made = oc4ids.package(_villages(publication), contracts, publishing, timezone.localdate())
    return made or _nothing(publishing, "oc4ids", "projects")


def _network(publication: Publication) -> Any:
    contracts = agreed(publication)
    names = ("kind", "a", "b", "length_km", "year", "lon", "lat", "to_lon", "to_lat")
    works = [
        {"id": row.pop("key"), **row} for row in publication.works.exclude(year=None).values("key", *names)
    ]
    publishing = _publishing(publication, contracts)
    return ofds.package(works, contracts, publishing, _standing(publishing))


def _standing(publishing: Publishing) -> ofds.Existing:
    """The network that stands, of the region's open sites and links; none where the folder has no tables."""
    if not (mark := _mark()):
        return ofds.NOTHING
    # Only now: a process that serves pages has no use for the engine's tables else.
    from merata.publish.ofds_existing import existing

    return existing(_tables(settings.REGION, mark), publishing)


@lru_cache(maxsize=1)
def _tables(region: Path, mark: str) -> Mapping[str, Any]:
    from merata.publish import withheld
    from merata.region.folder import Region

    found = withheld.open_tables(Region(region).planning_tables())
    return {name: found[name] for name in ("sites", "links")}


STANDARDS: dict[str, Standard] = {
    standard.name: standard
    for standard in (
        Standard("ocds", "Kontrak dan pembayaran: paket rilis OCDS 1.1", "Contracts and payments: a release package of OCDS 1.1", _contracting),
        Standard("oc4ids", "Program: paket proyek OC4IDS 0.9, satu proyek per desa", "The programme: a project package of OC4IDS 0.9, a project for each village", _projects),
        Standard("ofds", "Jaringan, yang ada dan yang direncanakan: paket OFDS 0.4", "The network, standing and planned: a package of OFDS 0.4", _network),
    )
}  # fmt: skip


def _nothing(publishing: Publishing, name: str, rows: str) -> dict[str, Any]:
    """A file that says that there is nothing yet. The standards know no empty package, so it is none of theirs."""
    return {**publishing.head(name), rows: []}


def _publishing(publication: Publication, contracts: Iterable[Agreed]) -> Publishing:
    """Who publishes, and when what is told changed last: no clock is read, so the same content has the same bytes."""
    code = (publication.villages.values_list("code", flat=True).first() or "")[:5]
    changed = max([contract.changed for contract in contracts] + [_published(publication)])
    return Publishing.of(
        load_settings(settings.REGION / "region.toml"), code, changed,
        settings.SITE if settings.SECURE else "", publication.region, publication.made_up,
    )  # fmt: skip


def _published(publication: Publication) -> dt.datetime:
    return publication.decided_at or publication.loaded_at


def agreed(publication: Publication) -> list[Agreed]:
    """All contracts with what is owed and was paid under them, by number."""
    changed, fees, paid = _changed(), _fees(), _paid()
    return [
        Agreed(
            row.number,
            row.provider.name,
            row.starts,
            row.ends,
            fees.get(row.pk, {}),
            promised(vars(row)),
            row.fund,
            tuple(paid[row.pk]),
            changed.get(row.pk) or _published(publication),
        )
        for row in Contract.objects.select_related("provider").order_by("number")
    ]


def _fees() -> dict[int, Counter[int]]:
    """By contract: fee a month -> points that owe it."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    points = ServicePoint.objects.exclude(contract=None).exclude(state__in=NOT_OWED)
    for contract, own, theirs in points.values_list(
        "contract_id", "fee_idr_per_month", "contract__fee_idr_per_month"
    ):
        if contract is not None:
            found[contract][theirs if own is None else own] += 1
    return found


def _paid() -> dict[int, list[Paid]]:
    found: dict[int, list[Paid]] = defaultdict(list)
    for row in Payment.objects.order_by("paid_on", "pk"):
        found[row.contract_id].append(Paid(str(row.pk), row.amount_idr, row.paid_on))
    return found


def _changed() -> dict[int, dt.datetime]:
    """By contract: when it, a point under it or a payment changed last, as the notes of changes have it."""
    of = {
        "contract": dict(Contract.objects.values_list("pk", "pk")),
        "servicepoint": dict(ServicePoint.objects.exclude(contract=None).values_list("pk", "contract_id")),
        "payment": dict(Payment.objects.values_list("pk", "contract_id")),
    }
    found: dict[int, dt.datetime] = {}
    notes = (
        Change.objects.filter(model__in=of).order_by().values_list("model", "key").annotate(last=Max("at"))
    )
    for model, key, last in notes:
        contract = of[model].get(int(key)) if key.isdigit() else None
        if contract is not None:
            found[contract] = max(found.get(contract, last), last)
    return found


def _villages(publication: Publication) -> Iterator[oc4ids.Village]:
    states: dict[str, list[str]] = defaultdict(list)
    under: dict[str, set[str]] = defaultdict(set)
    for code, state, number in ServicePoint.objects.values_list("village_code", "state", "contract__number"):
        states[code].append(state)
        under[code] |= {number} if number else set()
    for row in publication.villages.all():
        yield oc4ids.Village(
            row.code, row.name, row.district, row.lon, row.lat, row.year, row.option, row.fund, row.capex_idr,
            row.opex_idr_per_year, row.people_served, tuple(states[row.code]), tuple(sorted(under[row.code])),
        )  # fmt: skip
