"""Publications made of rows, without a run: what pages need, and nothing that takes long to make. All made up."""

import copy
import datetime as dt

from merata.web.models import FacilityFacts, Publication, VillageFacts
from merata.web.page import changed

#: An account that the browser logs in with.
OFFICE, PASSWORD = "kantor@contoh.example", "sandi yang panjang sekali"

DISTRICTS = ("Muara Contoh", "Hulu Rekaan", "Tepi Misal")
#: Where the villages of a district stand, in turn: level now, chance below, planned year.
TURNS = (("working", 0.02, None), ("basic", 0.8, 2026), ("none", 0.97, 2028), ("none", 0.95, None))

TOTALS = {
    "summary": {
        "villages": 12, "people": 12_000, "spent": 9_000_000_000, "capex": 5_000_000_000, "opex": 4_000_000_000,
        "people_served": 4_000, "budget": 10_000_000_000, "more_text": {"id": "0,4%", "en": "0.4%"},
        "more_share": 0.004, "proven": False, "served": 6, "below": 9, "people_below": 8_200.0,
        "access_known": "modelled",
    },
    "years": [
        {"year": year, "budget_idr": 2_000_000_000, "capex_idr": 500_000_000, "opex_idr": 400_000_000,
         "people_served": 1000.0 * (year - 2024), "villages_served": year - 2024, "points_built": 3,
         "budget_known_by": "made up", "budget_chance": 0.9, "people_low": 900.0, "people_high": 1100.0,
         "left_idr": 1_100_000_000}
        for year in range(2025, 2031)
    ],
    "funds": [
        {"fund": fund, "year": year, "budget_idr": 1_000_000_000, "known_by": "made up", "spent_idr": 900_000_000,
         "kept_idr": 0}
        for fund in ("APBD (contoh)", "Dana desa (contoh)")
        for year in range(2025, 2031)
    ],
    "options": [
        {"option": "leo", "points": 5, "villages": 4, "capex_idr": 30_000_000, "opex_idr_per_year": 120_000_000}
    ],
    "districts": [],
    "sectors": [],
    "services": [],
    "inequality": [],
    "fairness": [],
    "assumptions": [],
    "sources": [{"file": "desa.xlsx", "date": "2025-06-01", "given_by": "made-up office"}],
    "levels": {},
    "promise": {"people": "basic", "village_office": "working"},
    "map": {"borders": "M20 20h360v260h-360z"},
}  # fmt: skip


def publication(state="published", number=1, districts=3, each=4, run_id="0123456789"):
    """A publication with `districts` × `each` villages, and an office and a school in each."""
    made = Publication.objects.create(
        number=number, run_id=run_id, title="2025–2030", state=state, region="Kabupaten Contoh", made_up=True,
        inputs_date=dt.date(2025, 6, 1), first_year=2025, last_year=2030,
        totals=copy.deepcopy(TOTALS), map_width=400, map_height=300,
    )  # fmt: skip
    villages = [_village(made, district, place) for district in range(districts) for place in range(each)]
    VillageFacts.objects.bulk_create(villages)
    FacilityFacts.objects.bulk_create(facility for row in villages for facility in _facilities(row))
    changed()
    return made


def _village(made, district, place):
    level, chance, year = TURNS[place % len(TURNS)]
    x, y = 40 + 25 * (place % 13), 40 + 20 * (district % 12)
    code = f"99.01.{district + 1:02d}.{2001 + place}"
    name = f"{'Sungai' if place % 2 else 'Tanjung'} {DISTRICTS[district % 3].split()[1]} {place + 1}"
    return VillageFacts(
        publication=made, code=code, name=name, district=f"{DISTRICTS[district % 3]}{'' if district < 3 else district}",
        people=1000, people_known_by="made up", people_below=1000 * chance, people_served=900.0 if year else 0.0,
        electricity="grid", electricity_known_by="reported",
        access_now=level, promised="basic", known_by="modelled",
        evidence="modelled: -113 dBm", chance_below=chance, chance_pm=0.05, wants="link" if chance > 0.5 else "",
        year=year, option="leo" if year else "", fund="APBD (contoh)" if year else "",
        capex_idr=6_000_000 if year else 0,
        opex_idr_per_year=24_000_000 if year else 0, reason_id="Sebab yang dibuat-buat.", reason_en="A made-up reason.",
        access_then="working" if year else level, lon=117.0 + x / 1000, lat=-0.5 - y / 1000, x=x, y=y,
        shape=f"M{x} {y}h20v16h-20z",
        nearest={"code": "99.01.01.2001", "name": "Tanjung Contoh 1", "km": 4.2} if place else {},
    )  # fmt: skip


def _facilities(row):
    for kind, sector, promised in (
        ("village office", "public service", "working"),
        ("school", "education", "basic"),
    ):
        yield FacilityFacts(
            publication=row.publication, key=f"{row.code}-{kind}", village_code=row.code, name=row.name, kind=kind,
            sector=sector, access_now=row.access_now, promised=promised, known_by="modelled", evidence=row.evidence,
            chance_below=row.chance_below, chance_pm=0.05, wants=row.wants, year=row.year, option=row.option,
            fund=row.fund, capex_idr=row.capex_idr, opex_idr_per_year=row.opex_idr_per_year, reason_id=row.reason_id,
            reason_en=row.reason_en, lon=row.lon, lat=row.lat,
        )  # fmt: skip
