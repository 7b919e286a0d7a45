"""A province's own site: its accounts see all regions from inside as counts; a region's officers see nobody else's."""

import json

import pytest
from office import logged_in
from programme_factory import Programme

from merata.province import office, settings
from merata.web import serve_many
from merata.web.inner import FIGURES, figures
from merata.web.models import Commitment, Organisation, Payment

REGION = {"name": "Kabupaten Satu (contoh)", "owner": "Dinas Kominfo Satu (contoh)", "folder": "satu"}


@pytest.fixture
def province(tmp_path):
    settings.start(tmp_path, "Provinsi Contoh", "99", made_up=True)
    settings.add(tmp_path, settings.OneRegion(code="99.01", **REGION))
    return tmp_path


def test_its_site_has_a_name_a_database_and_the_figures_of_its_own(province):
    made = settings.read(province)
    assert not office.started(province)
    place = office.start(province, made)
    assert (
        (place / "region.toml").read_text(encoding="utf-8").startswith('[region]\nname = "Provinsi Contoh"')
    )
    assert place.stat().st_mode & 0o077 == 0
    served = serve_many.sites(
        [("99-01", province / "satu"), (office.LABEL, place)], "https://internet.example", 8001
    )
    region, own = (
        serve_many.environment(site, {"MERATA_KANTOR_DATABASE": "postgresql://a/b"}) for site in served
    )
    assert own["MERATA_SITE"] == "https://kantor.internet.example"
    assert own[office.VARIABLE] == str(province / office.INNER)
    assert own["MERATA_DATABASE"] == "postgresql://a/b"
    assert office.VARIABLE not in region, "a region's site does not know where others' figures are"
    assert "MERATA_DATABASE" not in region


def test_what_could_not_be_taken_stays_as_it_was_with_the_reason(province):
    [region] = settings.read(province).regions
    told = lambda: json.loads((province / office.INNER / "99-01.json").read_text(encoding="utf-8"))  # noqa: E731
    office.keep(province, region, "", "2026-11-29", {"points": 7}, "")
    office.keep(province, region, "", "2026-11-30", None, "no such folder")
    assert (told()["on"], told()["figures"], told()["trouble"]) == (
        "2026-11-29",
        {"points": 7},
        "no such folder",
    )
    path = province / office.INNER / "99-01.json"
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_an_account_there_sees_all_regions_and_none_elsewhere_does(province, person, monkeypatch):
    made = settings.read(province)
    for code, name in (("99.02", "Kabupaten Dua (contoh)"), ("99.01", "Kabupaten Satu (contoh)")):
        region = settings.OneRegion(code=code, name=name, owner="Dinas (contoh)", folder=code)
        numbers = dict.fromkeys(FIGURES, 0) | {"cases_open": 12, "paid_idr": 1_500_000}
        office.keep(province, region, f"https://{region.label}.example/", "2026-11-30", numbers, "")
    reader = logged_in(person("reader"))
    assert reader.get("/staf/wilayah/").status_code == 404, "a region's own site has no such page"
    assert "/staf/wilayah/" not in reader.get("/staf/").content.decode()
    monkeypatch.setenv(office.VARIABLE, str(province / office.INNER))
    text = reader.get("/en/staf/wilayah/").content.decode()
    assert text.index("Kabupaten Satu") < text.index("Kabupaten Dua")
    assert '<a href="https://99-01.example/">Kabupaten Satu (contoh)</a>' in text
    assert "<td>12</td>" in text
    assert "/en/staf/wilayah/" in reader.get("/en/staf/").content.decode()
    assert logged_in(person("provider")).get("/staf/wilayah/").status_code == 403
    assert made.regions[0].code == "99.01"


def test_figures_are_counts_and_sums_of_what_is_there(published):
    made = Programme()
    made.point("TL-1", "in service")
    made.point("TL-2", "contracted", contract=1)
    owner = Organisation.objects.create(name="Dinas Kominfo (contoh)", kind="regency")
    Commitment.objects.create(
        village_code="99.01.01.2001", level="basic", year=2026, owner=owner, fund="APBD (contoh)"
    )
    found = figures()
    assert tuple(found) == FIGURES
    assert all(isinstance(value, int) for value in found.values())
    Commitment.objects.update(state="late")
    assert figures()["promises_late"] == Commitment.objects.filter(replaced_by=None).count() > 0
    assert found["paid_idr"] == sum(Payment.objects.values_list("amount_idr", flat=True))
    assert found["points"] >= found["in_service"] > 0
