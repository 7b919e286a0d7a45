"""The measured months of the worked example: of its own points, plainly made up, scored as they truly were."""

import csv
import datetime as dt

import pytest
import site_factory

from merata.errors import InputError
from merata.example import programme_year
from merata.publish import statement
from merata.web.models import (
    Case,
    Contract,
    Excuse,
    Organisation,
    Outage,
    PlannedWork,
    Probe,
    Scorecard,
    ServicePoint,
)
from merata.web.programme import made_up_year
from merata.web.programme.made_up import make_up

TODAY = dt.date(2026, 9, 15)
BAD, OTHER = "Orbit Rimba (contoh)", "Langit Rekaan (contoh)"
pytestmark = [pytest.mark.slow, pytest.mark.engine]


@pytest.fixture
def people(db, settings, tmp_path, person, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    make_up(site_factory.publication(districts=6, each=12), 7, TODAY)
    for room in (programme_year, made_up_year):
        monkeypatch.setattr(room, "BAD", BAD)
    for name, few in {"POINTS": 4, "MOST": 8, "MONTHS": 2}.items():
        monkeypatch.setattr(programme_year, name, few)
    provider = person("provider", organisation=Organisation.objects.get(name=BAD))
    return person("regency"), person("province"), provider


def test_the_site_shows_what_was_made_up_and_the_truth_stands_beside_it(people, tmp_path):
    place = tmp_path / "measurements"
    assert programme_year.make_up(place, TODAY, *people) > 50_000
    assert Probe.objects.count() == 8
    assert not Probe.objects.exclude(key="").exists(), "nobody can speak for a probe that there is not"
    with (place / "truth.csv").open() as file:
        truth = list(csv.DictReader(file))
    assert {row["known_by"] for row in truth} == {"made up"}
    assert {row["month"] for row in truth} == {"2026-08", "2026-09"}
    held = []
    for row in truth:
        card = Scorecard.objects.get(of="point", name=row["point"], period=row["month"]).values
        if not row["game"]:
            held.append(
                card["availability_low"]
                <= float(row["availability"]) + 1e-6
                <= card["availability_high"] + 2e-6
            )
    assert sum(held) >= 0.93 * len(held)
    year = {
        card.name: card.availability for card in Scorecard.objects.filter(of="provider", period="2026-08")
    }
    assert year[BAD] < year[OTHER]
    latest = max(Outage.objects.values_list("end", flat=True))
    assert latest < dt.datetime.combine(TODAY, dt.time.min, dt.UTC)


def contracts_say_what_is_owed(place):
    """What the site says of contracts and what was decided of contests goes into the statements."""
    made = statement.read(place, "2026-09")
    of = {
        name: statement.of_provider(made, name, "2026-09", "", True)
        for name in statement.providers(made, "2026-09")
    }
    assert {BAD, OTHER} <= set(of)
    for one in of.values():
        fees = dict(Contract.objects.values_list("number", "fee_idr_per_month"))
        assert one.totals["provisional"].all(), "the month is not over"
        assert one.totals["fee_idr"].tolist() == [fees[number] for number in one.totals["contract"]]
        assert one.sum_of("owed_idr") + one.sum_of("deducted_idr") == one.sum_of("due_idr") > 0
    assert of[BAD].sum_of("deducted_idr") > 0
    assert (of[BAD].outages["excused_by"] == "contest").any()
    assert not set(of[BAD].outages["outage"][of[BAD].outages["excused_by"] == "contest"].astype(str)) & {
        number for text in of[BAD].deductions["outages"] for number in text.split()
    }


def test_what_was_agreed_and_contested_hangs_on_the_same_points(people, tmp_path):
    programme_year.make_up(tmp_path / "measurements", TODAY, *people)
    contests = Excuse.objects.filter(kind="contest").order_by("pk")
    assert [one.state for one in contests] == ["upheld", "rejected", "open"]
    assert all(one.by == people[2] and one.decided_by in (None, people[1]) for one in contests)
    assert Outage.objects.filter(point=contests[0].point, excused_by="contest").exists()
    assert PlannedWork.objects.filter(noticed_at__lt=dt.datetime(2026, 9, 15, tzinfo=dt.UTC)).count() > 2
    assert set(Case.objects.values_list("kind", flat=True)) == {"no password", "slow", "broken"}
    assert programme_year.make_up(tmp_path / "measurements", TODAY, *people) == 0, "what is there stays"
    contracts_say_what_is_owed(tmp_path / "measurements")


def test_beside_real_points_no_probes_are_made_up(people):
    ServicePoint.objects.filter(code="TL-0001").update(note="")
    with pytest.raises(InputError, match="nobody made up"):
        made_up_year.place_probes(5, 5, TODAY, TODAY)
    assert not Probe.objects.exists()
