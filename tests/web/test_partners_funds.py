"""Companies' funds: offered with conditions, accepted into region.toml as any setting, and shown for what they did."""

import datetime as dt

import partners_factory
import pytest
from django.utils import timezone
from office import logged_in, region_at

from merata.plan.catalogue import budgets
from merata.plan.funds import PLACES, WORKS, funds_of
from merata.plan.options import OPTIONS
from merata.region.settings import parse_settings
from merata.web.models import Change, Commitment, Contract, FundOffer, Organisation, Payment, ServicePoint
from merata.web.partners import offers
from merata.web.programme.said import RefusedError
from merata.web.words import tongue

YEAR = timezone.localdate().year
ASKED = {
    "fund": "Peduli Desa", "idr_per_year": "900.000.000", "first_year": str(YEAR), "last_year": str(YEAR + 2),
    "villages": "99.01.01.2001, 99.01.02", "kinds": ["leo", "school"], "pays": ["capital"], "ceiling_percent": "80",
    "words": "",
}  # fmt: skip


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")
    return settings.REGION


@pytest.fixture
def company(person):
    return person("partner", organisation=Organisation.objects.create(name="PT Peduli", kind="partner"))


def fund_now(region):
    return parse_settings((region / "region.toml").read_text()).funds[-1]


def test_an_accepted_offer_is_a_fund_of_the_plan_with_its_conditions(published, region, company, person):
    theirs, ours = logged_in(company), logged_in(person("regency"))
    page = theirs.post("/staf/mitra/dana/tawarkan/", ASKED).url
    toml = (region / "region.toml").read_text()
    assert "menunggu keputusan" in theirs.get(page).content.decode()
    theirs.post(f"{page}putuskan/", {"decision": "accept", "reason": "kami sendiri"})
    assert (region / "region.toml").read_text() == toml
    ours.post(f"{page}putuskan/", {"decision": "accept", "reason": "perjanjian 12/2026"})
    assert (region / "region.toml").read_text().startswith(toml.rstrip("\n")), (
        "all that stood there stays, comments too"
    )
    fund = fund_now(region)
    assert (fund.name, fund.villages, fund.kinds, fund.pays, fund.ceiling) == (
        "Peduli Desa", ["99.01.01.2001", "99.01.02"], ["leo", "school"], ["capital"], 0.8,
    )  # fmt: skip
    assert fund.years == {str(year): 900_000_000 for year in range(YEAR, YEAR + 3)}
    whole = parse_settings((region / "region.toml").read_text())
    planned = funds_of(budgets(None, whole), whole)
    assert planned.terms[planned.names.index("Peduli Desa")].pays == {"capital"}
    [told] = Change.objects.filter(model="settings")
    assert told.why == "perjanjian 12/2026"


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"villages": "99.99.99.9999"}, "offer_no_village"), ({"idr_per_year": "banyak"}, "offer_amount"),
        ({"idr_per_year": "0"}, "offer_amount"), ({"first_year": str(YEAR - 1)}, "offer_years"),
        ({"last_year": str(YEAR - 1)}, "offer_years"), ({"kinds": ["everything"]}, "offer_kinds_wrong"),
        ({"ceiling_percent": "120"}, "offer_ceiling"), ({"fund": " "}, "offer_no_fund"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(published, company, wrong, key):
    with pytest.raises(RefusedError) as refused:
        offers.make(company, ASKED | wrong)
    assert key in {problem.key for problem in refused.value.problems}
    assert not FundOffer.objects.exists()


def test_a_name_that_another_fund_has_changes_nothing(published, region, company, person):
    row = offers.make(company, ASKED | {"fund": "apbd (CONTOH)"})
    before = (region / "region.toml").read_text()
    with pytest.raises(RefusedError):
        offers.decide(row.pk, person("regency"), True, "ya")
    row.refresh_from_db()
    assert row.state == "offered"
    assert (region / "region.toml").read_text() == before


def test_strangers_neither_see_nor_decide_offers(published, region, company, person):
    row = offers.make(company, ASKED)
    other = person("partner", organisation=Organisation.objects.create(name="PT Lain", kind="partner"))
    assert logged_in(other).get(f"/staf/mitra/dana/{row.pk}/").status_code == 404
    assert logged_in(person("provider")).get("/staf/mitra/dana/").status_code == 403
    assert logged_in(person("reader")).get("/staf/mitra/dana/").status_code == 403
    with pytest.raises(RefusedError):
        offers.decide(row.pk, other, True, "ya")
    with pytest.raises(RefusedError):
        offers.withdraw(row.pk, other)


def test_its_page_shows_what_was_done_with_the_money_and_nothing_else(published, company, client):
    row = partners_factory.fund(company.organisation, company)
    empty = client.get(f"/en/mitra/{company.organisation_id}/").content.decode()
    assert "not measured yet" in empty
    assert "not noted yet" in empty
    provider = Organisation.objects.create(name="Penyedia", kind="provider")
    day = dt.date(YEAR, 3, 1)
    contracts = [
        Contract.objects.create(
            number=f"K-{fund}", provider=provider, fund=fund, starts=day, ends=dt.date(YEAR, 12, 31),
            fee_idr_per_month=1, down_mbps=1, up_mbps=1,
        )
        for fund in (row.fund, "lain")
    ]  # fmt: skip
    for n, contract in enumerate(contracts):
        Payment.objects.create(contract=contract, month=day, amount_idr=2_000_000, paid_on=day)
        for place, state in enumerate(("in service", "in service", "contracted")):
            ServicePoint.objects.create(
                code=f"P-{n}{place}", village_code="99.01.01.2001", place="Kantor", option="leo", provider=provider,
                contract=contract, state=state, since=day,
            )  # fmt: skip
    for state, fund in (("kept", row.fund), ("late", row.fund), ("kept", "lain")):
        Commitment.objects.create(
            village_code="99.01.01.2001", level="basic", option="leo", year=YEAR, fund=fund, state=state
        )
    done = offers.achieved(row)
    assert (done.points, done.people, done.paid_idr, done.promised) == (2, 1000, 2_000_000, 2)
    assert done.states == [("kept", 1), ("late", 1)]
    assert done.availability is None
    page = client.get(f"/en/mitra/{company.organisation_id}/").content.decode()
    assert "IDR" in page
    assert client.get("/data/dana-mitra.csv").content.decode().splitlines()[1].startswith("PT Peduli,")
    FundOffer.objects.update(state="offered")
    partners_factory.site_factory.changed()
    assert client.get(f"/mitra/{company.organisation_id}/").status_code == 404, (
        "what is only offered is nobody's business"
    )


def test_what_an_offer_can_name_is_what_a_fund_can_be_for_and_has_its_words():
    assert {*OPTIONS, *PLACES} <= set(offers.KINDS) <= {*OPTIONS, *PLACES, *WORKS}
    assert all(
        tongue("id").word("fund_kind", kind) != tongue("en").word("fund_kind", kind)
        for kind in ("people", "cell")
    )
    assert all(tongue("id").word("fund_kind", kind) for kind in offers.KINDS)
