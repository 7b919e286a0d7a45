"""What is owed on the site: terms and prices by forms, contracts that follow each other, statements and their files."""

import csv
import datetime as dt
import html
import io
import re
from types import SimpleNamespace

import openpyxl
import pytest
import score_factory
from django.urls import reverse
from programme_factory import Programme, logged_in

from merata.assure import programme as agreed
from merata.assure import score as scoring
from merata.example import messages
from merata.example.year import BAD, year
from merata.web import logged_things, measured, owed, scores
from merata.web.changes import keep, undo
from merata.web.models import (
    Change,
    Contract,
    Deducted,
    Excuse,
    Organisation,
    Outage,
    Owed,
    Price,
    ServicePoint,
)
from merata.web.page import changed
from merata.web.programme.excuses import contest
from merata.web.programme.said import RefusedError
from merata.web.programme.steps import record, step

MONTH = "2026-01"


@pytest.fixture
def programme(published, settings, tmp_path):
    settings.REGION = tmp_path
    return Programme()


@pytest.fixture
def office(programme, person):
    return SimpleNamespace(user=(user := person("regency")), client=logged_in(user))


def at(name, *args):
    return reverse(f"id:{name}", args=args)


def said(answer):
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", plain.replace("\xa0", " "))


def rows_of(place, name):
    with (place / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# terms and prices


def terms_said(*rules, **more):
    told = {"why": "Adendum 1 (contoh)", "cap": "0.5", "silent_share": "0.25", "suspended_share": "", **more}
    for i, rule in enumerate(rules):
        told |= {
            f"rule{i}-{name}": value
            for name, value in zip(("what", "limit", "share", "per", "cap"), rule, strict=True)
        }
    return told


def test_terms_are_changed_by_a_form_and_reach_the_scorers_files(programme, office, tmp_path):
    contract = programme.contracts[0]
    page = at("programme_contract_terms", contract.pk)
    rules = [("availability", "0.98", "0.1", "", ""), ("availability", "0.9", "0.5", "", ""), ("", "", "", "", ""),
             ("repair", "24", "0.001", "hour", "0.2")]  # fmt: skip
    answer = office.client.post(page, terms_said(*rules))
    assert answer.headers["Location"] == at("programme_contract", contract.pk)
    place = tmp_path / "measurements"
    place.mkdir()
    (place / "deductions.csv").write_text(
        "contract,what,limit,share,per,cap\nK-1,repair,1,1,,\nK-2,repair,9,0.2,,\n"
    )
    (place / "contracts.csv").write_text("contract,cap,grace_hours\nK-1,0.9,48\nK-2,0.8,24\n")
    measured.write(place)
    read = agreed.read(place)
    assert read.deductions.fillna("").to_numpy().tolist() == [
        ["K-2", "repair", 9, 0.2, "", ""], ["K-1", "availability", 0.98, 0.1, "", ""],
        ["K-1", "availability", 0.9, 0.5, "", ""], ["K-1", "repair", 24, 0.001, "hour", 0.2],
    ]  # fmt: skip
    told = read.contracts.set_index("contract")
    assert told.loc["K-1", ["cap", "silent_share", "grace_hours"]].tolist() == [0.5, 0.25, 48], (
        "what is open is the file's"
    )
    assert told.loc["K-2", "cap"] == 0.8
    shown = said(office.client.get(at("programme_contract", contract.pk)))
    assert "di bawah 98%" in shown
    assert "Adendum 1 (contoh)" in shown
    assert "Batas potongan sebulan: – → 50" in shown
    undo(Change.objects.get(model="contract"), office.user, "salah")
    assert Contract.objects.get(pk=contract.pk).rules is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"why": ""}, "Alasan"),
        ({"rule0-limit": "98"}, "98% ditulis 0,98"),
        ({"rule0-per": "hour", "rule0-what": "down_mbps"}, "Tidak cocok"),
        ({"rule0-share": ""}, "Isi juga ini"),
        ({"rule1-share": "0.01"}, "Lebih kecil daripada"),
        ({"rule1-limit": "0.98"}, "Batas ini sudah ada"),
        ({"cap": "50"}, "Batas potongan sebulan"),
    ],
)
def test_terms_that_can_not_be_are_refused_beside_their_field(programme, office, more, words):
    rules = [("availability", "0.98", "0.1", "", ""), ("availability", "0.9", "0.5", "", "")]
    answer = office.client.post(
        at("programme_contract_terms", programme.contracts[0].pk), terms_said(*rules) | more
    )
    assert answer.status_code == 200
    assert words in said(answer)
    assert Contract.objects.get(number="K-1").rules is None


def test_rules_of_the_file_stand_in_the_form_until_they_are_saved(programme, office, tmp_path):
    (tmp_path / "measurements").mkdir()
    (tmp_path / "measurements/deductions.csv").write_text(
        "contract,what,limit,share,per,cap\nK-1,repair,31,0.07,,\n"
    )
    page = office.client.get(at("programme_contract_terms", programme.contracts[0].pk)).content.decode()
    assert 'value="31"' in page
    assert "deductions.csv" in page
    contract = said(office.client.get(at("programme_contract", programme.contracts[0].pk)))
    assert "lebih lama dari 31 jam 7% dari biaya, tiap gangguan" in contract


def test_changes_of_terms_and_prices_stand_in_the_log(programme, office, tmp_path):
    contract = programme.contracts[0]
    contract.cap = 0.4
    keep(contract, office.user, why="adendum")
    client = office.client
    client.post(
        at("programme_price_new"), {"option": "leo", "monthly_idr": "2000000", "known_by": "reported"}
    )
    price = Price.objects.get()
    client.post(
        at("programme_price_edit", price.pk),
        {"monthly_idr": "2100000", "known_by": "reported", "why": "baru"},
    )
    assert rows_of_prices(tmp_path) == [("", "2100000", "reported", str(price.pk))]
    assert "Harga di tempat lain" in said(client.get(at("programme_prices")))
    leaves = [t.content for t in logged_things.things(tmp_path, {}) if t.kind == "change"]
    assert [(leaf["what"], leaf["of"]) for leaf in leaves] == [
        ("contract", str(contract.pk)),
        ("price", str(price.pk)),
    ]
    assert all({"before", "after"} <= leaf.keys() for leaf in leaves)
    client.post(at("programme_price_remove", price.pk), {"why": "usang"})
    assert not Price.objects.exists()
    assert "usang" in said(client.get(at("programme_prices")))


def rows_of_prices(tmp_path):
    place = tmp_path / "measurements"
    place.mkdir()
    (place / "prices.csv").write_text("provider,monthly_idr,known_by\n")
    measured.write(place)
    return [(r["option"], r["monthly_idr"], r["known_by"], r["entry"]) for r in rows_of(place, "prices")]


def test_terms_and_prices_are_for_offices_alone(programme, person):
    theirs = logged_in(person("provider", organisation=programme.own))
    for page in (at("programme_contract_terms", programme.contracts[0].pk), at("programme_prices")):
        assert theirs.get(page).status_code == 403


# contracts that follow each other, suspended service


def test_a_contract_that_takes_another_ones_place_is_told_with_its_day(programme, office, tmp_path):
    new = Contract.objects.create(
        number="K-3", provider=programme.own, starts=dt.date(2026, 2, 1), ends=dt.date(2027, 1, 31),
        fee_idr_per_month=1_800_000, down_mbps=50, up_mbps=10,
    )  # fmt: skip
    first, second, third = (programme.point(f"TL-{n}", "in service", fee_idr_per_month=7) for n in (1, 2, 3))
    record(
        first, office.user, {"contract": new, "contract_from": dt.date(2026, 4, 1), "fee_idr_per_month": None}
    )
    record(second, office.user, {"contract": new})
    undo(record(third, office.user, {"contract": new}), office.user, "salah")
    place = tmp_path / "measurements"
    place.mkdir()
    measured.write(place)
    today = dt.date.today()
    rows = [
        (r["point"], r["contract"], r["monthly_idr"], r["from"], r["until"])
        for r in rows_of(place, "point_contracts")
    ]
    april = "2026-03-31T16:00:00Z"
    assert rows[:2] == [("TL-1", "K-1", "7", "", april), ("TL-1", "K-3", "", april, "")]
    assert [row[:3] for row in rows[2:]] == [("TL-2", "K-1", "7"), ("TL-2", "K-3", "7")], (
        "entered and undone: never stood"
    )
    assert abs((dt.date.fromisoformat(rows[3][3][:10]) - today).days) <= 1, "the one before had not run out"
    agreed.read(place)


def test_suspended_service_is_told_with_its_days_and_reason(programme, office, tmp_path):
    point = programme.point("TL-1", "in service", since=dt.date(2026, 3, 1))
    step(point, "suspended", office.user, dt.date(2026, 3, 9), why="banjir")
    step(point, "in service", office.user, dt.date(2026, 3, 12))
    gone = step(point, "suspended", office.user, dt.date(2026, 3, 20), why="keliru")
    undo(gone, office.user, "keliru")
    programme.point("TL-2", "suspended", since=dt.date(2026, 4, 2))
    place = tmp_path / "measurements"
    place.mkdir()
    (place / "suspended.csv").write_text("point,from,why\nTL-1,2026-01-01T00:00Z,tulis tangan\n")
    measured.write(place)
    rows = [(r["point"], r["from"][:10], r["until"][:10], r["why"]) for r in rows_of(place, "suspended")]
    assert rows == [
        ("TL-1", "2026-01-01", "", "tulis tangan"), ("TL-1", "2026-03-08", "2026-03-11", "banjir"),
        ("TL-2", "2026-04-01", "", ""),
    ]  # fmt: skip


# statements


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A made-up month of four points, scored; one provider is bad."""
    place = tmp_path_factory.mktemp("owed") / "measurements"
    messages.write(place, year(4, 1, 7))
    scoring.write(place, scoring.score(place))
    return place


@pytest.fixture
def taken(region, published, settings):
    """The same on the site; the bad provider, and another one."""
    settings.REGION = region.parent
    for row in rows_of(region, "points"):
        provider = Organisation.objects.get_or_create(name=row["provider"], kind="provider")[0]
        ServicePoint.objects.create(
            code=row["point"], village_code="99.01.01.2001", place="Kantor Desa", option="leo", provider=provider,
            state="in service", since="2026-01-01",
        )  # fmt: skip
    scores.take(region)
    changed()
    return Organisation.objects.get(name=BAD)


def test_pages_and_files_say_what_was_scored(taken, region, person, client):
    rows = [
        r
        for r in rows_of(region / "scores" / "all", "statements")
        if (r["provider"], r["period"]) == (BAD, MONTH)
    ]
    sums = {name: sum(int(r[name]) for r in rows) for name in ("due_idr", "deducted_idr", "owed_idr")}
    assert sums["deducted_idr"] > 0
    mine = logged_in(person("provider", organisation=taken))
    page = said(mine.get(at("programme_statement", MONTH, taken.pk)))
    listed = said(mine.get(at("programme_statements"), {"masa": MONTH}))
    for amount in sums.values():
        number = f"{amount:,}".replace(",", ".")
        assert number in listed
        assert number in said(client.get(reverse("id:provider", args=[taken.pk])))
    for row in rows_of(region / "scores" / "all", "deductions"):
        if row["provider"] == BAD and int(row["amount_idr"]):
            assert row["point"] in page
    book = openpyxl.load_workbook(
        io.BytesIO(mine.get(at("programme_statement_file", MONTH, taken.pk, "xlsx")).content), data_only=True
    )
    told = {row[0].value: row[1].value for row in book["Ringkasan - Summary"].iter_rows()}
    assert told["Dibayar / Owed"] == sums["owed_idr"]
    assert mine.get(at("programme_statement_file", MONTH, taken.pk, "pdf")).content.startswith(b"%PDF-")
    assert mine.get(at("programme_statement_file", MONTH, taken.pk, "exe")).status_code == 404


def test_nobody_sees_another_providers_statement(taken, person):
    other = Organisation.objects.filter(kind="provider").exclude(pk=taken.pk).first()
    theirs = logged_in(person("provider", organisation=other))
    assert BAD not in said(theirs.get(at("programme_statements"), {"masa": MONTH}))
    for page in (
        at("programme_statement", MONTH, taken.pk),
        at("programme_statement_file", MONTH, taken.pk, "pdf"),
    ):
        assert theirs.get(page).status_code == 404
    village = logged_in(person("village", village_code="99.01.01.2001"))
    assert village.get(at("programme_statement", MONTH, taken.pk)).status_code == 404
    assert logged_in(person("regency")).get(at("programme_statement", MONTH, taken.pk)).status_code == 200


def test_an_outage_is_contested_from_the_row_of_its_deduction(taken, person):
    mine = logged_in(person("provider", organisation=taken))
    page = mine.get(at("programme_statement", MONTH, taken.pk)).content.decode()
    link = re.search(r'href="([^"]+/sanggah/)"', page).group(1)
    mine.post(link, {"words": "Kabel diputus."})
    row = Excuse.objects.get()
    assert row.provider == taken
    assert (
        at("programme_excuse", row.pk)
        in mine.get(at("programme_statement", MONTH, taken.pk)).content.decode()
    )
    office = logged_in(person("regency")).get(at("programme_statement", MONTH, taken.pk)).content.decode()
    assert "/sanggah/" not in office


def test_files_wait_where_what_was_agreed_has_changed(taken, region, person):
    mine = logged_in(person("provider", organisation=taken))
    path = region / "contracts.csv"
    text = path.read_text()
    path.write_text(text + "\n")
    try:
        answer = mine.get(at("programme_statement_file", MONTH, taken.pk, "pdf"), follow=True)
        assert "dihitung ulang" in said(answer)
        assert answer.redirect_chain
    finally:
        path.write_text(text)


def test_silence_that_is_deducted_for_can_be_contested(programme, person):
    point = programme.point("TL-1", "in service")
    start = dt.datetime(2026, 3, 1, 16, tzinfo=dt.UTC)
    silent = Outage.objects.create(
        point=point, start=start, end=start + dt.timedelta(days=12), cause="unknown", counts="unknown", ended=False
    )  # fmt: skip
    theirs = person("provider", organisation=programme.own)
    with pytest.raises(RefusedError):
        contest(silent, theirs, "Alat ukur dicuri.", None)
    row = {
        "provider": programme.own.name, "contract": "K-1", "point": "TL-1", "month": "2026-03",
        "what": "silence", "per": "day", "outages": "-1", "amount_idr": "500", "likely_idr": "500",
        "formula": "1 × 500",
        **dict.fromkeys(("sure", "likely", "low", "high", "evidence"), "12"), "sure_hours": "", "likely_hours": "",
    }  # fmt: skip
    outages = [{"point": "TL-1", "outage": "-1", "start": "2026-03-01T16:00:00Z"}]
    whose = owed.Whose.known({"TL-1": point.pk})
    Deducted.objects.bulk_create(owed.deductions([row], outages, whose))
    Owed.objects.create(
        provider=programme.own, point=point, contract="K-1", period="2026-03", provisional=False, due_idr=1000,
        deducted_idr=500, owed_idr=500, likely_deducted_idr=500, values={"days": 31, "of_days": 31}, mark="x",
    )  # fmt: skip
    score_factory.scores([])
    page = logged_in(theirs).get(at("programme_statement", "2026-03", programme.own.pk))
    assert "Waktu tanpa bukti apa pun" in said(page)
    assert f"/gangguan/{round(start.timestamp())}/sanggah/" in page.content.decode()
    assert contest(silent, theirs, "Alat ukur dicuri.", None).state == "open"


def test_a_year_has_its_months_and_the_days_on_which_service_rested(programme, person, office):
    point = programme.point("TL-1", "in service", since=dt.date(2026, 1, 1))
    step(point, "suspended", office.user, dt.date(2026, 3, 9), why="banjir")
    step(point, "in service", office.user, dt.date(2026, 3, 12))
    for period, days, due in (
        ("2026-03", 31, 2_800_000),
        ("2026-04", 30, 3_100_000),
        ("2026", 61, 5_900_000),
    ):
        rested = {"suspended_days": 3} if period != "2026-04" else {}
        Owed.objects.create(
            provider=programme.own, point=point, contract="K-1", period=period, provisional=period == "2026-04",
            due_idr=due, deducted_idr=0, owed_idr=due, likely_deducted_idr=0, mark="x",
            values={"days": days, "of_days": days} | rested,
        )  # fmt: skip
    score_factory.scores([])
    mine = logged_in(person("provider", organisation=programme.own))
    page = said(mine.get(at("programme_statement", "2026", programme.own.pk)))
    for words in (
        "5.900.000",
        "2.800.000",
        "April 2026 sementara",
        "3 dihentikan",
        "TL-1: 9 Maret 2026 – 11 Maret 2026 “banjir”",
    ):
        assert words in page
    assert "banjir" not in said(mine.get(at("programme_statement", "2026-04", programme.own.pk)))
    assert "2026" in said(mine.get(at("programme_statements"), {"masa": "2026"}))
