"""Digital services: what each needs, and where it is usable, now and under a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from merata.access.columns import Bools, flags, numbers, words
from merata.access.evidence import ranks_of
from merata.access.result import Access
from merata.region.settings import ServiceSettings, Settings
from merata.region.tables import LEVELS

_G114 = "delay: ITU-T G.114, 150 ms one way"
_RECKONED = "assumption of the Merata project, reckoned: "

#: The catalogue. region.toml adds to it, or puts another in the place of one.
SERVICES: dict[str, ServiceSettings] = {
    "messages": ServiceSettings(
        name="Send messages and pictures", name_id="Mengirim pesan dan gambar", sector="community",
        down_mbps=0.3, up_mbps=0.1, latency_ms=700, device="phone",
        source="FCC, National Broadband Plan 2010: e-mail and browsing take 0.1 to 0.3 Mbit/s; rest assumed",
    ),
    "payment": ServiceSettings(
        name="Pay by QR code", name_id="Membayar dengan kode QR", sector="small business",
        down_mbps=0.1, up_mbps=0.1, latency_ms=700, device="phone",
        source=_RECKONED + "a payment is a few messages of some kB",
    ),
    "selling": ServiceSettings(
        name="Sell online with pictures", name_id="Berjualan daring dengan foto", sector="small business",
        down_mbps=0.5, up_mbps=0.25, latency_ms=700, device="phone",
        source=_RECKONED + "a picture of 1 MB goes up within half a minute",
    ),
    "live_selling": ServiceSettings(
        name="Sell by live video", name_id="Berjualan lewat siaran langsung", sector="small business",
        down_mbps=0.3, up_mbps=1.25, latency_ms=700, device="phone",
        source="YouTube Help 2014: 1 Mbit/s for live video of 480 lines; a quarter added, rest assumed",
    ),
    "registration": ServiceSettings(
        name="Register a birth or apply for a document", name_id="Mendaftarkan kelahiran atau mengurus dokumen",
        sector="public service", down_mbps=0.3, up_mbps=0.2, latency_ms=700, device="phone",
        source="FCC, National Broadband Plan 2010: government web sites take 0.1 to 0.3 Mbit/s; upload assumed",
    ),
    "office": ServiceSettings(
        name="Village finance and reports, online", name_id="Keuangan dan laporan desa secara daring",
        sector="public service", down_mbps=1, up_mbps=0.5, latency_ms=400, device="computer", users_at_once=2,
        source=_RECKONED + "a document of 5 MB goes up within a minute and a half",
    ),
    "recorded_lesson": ServiceSettings(
        name="Watch a recorded lesson", name_id="Menonton rekaman pelajaran", sector="education",
        down_mbps=0.7, up_mbps=0.1, latency_ms=700, device="phone",
        source="YouTube Help: 0.7 Mbit/s for video of 360 lines; rest assumed",
    ),
    "live_lesson": ServiceSettings(
        name="Take part in a lesson by video", name_id="Mengikuti pelajaran lewat video", sector="education",
        down_mbps=1.0, up_mbps=0.8, latency_ms=300, device="phone",
        source=f"Zoom Support: group video 1.0 Mbit/s down, 0.8 up; {_G114}",
    ),
    "exam": ServiceSettings(
        name="National assessment at school, online", name_id="Asesmen nasional (ANBK) daring di sekolah",
        sector="education", down_mbps=0.8, up_mbps=0.1, latency_ms=400, device="computer", users_at_once=15,
        source="Ministry of education: 12 Mbit/s for 15 computers (ANBK fully online, 2021 to 2025); rest assumed",
    ),
    "doctor": ServiceSettings(
        name="See a doctor by video", name_id="Konsultasi dokter lewat video", sector="health",
        down_mbps=0.6, up_mbps=0.6, latency_ms=300, device="phone",
        source=f"Zoom Support: 0.6 Mbit/s each way between two; Healthdirect Australia: at least 0.35; {_G114}",
    ),
    "health_record": ServiceSettings(
        name="Health post sends patients' records", name_id="Posko kesehatan mengirim data pasien",
        sector="health", down_mbps=0.5, up_mbps=0.25, latency_ms=400, device="computer", users_at_once=2,
        source=_RECKONED + "a record with a picture of 1 MB goes up within half a minute",
    ),
    "creative": ServiceSettings(
        name="Publish a film or music", name_id="Menerbitkan film atau musik", sector="creative economy",
        down_mbps=0.3, up_mbps=1.9, latency_ms=700, device="any",
        source=_RECKONED + "100 MB go up within seven minutes",
    ),
    "telework": ServiceSettings(
        name="Work for an employer far away", name_id="Bekerja jarak jauh", sector="small business",
        down_mbps=5, up_mbps=1, latency_ms=300, device="computer",
        source=f"FCC, Broadband Speed Guide: 5 to 25 Mbit/s down; upload assumed; {_G114}",
    ),
}  # fmt: skip

#: Sectors whose shared computer may as well stand in the village office where no facility of their own is known.
_AT_THE_OFFICE = ("small business", "creative economy", "community")
_OFFICE = "village office"


def catalogue(settings: Settings) -> dict[str, ServiceSettings]:
    """The catalogue with what region.toml adds or replaces, in order."""
    return {**SERVICES, **settings.services}


def least_level(service: ServiceSettings, settings: Settings) -> str | None:
    """The lowest level that carries the service for all its users at once; None where none does."""
    for name in LEVELS:
        level = settings.levels[name]  # type: ignore[index]
        if (
            level.down_mbps >= service.down_mbps * service.users_at_once
            and level.up_mbps >= service.up_mbps * service.users_at_once
            and level.latency_ms <= service.latency_ms
        ):
            return name
    return None


def usable(access: Access, settings: Settings, then: Access | None = None) -> pd.DataFrame:
    """Where each service is usable now and `then` (see `access.after`): one row a service, in the catalogue's order.

    A service takes a level that carries it, power and a device. One for a single user with a phone, or any device,
    counts where people live (`where` = home): for a settlement as a whole, with a phone in most of its households.
    One that needs a computer or several users at once counts at the facilities of its sector (`where` = facility):
    for the people of a village with one that can. A village with no known school or health post does not count for
    theirs, neither way; for the other sectors the village office stands in.

    Columns: key, name, name_id, sector, where, level (the lowest that carries it; blank: none does), down_mbps,
    up_mbps, latency_ms (for one user), device, users_at_once, source; villages_total, people_total; and
    villages_now, people_now, share_now (of people; blank where nobody counts), and the same _then (blank without
    `then`).
    """
    rows = [_row(key, service, access, then, settings) for key, service in catalogue(settings).items()]
    return pd.DataFrame(rows).astype({"level": "string"})


def _row(
    key: str, service: ServiceSettings, now: Access, then: Access | None, settings: Settings
) -> dict[str, Any]:
    at_home = service.device != "computer" and service.users_at_once == 1
    level = least_level(service, settings)
    row: dict[str, Any] = {
        "key": key,
        "name": service.name,
        "name_id": service.name_id or service.name,
        "sector": service.sector,
        "where": "home" if at_home else "facility",
        "level": level,
        **service.model_dump(
            include={"down_mbps", "up_mbps", "latency_ms", "device", "users_at_once", "source"}
        ),
    }
    count = _at_home if at_home else _at_facilities
    row["villages_total"], row["people_total"] = count(now, service, None)
    for state, access in (("now", now), ("then", then)):
        villages, people = (
            (np.nan, np.nan) if access is None else count(access, service, level or "impossible")
        )
        total = row["people_total"]
        row |= {f"villages_{state}": villages, f"people_{state}": people}
        row[f"share_{state}"] = people / total if total > 0 else np.nan
    return row


def _at_home(access: Access, service: ServiceSettings, level: str | None) -> tuple[float, float]:
    """Villages (where most people can) and people who can use a service at home; with level None all."""
    homes = access.settlements
    people = numbers(homes["people"])
    can = _can(homes, level)
    code = words(homes["village_code"])
    by_village = pd.DataFrame({"can": people * can, "all": people, "some": can}).groupby(code).sum()
    most = np.where(by_village["all"] > 0, by_village["can"] > by_village["all"] / 2, by_village["some"] > 0)
    return float(most.sum()), float((people * can).sum())


def _at_facilities(access: Access, service: ServiceSettings, level: str | None) -> tuple[float, float]:
    """Villages with a facility that can, and their people; with level None all that have one."""
    places = access.facilities
    sector, kind, code = words(places["sector"]), words(places["kind"]), words(places["village_code"])
    counts = sector == service.sector
    if service.sector == "public service":
        counts = kind == _OFFICE
    if service.sector in _AT_THE_OFFICE:
        counts |= (kind == _OFFICE) & ~np.isin(code.astype(str), code[counts].astype(str))
    able = sorted(set(code[counts & _can(places, level)]))
    people = pd.Series(numbers(access.villages["people"]), words(access.villages["code"]))
    return float(len(able)), float(people.reindex(able).sum())


def _can(places: pd.DataFrame, level: str | None) -> Bools:
    if level is None:
        return np.ones(len(places), dtype=bool)
    if level not in LEVELS:
        return np.zeros(len(places), dtype=bool)
    enough = ranks_of(places["access_now"]) >= LEVELS.index(level)
    return np.asarray(enough & ~flags(places["wants_power"]) & ~flags(places["wants_device"]), dtype=bool)
