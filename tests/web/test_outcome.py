"""What was predicted and what was measured: counted right, told only of enough cases, on the page as in the file."""

import csv
import datetime as dt
import io
import json

import pytest
import score_factory
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from merata.exchange import bundle_csv, own
from merata.exchange.bundle_tables import FAILURES, OUTCOMES
from merata.web.models import Commitment, PhoneTest, ServicePoint
from merata.web.page import changed
from merata.web.public import outcome


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_interval_is_wilsons(hits, more):
    cases = max(hits, more)
    truth = stats.binomtest(hits, cases).proportion_ci(method="wilson")
    assert outcome.wilson(hits, cases) == pytest.approx((truth.low, truth.high), abs=1e-12)


@pytest.fixture
def phones(published):
    """Six tests in one village, two of them good; its chance of being below the promise is 0.8."""
    score_factory.phone_tests(published, "99.01.01.2002")
    PhoneTest.objects.create(made_by="w", village_code="99.01.01.2002", network="other Wi-Fi", down_mbps=90.0)
    changed()
    return published


def test_phones_tell_whether_chances_were_right(phones):
    [row] = [r for r in outcome.outcomes(phones) if r.what == "signal"]
    assert (row.which, row.cases) == ("0.75-1", 6)
    assert row.predicted == pytest.approx(0.8)
    assert row.measured == pytest.approx(4 / 6)


def test_of_few_cases_nothing_is_told(phones, client):
    PhoneTest.objects.filter(made_by__in=("0", "1")).delete()
    changed()
    assert outcome.outcomes(phones) == []
    assert "paling sedikit 5 kasus" in client.get("/kenyataan/").content.decode()


def test_what_the_next_plan_learned_is_shown_with_how_sure_it_is(published, client, tmp_path, settings):
    settings.REGION = tmp_path
    assert "masih berangkat dari anggapan" in client.get("/kenyataan/").content.decode()
    place = tmp_path / own.FOLDER
    place.mkdir()
    ground = {"option": "leo", "terrain": "hilly", "remoteness": "remote"}
    links = {**ground, "points": 16, "months": 3, "days_to_connect": 412.0, "days_spread": 40.0,
             "availability": 0.93, "availability_spread": 0.04}  # fmt: skip
    failed = {**ground, "cause": "power", "points": 5, "outages": 8, "hours": 20.0}
    for table, row in ((OUTCOMES, links), (FAILURES, failed)):
        (place / f"{table.name}.csv").write_bytes(bundle_csv.write([row], table))
    about = {"until": "2026-10", "scores": "0" * 64, "left_out": 0}
    (place / own.ABOUT).write_text(json.dumps(about))
    changed()
    page = client.get("/en/kenyataan/").content.decode()
    assert "Up to October" in page
    assert "hilly, far from roads" in page
    assert "<b>93.0 %</b> <small>± 2.0</small>" in page
    assert "<b>412</b> <small>± 20</small>" in page
    assert "power cut" in page
    assert "2.5" in page
    (place / own.ABOUT).write_text("{}")
    changed()
    assert "still starts from what is assumed" in client.get("/en/kenyataan/").content.decode()


def test_levels_times_and_prices_are_those_of_the_programme(providers, published, client):
    contract = ServicePoint.objects.first().contract
    score_factory.phone_tests(published, "99.01.01.2002")
    for number in range(6):
        promise = Commitment.objects.create(
            village_code="99.01.03.2001", level="basic", option="leo", year=2024, publication=published
        )
        point = ServicePoint.objects.create(
            code=f"TK-{number}", village_code="99.01.03.2001", place="Kantor", option="leo", contract=contract,
            state="in service", since=dt.date(2024 + number % 2, 6, 1), commitment=promise, facility_key=f"k{number}",
        )  # fmt: skip
        published.facilities.create(
            key=f"k{number}", village_code="99.01.03.2001", name="Kantor", option="leo", promised="basic",
            access_now="none", opex_idr_per_year=24_000_000, kind="village office", sector="public service",
        )  # fmt: skip
        score_factory.scores([point])
        score_factory.card("point", point.code, "2026-02", point)
    rows = {(row.what, row.which): row for row in outcome.outcomes(published)}
    late = rows["time", "leo"]
    assert late.cases >= 6
    level = rows["level", "leo"]  # six were promised a basic level, four a working one; all have 8 Mbit/s
    assert (level.measured, level.cases) == (0.6, 10)
    price = rows["price", "leo"]
    assert (price.predicted, price.measured, price.cases) == (2_000_000, 1_500_000, 8)
    text = client.get("/data/kenyataan.csv").content.decode("utf-8-sig")
    told = {(r["what"], r["which"]): r for r in csv.DictReader(io.StringIO(text))}
    assert float(told["price", "leo"]["measured"]) == 1_500_000
    assert "Rp" in client.get("/kenyataan/").content.decode()
