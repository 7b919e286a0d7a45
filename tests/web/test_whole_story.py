"""Two regencies, a province, an operator, a company and a university, from data to the report: browser and commands."""

import datetime as dt
import io
import json
import shutil
import subprocess
import sys
import time
from urllib.parse import urlsplit

import fresh
import pandas as pd
import pytest
from in_process import example, merata
from once import once
from serving import serving

from merata.region.folder import Region

pytestmark = [
    pytest.mark.slow, pytest.mark.browser, pytest.mark.engine, pytest.mark.xdist_group("story"),
]  # fmt: skip

PASSWORD = "kata-sandi-untuk-cerita"
TODAY = dt.date.today()
SECRET = "RAHASIA-CERITA-1"
TOWERS = f"""nama site,operator,latitude,longitude,tinggi (m),teknologi
{SECRET},PT Menara Rekaan,{{lat}},{{lon}},52,4G
"""
#: Who takes part: an account for each, with an organisation of its own.
PEOPLE = f"""
from merata.web.models import Organisation, User
for name, role, kind in (
    ("dinas", "regency", "regency"), ("provinsi", "province", "province"), ("operator", "provider", "provider"),
    ("perusahaan", "partner", "partner"), ("kampus", "partner", "partner"),
):
    office = Organisation.objects.create(name=f"{{name.title()}} Rekaan (contoh)", kind=kind)
    User.objects.create_user(f"{{name}}@contoh.example", "{PASSWORD}", role=role, organisation=office)
"""
#: What is delivered and measured can't wait for months here: a programme and its measurements are made up.
DELIVERED = """
from datetime import timedelta
from django.utils import timezone
from merata.example import programme_year
from merata.web.models import Organisation, Publication, User
from merata.web.programme.made_up import BAD, make_up
make_up(Publication.objects.get(number=1), 1)
programme_year.POINTS, programme_year.MOST, programme_year.MONTHS = 4, 8, 1
last = timezone.localdate().replace(day=1) - timedelta(days=1)  # a whole month, whatever day it is
by, second, provider = (User.objects.get(email=n + "@contoh.example") for n in ("dinas", "provinsi", "operator"))
provider.organisation = Organisation.objects.get(name=BAD)
programme_year.make_up(Path(r"{region}") / "measurements", last, by, second, provider)
"""
#: What the site's worker does every minute.
LOGGED = """
from django.conf import settings
from merata.web import logged
settings.LOG_KEY = "{key}"
logged.run(batch=True)
"""


@pytest.fixture(scope="module")
def regions(demo, tmp_path_factory):
    """Folders of two made-up regencies that were run, which may be changed."""
    place = tmp_path_factory.mktemp("provinsi")
    for name, folder in (("satu", demo), ("dua", once("other", _other))):
        shutil.copytree(folder / "region", place / name)
    return place


def _other(folder):
    example(folder, seed=2, regency=2)


class Person:
    """Somebody with a browser; with a name, logged in."""

    def __init__(self, browser, site, name=""):
        self.site = site
        self.page = browser.new_context(viewport={"width": 1024, "height": 900}, locale="id-ID").new_page()
        if name:
            self.goes("/akun/masuk/").sends("login", login=f"{name}@contoh.example", password=PASSWORD)

    def goes(self, path):
        """Open a page of the site, which is there."""
        assert self.page.goto(self.site + path).status == 200, path
        return self

    @property
    def path(self):
        """Where somebody is."""
        return urlsplit(self.page.url).path

    def sends(self, field, *, button="", **fields):
        """Fill in the form that has a field, and send it by a button with a value, or by its only one."""
        form = self.page.locator("form", has=self.page.locator(f"[name='{field}']")).first
        for name, value in fields.items():
            what = form.locator(f"[name='{name}']")
            kind = what.first.get_attribute("type") or what.first.evaluate("e => e.tagName.toLowerCase()")
            if kind in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind in ("select", "file"):
                (what.select_option if kind == "select" else what.set_input_files)(value)
            else:
                what.fill(value)
        self.clicks(form.locator(f"button[value='{button}']" if button else "button").first)

    def presses(self, path):
        """Send the form without fields that leads to a path."""
        self.clicks(self.page.locator(f"form[action$='{path}'] button").first)

    def clicks(self, button):
        with self.page.expect_navigation():
            button.click()
        alert = self.page.locator(".wrong, [role=alert]")
        assert not alert.count(), alert.first.inner_text()

    def reads(self, *words):
        """The page says these words."""
        text = self.page.content()
        assert not [word for word in words if word not in text], self.page.inner_text("main")[:2000]


def until(found, seconds=600):
    """What is found at last."""
    end = time.monotonic() + seconds
    while not (there := found()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return there


def answer(*command):
    """What a command says to a script."""
    return json.loads(merata(*command, "--json").stdout)


def job(region, kind):
    """The outcome of the newest job of a kind, once the worker of the site has done it."""
    query = f"select state, outcome from web_job where kind = '{kind}' order by id desc limit 1"
    state, outcome = until(
        lambda: [row for row in fresh.rows(region, query) if row[0] in ("done", "failed")]
    )[0]
    assert state == "done", outcome
    return json.loads(outcome)


def test_from_data_to_the_report_with_all_partners(regions, browser, tmp_path):
    one, two, key = regions / "satu", regions / "dua", tmp_path / "log.key"
    public = answer("exchange", "key", key, "contoh.example/log")["public"]
    fresh.run(one, PEOPLE)
    with serving(one, MERATA_LOG_KEY=str(key)) as site:
        office, province = Person(browser, site, "dinas"), Person(browser, site, "provinsi")
        an_operator_gives_towers_in_confidence(one, tmp_path, office, Person(browser, site, "operator"))
        a_company_gives_a_fund(office, Person(browser, site, "perusahaan"))
        draft = the_plan_is_reckoned(one, office)
        a_villager_comments(one, office, Person(browser, site), draft)
        another_office_publishes(one, office, province, draft)
        fresh.run(one, DELIVERED.format(region=one))
        what_was_delivered_is_scored_and_owed(one, tmp_path)
        a_university_predicts(one, tmp_path, Person(browser, site, "kampus"))
        reports_are_made(one, tmp_path, Person(browser, site))
    fresh.run(one, LOGGED.format(key=key))
    the_log_stands_and_what_is_rewritten_is_caught(one, public, tmp_path)
    another_regency_learns(one, two, key, public)
    assert the_province_compares(regions, browser) >= {"99.01", "99.02"}


def an_operator_gives_towers_in_confidence(region, tmp_path, office, operator):
    place = Region(region).tables()["villages"].geometry.iloc[0].representative_point()
    file = tmp_path / "menara.csv"
    file.write_text(TOWERS.format(lat=place.y, lon=place.x))
    operator.goes("/staf/mitra/data/").sends(
        "confidential", files=str(file), kind="sites", date="2026-01-05", confidential="held"
    )
    job(region, "compare")
    office.goes(operator.path).reads(SECRET)
    office.sends("reason", reason="sudah ditanyakan", button="accept")
    job(region, "add")
    operator.goes(operator.path).reads("Sudah dipakai")
    assert SECRET in Region(region).tables()["sites"].to_csv()


def a_company_gives_a_fund(office, company):
    company.goes("/staf/mitra/dana/").sends(
        "idr_per_year", fund="Peduli Rekaan", idr_per_year="400.000.000", first_year=str(TODAY.year),
        last_year=str(TODAY.year + 2), kinds="school",
    )  # fmt: skip
    office.goes(company.path).sends("reason", reason="perjanjian rekaan", button="accept")
    office.goes("/staf/rencana/dana/").reads("Peduli Rekaan")


def the_plan_is_reckoned(region, office):
    office.goes("/staf/rencana/").presses("/staf/rencana/hitung/")
    return job(region, "run")["publication"]


def a_villager_comments(region, office, villager, draft):
    ends = TODAY + dt.timedelta(days=14)
    office.goes("/staf/mitra/tanggapan/").sends("publication", publication=str(draft), ends=ends.isoformat())
    code = Region(region).tables()["villages"]["code"].iloc[0]
    villager.goes(f"/tanggapan/1/tulis/{code}/").sends("stance", stance="change", words="Mohon lebih dulu.")
    office.goes("/staf/mitra/tanggapan/1/").sends(
        "look",
        look="shown",
        outcome="not changed",
        answer="Desa ini dilayani pada tahun pertama yang mungkin.",
    )
    villager.goes("/tanggapan/1/").reads("usul perubahan")
    villager.goes(f"/tanggapan/1/desa/{code}/").reads("Mohon lebih dulu.", "tahun pertama yang mungkin")


def another_office_publishes(region, office, province, draft):
    page = f"/staf/rencana/{draft}/"
    office.goes(page).sends("note", note="rencana pertama")
    [(owner,)] = fresh.rows(region, "select id from web_organisation where kind = 'regency'")
    province.goes(page).sends("owner", owner=str(owner), button="approve")
    province.goes("/rencana/1/").reads("Peduli Rekaan")


def what_was_delivered_is_scored_and_owed(region, tmp_path):
    scored = answer("score", region)
    assert scored
    [(month,)] = fresh.rows(region, "select max(period) from web_scorecard where length(period) = 7")
    merata("statement", region, "--month", month, "--out", tmp_path / "tagihan")
    assert {file.suffix for file in (tmp_path / "tagihan").iterdir()} == {".pdf", ".xlsx"}


def a_university_predicts(region, tmp_path, university):
    merata("contest", "open", region, "sinyal", "--until", f"{TODAY.year + 1}-12-31")
    get = university.page.request.get
    asked = pd.read_csv(io.StringIO(get(f"{university.site}/lomba/sinyal/ask.csv").text()))
    learnt = pd.read_csv(io.StringIO(get(f"{university.site}/lomba/sinyal/train.csv").text()))
    off = (learnt["measured"] - learnt["model_dbm"]).quantile([0.05, 0.25, 0.5, 0.75, 0.95])
    power = asked["model_dbm"].fillna(learnt["model_dbm"].median())
    made = {f"q{share * 100:02.0f}": power + by for share, by in off.items()}
    file = tmp_path / "prediksi.csv"
    pd.DataFrame({"id": asked["id"], **made}).to_csv(file, index=False)
    university.goes("/staf/program/lomba/sinyal/").sends("predictions", predictions=str(file))
    university.goes("/lomba/").reads("Kampus Rekaan")


def reports_are_made(region, tmp_path, everybody):
    merata("indicators", region)
    merata("yearbook", region, "--year", str(TODAY.year), "--out", tmp_path / "buku")
    assert {file.suffix for file in (tmp_path / "buku").iterdir()} >= {".pdf", ".html"}
    # In a process of its own: it looks into the site's database.
    command = [sys.executable, "-m", "merata.cli.main", "meeting", region, "--out", tmp_path / "rapat"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    open_files = [*(tmp_path / "buku").rglob("*.html"), *(tmp_path / "rapat").rglob("*.html")]
    assert all(SECRET not in file.read_text() for file in open_files)
    everybody.goes("/statistik/")
    for path in ("/data/menara.csv", "/peta/desa.geojson", "/data/"):
        assert SECRET not in everybody.page.request.get(everybody.site + path).text()


def the_log_stands_and_what_is_rewritten_is_caught(region, public, tmp_path):
    log = region / "log"
    kinds = {row for (row,) in fresh.rows(region, "select distinct kind from web_logentry")}
    assert {"plan", "commitment", "score"} <= kinds
    merata("exchange", "verify", log, "--key", public)
    forged = shutil.copytree(log, tmp_path / "palsu")
    # The end of the log lies in a file of each length that it had.
    files = [file for file in (forged / "tile" / "entries").rglob("*") if file.is_file()]
    told = [file for file in files if b'"peduli-rekaan"' in file.read_bytes()]
    assert told
    for file in told:
        file.write_bytes(file.read_bytes().replace(b'"peduli-rekaan"', b'"peduli-siapa?"'))
    merata("exchange", "verify", forged, "--key", public, code=3)


def another_regency_learns(one, two, key, public):
    merata("exchange", "evidence", two, code=5)  # there is none yet
    bundle = answer("exchange", "pack", one, "--key", key)["file"]
    merata("exchange", "verify", bundle, "--key", public)
    merata("exchange", "take", two, bundle, "--key", public)
    assert {row["code"] for row in answer("exchange", "evidence", two)["bundles"]} == {"99.01"}
    merata("run", two)
    merata("exchange", "take", two, bundle, "--key", public, code=3)  # the same once more is no news


def the_province_compares(regions, browser):
    province = regions / "provinsi"
    merata("province", "new", province, "--name", "Provinsi Rekaan", "--code", "99")
    for code, name in (("99.01", "satu"), ("99.02", "dua")):
        merata(
            "province",
            "add",
            province,
            code,
            "--name",
            f"Kabupaten {name}",
            "--owner",
            "Dinas",
            "--folder",
            regions / name,
        )
    fresh.run(
        regions / "dua", f"from merata.web.example import set_up\nset_up(Path({str(regions / 'dua')!r}))"
    )
    made = answer("province", "compare", province)
    merata("province", "pages", province)
    page = Person(browser, (province / "pages").as_uri()).page
    page.goto(f"{(province / 'pages').as_uri()}/index.html")
    assert "Kabupaten dua" in page.content()
    return {row["region"] for row in made["access"]}
