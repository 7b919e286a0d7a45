"""A large made-up region as the open pages see it: two plans of 2,000 villages in 100 districts, a provider in all."""

import datetime as dt
import random

import site_factory

from merata.web.models import (
    Challenge,
    Commitment,
    Contract,
    FacilityFacts,
    Meeting,
    Organisation,
    Payment,
    Publication,
    ServicePoint,
    VillageFacts,
)
from merata.web.page import changed

DISTRICTS, EACH = 100, 20
_SYLLABLES = [a + b for a in "bdghjklmnprstwy" for b in "aiueo"]
_KINDS = (
    ("village office", "public service"), ("school", "education"), ("school", "education"),
    ("health post", "health"), ("market", "small business"),
)  # fmt: skip


def publication():
    """The newer of the two plans."""
    chance = random.Random(7)
    first = _plan(1, chance)
    second = _plan(2, random.Random(8))
    _programme(second)
    _challenges(second)
    changed()
    assert first.pk != second.pk
    return second


def _challenges(plan):
    """A hundred that say that something is wrong."""
    today = dt.date(2026, 11, 1)
    due = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    states = ("open", "rebutted", "conceded", "upheld", "rejected")
    Challenge.objects.bulk_create(
        Challenge(
            reference=f"T{2345678 + n}", made_by=f"{n}", publication=plan, village_code=f"99.01.01.{2001 + n % 20}",
            fact="access", claim={"level": "none"}, about=f"{n}", published_as="working", evidence="visit",
            evidence_on=today, state=states[n % 5], due_at=due if n % 5 < 2 else None,
        )
        for n in range(100)
    )  # fmt: skip


def _plan(number, chance):
    made = Publication.objects.create(
        number=number, run_id=f"large{number}", title="2025–2030", state="published", region="Provinsi Contoh",
        made_up=True, inputs_date=dt.date(2025, 6, number), first_year=2025, last_year=2030, totals=_totals(chance),
        map_width=400, map_height=400,
    )  # fmt: skip
    villages = [_village(made, n, chance) for n in range(DISTRICTS * EACH)]
    VillageFacts.objects.bulk_create(villages, batch_size=500)
    FacilityFacts.objects.bulk_create(
        (_facility(row, at, chance) for row in villages for at in range(len(_KINDS))), batch_size=500
    )
    return made


def _village(made, n, chance):
    district, place = divmod(n, EACH)
    level, below, year = chance.choice(site_factory.TURNS)
    x, y = 40 * (district % 10) + chance.randrange(40), 40 * (district // 10) + chance.randrange(40)
    return VillageFacts(
        publication=made, code=f"99.{1 + district // 20:02d}.{1 + district % 20:02d}.{2001 + place}",
        name=_name(chance), district=_district(district), people=chance.randrange(9000), people_known_by="reported",
        people_below=chance.random() * 900, electricity="grid", electricity_known_by="reported", access_now=level,
        promised="basic", known_by="measured", chance_below=below, chance_pm=0.07, year=year,
        evidence=f"measured: {n % 90 + 1} tests, median 2.5 Mbit/s down (Uji (contoh).csv, 2025); modelled: -117 dBm",
        option="leo" if year else "", fund="APBD (contoh)" if year else "", capex_idr=6_000_000 if year else 0,
        opex_idr_per_year=24_000_000 if year else 0, reason_id=_sentence(chance), reason_en=_sentence(chance),
        x=x, y=y, lon=117.0 + x / 100, lat=y / 100, shape=_ring(x, y, chance, 30),
        nearest={"code": "99.01.01.2001", "name": _name(chance), "km": 4.2},
    )  # fmt: skip


def _facility(row, at, chance):
    kind, sector = _KINDS[at]
    return FacilityFacts(
        publication=row.publication, key=f"{row.code}-{at}", village_code=row.code, name=_name(chance), kind=kind,
        sector=sector, access_now=row.access_now, promised="working", known_by="modelled",
        chance_below=chance.random(), year=chance.choice([None, 2026, 2028]), option="leo",
    )  # fmt: skip


def _totals(chance):
    districts = [
        {"district": _district(n), "villages": EACH, "people": chance.randrange(10**5), "people_served": 900.5,
         "people_below": chance.random() * 9000, "villages_served": 6, "not_planned": chance.randrange(9),
         "points": chance.randrange(40), "capex_idr": chance.randrange(10**9),
         "opex_idr_per_year": chance.randrange(10**9)}
        for n in range(DISTRICTS)
    ]  # fmt: skip
    service = {"sector": "education", "now": 0.41, "then": 0.62, "key": "x"}
    services = [
        {**service, "names": _both(_name(chance)), "needs": _both(_sentence(chance))} for _ in range(22)
    ]
    borders = "".join(_ring(40 * (n % 10), 40 * (n // 10), chance, 70) for n in range(DISTRICTS))
    return {
        **site_factory.TOTALS, "districts": districts, "services": services, "map": {"borders": borders},
        # As many as the worked example has, and longer than its are: random words can't be compressed as words are.
        "assumptions": [_sentence(chance, 14) for _ in range(44)],
        "sources": [{"file": _name(chance), "date": "2025-06-01", "given_by": "kantor"} for _ in range(30)],
    }  # fmt: skip


def _programme(made):
    provider = Organisation.objects.create(name="PT Contoh Satelit", kind="provider")
    contract = Contract.objects.create(
        number="K-1", provider=provider, fund="APBD (contoh)", starts=dt.date(2025, 1, 1), ends=dt.date(2027, 12, 31),
        fee_idr_per_month=2_000_000, down_mbps=50, up_mbps=10,
    )  # fmt: skip
    ServicePoint.objects.bulk_create(
        ServicePoint(
            code=f"T-{row.code}", village_code=row.code, place=f"Kantor Desa {row.name}", option="leo",
            state="in service", provider=provider, contract=contract, since=dt.date(2025, 3, 1),
        )
        for row in made.villages.only("publication_id", "code", "name")[::3]
    )  # fmt: skip
    _promises(made, provider)
    Payment.objects.bulk_create(
        Payment(contract=contract, month=dt.date(2025, 1 + n % 12, 1), amount_idr=n, paid_on=dt.date(2026, 1, 9))
        for n in range(120)
    )  # fmt: skip


def _promises(made, provider):
    day = dt.date(2026, 2, 3)
    meeting = Meeting.objects.create(
        held_on=day, title="Rapat koordinasi (contoh)", host=provider, present="Dinas (contoh)", state="published",
        agenda="Listrik\nMenara\nSekolah", decisions="Semua menara diperiksa", record="{}",
    )  # fmt: skip
    rows = list(made.villages.only("publication_id", "code", "name")[:60])
    Commitment.objects.bulk_create(
        Commitment(
            meeting=meeting, action=f"Periksa menara dan listrik di {row.name}", village_code=row.code, owner=provider,
            due_by=day + dt.timedelta(days=30 + n), year=2026, state="kept" if n % 3 else "promised",
            evidence="Berita acara 7" if n % 3 else "",
        )
        for n, row in enumerate(rows[:25])
    )  # fmt: skip
    Commitment.objects.bulk_create(
        Commitment(
            publication=made, village_code=row.code, level="working", option="leo", year=2026, owner=provider
        )
        for row in rows
    )


def _district(n):
    return _name(random.Random(1000 + n))


def _both(text):
    return {"id": text, "en": text}


def _name(chance):
    return " ".join(
        "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))).title()
        for _ in range(chance.randint(1, 2))
    )


def _sentence(chance, words=45):
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(words)) + "."


def _ring(x, y, chance, corners):
    steps = " ".join(f"{chance.randint(-5, 5)} {chance.randint(-5, 5)}" for _ in range(corners))
    return f"M{x} {y}l{steps}z".replace(" -", "-")
