"""Scores on the site: the same numbers as the scorer's, taken in whole; what everybody sees of them and what not."""

import csv
import html
import json
import re

import pytest
import score_factory
from programme_factory import logged_in

from merata.assure import score as scoring
from merata.assure.suspicions import KINDS
from merata.example import messages
from merata.example.year import year
from merata.web import scores
from merata.web.models import Excuse, Organisation, Outage, Scorecard, ScoreSet, ServicePoint, Suspicion
from merata.web.page import changed
from merata.web.public.scores import Times
from merata.web.words import tongue


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A made-up month of eight points, scored."""
    place = tmp_path_factory.mktemp("region") / "measurements"
    messages.write(place, year(8, 1, 3, first="2026-01"))
    scoring.write(place, scoring.score(place))
    return place


@pytest.fixture
def points(published):
    providers = {}
    for number in range(1, 9):
        made = year(8, 1, 3, first="2026-01").points[number - 1] if number == 1 else None
        name = made.provider if made else f"PT {number} (contoh)"
        providers[name] = Organisation.objects.get_or_create(name=name, kind="provider")[0]
        ServicePoint.objects.create(
            code=f"TL-{number:03d}", village_code="99.01.01.2001", place="Kantor Desa", option="leo",
            provider=providers[name], state="in service", since="2026-01-01",
        )  # fmt: skip
    changed()


def rows_of(place, name):
    with (place / "scores" / "all" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(answer):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))).replace(
        "\xa0", " "
    )


def test_what_the_scorer_wrote_is_on_the_site_number_by_number(points, measured, client):
    assert scores.take(measured)
    wanted = rows_of(measured, "scorecards")
    assert Scorecard.objects.count() == len(wanted) > 20
    for row in wanted:
        card = Scorecard.objects.get(of=row["of"], name=row["name"], period=row["period"])
        for name in ("availability", "availability_low", "down_mbps", "repair_h", "known_share", "down_s"):
            assert card.values.get(name) == (float(row[name]) if row[name] else None), (row["name"], name)
    assert Outage.objects.count() == len(rows_of(measured, "outages"))
    shown = {
        r["point"]: r
        for r in csv.DictReader(client.get("/data/rapor-titik.csv").content.decode().splitlines())
    }
    for row in wanted:
        if row["of"] == "point" and row["availability"]:
            assert float(shown[row["name"]]["availability"]) == pytest.approx(
                float(row["availability"]), abs=1e-5
            )


def test_the_same_scores_are_taken_in_once_and_later_ones_replace_them(points, measured):
    assert scores.take(measured)
    before = ScoreSet.objects.get().taken_at
    assert not scores.take(measured)
    assert ScoreSet.objects.get().taken_at == before
    ScoreSet.objects.update(digest="of others")
    gone = Scorecard.objects.first()
    Scorecard.objects.filter(pk=gone.pk).update(mark="of others", values={})
    there = (
        set(Scorecard.objects.values_list("pk", flat=True)),
        set(Outage.objects.values_list("pk", flat=True)),
    )
    assert scores.take(measured)
    assert {gone.pk} == there[0] - set(Scorecard.objects.values_list("pk", flat=True)), (
        "what is the same stays"
    )
    assert there[1] == set(Outage.objects.values_list("pk", flat=True))
    assert Scorecard.objects.count() == len(rows_of(measured, "scorecards"))


def test_files_that_do_not_fit_each_other_leave_what_is_there(points, measured, tmp_path):
    scores.take(measured)
    place = tmp_path / "scores" / "all"
    place.mkdir(parents=True)
    for path in (measured / "scores" / "all").glob("*.*"):
        (place / path.name).write_bytes(path.read_bytes())
    told = json.loads((place / "about.json").read_text())
    (place / "about.json").write_text(json.dumps(told | {"as_of_s": told["as_of_s"] + 1}))
    with (place / "outages.csv").open("a") as file:
        file.write("half a ro")
    count = Outage.objects.count()
    with pytest.raises(ValueError, match="written just now"):
        scores.take(tmp_path)
    assert Outage.objects.count() == count > 0


@pytest.mark.slow
@pytest.mark.engine
def test_the_worker_has_measurements_scored_and_takes_them_in(points, measured, settings):
    settings.REGION = measured.parent
    (measured / "scores" / "all" / "about.json").unlink()
    scores.run(batch=True)
    assert ScoreSet.objects.get().months == ["2026-01"]
    assert Scorecard.objects.filter(of="point").count() == 8


def test_pages_of_many_providers_districts_and_outages_stay_small(client, providers):
    for n in range(100):
        score_factory.card("district", f"Kecamatan Rekaan {n}", "2026-02", availability=0.9 + n / 2000)
        score_factory.card(
            "offer", f"PT Rekaan {n % 25} · {('leo', 'fibre', 'geo', 'cell')[n // 25]}", "2026-02"
        )
    point = ServicePoint.objects.get(code="TL-02")
    for n in range(80):
        score_factory.outage(point, day=1 + n % 19, hours=0.1 + n / 7)
    changed()
    for path in ("/rapor/", f"/titik/{point.pk}/", "/desa/99.01.01.2002/"):
        answer = client.get(path, headers={"Accept-Encoding": "br"})
        assert len(answer.content) + 1_200 <= 14_000, path


def test_scoring_is_due_at_first_after_a_decision_and_in_a_new_night(tmp_path):
    import os
    import time

    assert not scores.is_due(tmp_path), "nothing was measured"
    for name in ("index.json", "probes.csv"):
        (tmp_path / name).write_text("{}")
    assert scores.is_due(tmp_path)
    about = tmp_path / "scores" / "all" / "about.json"
    about.parent.mkdir(parents=True)
    about.write_text("{}")
    now = time.time()
    os.utime(tmp_path / "index.json", (now - 50, now - 50))
    assert not scores.is_due(tmp_path)
    (tmp_path / "decided.csv").write_text("point\n")
    os.utime(tmp_path / "decided.csv", (now + 5, now + 5))
    assert scores.is_due(tmp_path)
    (tmp_path / "decided.csv").unlink()
    os.utime(about, (now - 3 * 86400, now - 3 * 86400))
    assert scores.is_due(tmp_path), "measurements came, and a night went by"


def test_the_last_month_that_is_over_is_the_one_that_is_shown():
    there = Times(score_factory.AS_OF, score_factory.MONTHS)
    assert there.latest == "2026-02"
    assert Times(score_factory.AS_OF, ["2026-03"]).latest == "2026-03"


def test_a_village_reads_what_was_delivered_and_what_was_promised(client, providers):
    page = text_of(client.get("/desa/99.01.01.2002/"))
    assert "Yang diberikan bulan Februari 2026" in page
    assert (
        "hidup 97,1% (96,0–98,0) dari waktu yang dihitung, unduh pada jam sibuk 8,2 (7,9–8,6) Mbit/s" in page
    )
    assert "Dijanjikan 98,0% dan 20 Mbit/s." in page
    point = ServicePoint.objects.get(code="TL-02")
    card = Scorecard.objects.filter(of="point", name=point.code)
    value = card.first().values
    card.update(values={name: told for name, told in value.items() if not name.startswith("down_mbps")})
    changed()
    assert "laju pada jam sibuk: bukti belum cukup" in text_of(client.get("/desa/99.01.01.2002/"))
    card.update(enough=False)
    changed()
    page = text_of(client.get("/desa/99.01.01.2002/"))
    assert "bukti belum cukup untuk menilai; 99% dari waktunya diketahui" in page
    assert "97,1%" not in page


def test_a_point_shows_months_outages_causes_and_contests_but_no_persons(client, providers, person):
    point = ServicePoint.objects.get(code="TL-02")
    user = person("provider", organisation=point.provider)
    outage = point.outages.get()
    Excuse.objects.create(
        kind="contest", point=point, provider=point.provider, begins=outage.start, ends=outage.end,
        words="kata rahasia", by=user, organisation=point.provider, state="rejected", reason="sebab rahasia",
    )  # fmt: skip
    changed()
    page = text_of(client.get(f"/titik/{point.pk}/"))
    assert "5 Maret 2026 11.20 WITA7,5tautanya Sanggahan: ditolak" in page
    assert "Februari 202697,1% (96,0–98,0)99%tidak ditepati" in page
    assert "31 uji laju pada jam sibuk" in page
    for secret in ("rahasia", user.email):
        assert secret not in page
    rows = csv.DictReader(client.get("/data/gangguan.csv").content.decode().splitlines())
    contests = {row["point"]: row["contest"] for row in rows}
    assert (contests["TL-02"], contests["TL-01"]) == ("rejected", "")


def test_providers_are_set_beside_those_of_the_same_technology(client, providers):
    page = text_of(client.get("/rapor/"))
    assert page.index("satelit LEO") < page.index("PT Dua (contoh)")
    assert client.get("/rapor/2026-01/").status_code == 200
    assert client.get("/rapor/2027-01/").status_code == 404


def test_without_scores_the_pages_say_so(client, published):
    assert "Belum ada pengukuran yang dinilai" in text_of(client.get("/rapor/"))
    assert client.get("/desa/99.01.01.2002/").status_code == 200


@pytest.fixture
def suspected(providers):
    for kind in KINDS:
        of, name = ("provider", "PT Dua (contoh)") if kind == "claims" else ("point", "TL-02")
        Suspicion.objects.create(kind=kind, of=of, name=name, seen=0.7, expected=0.2, cases=31, sure="strong")


def test_suspicions_are_said_in_both_languages_to_offices_only(client, suspected, person):
    page = text_of(logged_in(person("regency")).get("/staf/program/rapor/dugaan/"))
    for kind in KINDS:
        assert tongue("id").word("suspicion", kind) in page
    assert "Pengakuannya lebih tinggi daripada ujung rentang yang diukur pada 70% dari 31 bulan titik" in page
    assert "Claims more than" in text_of(logged_in(person("regency")).get("/en/staf/program/rapor/dugaan/"))
    for role in ("provider", "reader", "village"):
        assert logged_in(person(role)).get("/staf/program/rapor/dugaan/").status_code == 403
    for path in ("/rapor/", f"/titik/{ServicePoint.objects.get(code='TL-02').pk}/", "/data/rapor.csv"):
        assert "Pengakuan" not in client.get(path).content.decode()


def test_each_sees_the_scores_within_reach(providers, person):
    own = logged_in(person("provider", organisation=providers["PT Dua (contoh)"])).get("/staf/program/rapor/")
    assert "TL-12" in text_of(own)
    assert "TL-02" not in text_of(own)
    office = logged_in(person("regency"))
    assert {"TL-02", "TL-12"} <= set(re.findall(r"TL-\d\d", text_of(office.get("/staf/program/rapor/"))))
    assert "TL-12" not in text_of(
        office.get(f"/staf/program/rapor/?penyedia={providers['PT Satu (contoh)'].pk}")
    )
    assert "TL-02" not in text_of(office.get("/staf/program/rapor/?putusan=kept"))
    assert "TL-02" in text_of(office.get("/staf/program/rapor/?putusan=missed&bulan=2026-01"))


def test_what_others_and_the_centres_checks_say_stands_on_the_points_page_marked_as_theirs(
    points, client, tmp_path, settings
):
    settings.REGION = tmp_path
    place = tmp_path / "measurements" / "scores" / "all"
    place.mkdir(parents=True)
    (place / "others.csv").write_text(
        "point,month,source,kind,availability,known_share,latency_ms,loss,down_mbps,up_mbps,measured\n"
        "TL-002,2026-01,PT 2 (contoh),provider,0.999,0.9,,,,,\n"
    )
    (place / "checked.csv").write_text(
        "point,month,checks,availability,availability_low,availability_high,known_share,enough,outages,latency_ms,"
        "promised,verdict\nTL-002,2026-01,8000,0.92,0.915,0.925,0.95,true,7,40,0.9,kept\n"
    )
    point = ServicePoint.objects.get(code="TL-002")
    Scorecard.objects.create(
        of="point", name="TL-002", period="2026-01", point=point, points=1, enough=True, availability=0.88,
        values={"availability": 0.88}, mark="x",
    )  # fmt: skip
    changed()
    page = text_of(client.get(f"/en{point_page(point)}"))
    assert "PT 2 (contoh) (the provider: its own claim)99.90%90%88.00%–" in page
    assert "The centre's checks92.00% 91.50% – 92.50%95%88.00%promise kept" in page
    other = ServicePoint.objects.get(code="TL-003")
    assert "its own claim" not in text_of(client.get(f"/en{point_page(other)}"))


def point_page(point):
    return f"/titik/{point.pk}/"


def test_a_region_without_probes_is_scored_when_there_are_checks_or_others_rows(tmp_path):
    (tmp_path / "probes.csv").write_text("probe,point\n")
    assert not scores.is_due(tmp_path)
    told = tmp_path / "others" / "month=2026-01"
    told.mkdir(parents=True)
    (told / "others.parquet").write_bytes(b"")
    assert scores.is_due(tmp_path)
