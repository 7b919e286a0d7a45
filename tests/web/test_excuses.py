"""Contests, force majeure and planned work: two persons, no backdating, and scores that are reckoned anew by them."""

import csv
import datetime as dt

import pytest
import score_factory
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from programme_factory import logged_in, picture

from merata.assure import score as scoring
from merata.example import messages
from merata.example.year import year
from merata.web import measured, scores
from merata.web.models import Change, Excuse, Outage, PlannedWork, Probe, Scorecard, ServicePoint
from merata.web.programme.excuses import contest, decide, may_decide, propose
from merata.web.programme.said import RefusedError
from merata.web.programme.works import enter, withdraw

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def one(providers):
    return ServicePoint.objects.select_related("provider").get(code="TL-02")


@pytest.fixture
def theirs(one, person):
    """An account of the provider whose point it is."""
    return person("provider", organisation=one.provider)


@pytest.fixture
def contested(one, theirs):
    return contest(one.outages.get(), theirs, "Kabel diputus alat berat.", None)


def rows_of(place, name):
    with (place / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refused(key, call, *args):
    with pytest.raises(RefusedError) as found:
        call(*args)
    assert key in [problem.key for problem in found.value.problems]


# contests


def test_only_the_points_own_provider_contests_an_outage_once(one, theirs, person, providers):
    outage = one.outages.get()
    for other in (
        person("provider", organisation=providers["PT Dua (contoh)"]),
        person("regency"),
        person("reader"),
    ):
        refused("contest_not_yours", contest, outage, other, "kata", None)
    refused("contest_needs_words", contest, outage, theirs, "  ", None)
    contest(outage, theirs, "Kabel diputus.", None)
    refused("contest_twice", contest, outage, theirs, "lagi", None)
    excused = score_factory.outage(one, day=9, counts="excused", excused_by="majeure")
    refused("contest_counts_not", contest, excused, theirs, "kata", None)
    assert [row.words for row in Excuse.objects.all()] == ["Kabel diputus."]


def test_nobody_decides_the_own_contest_nor_anybody_of_a_provider(contested, theirs, person):
    for role in ("reader", "village", "district", "partner"):
        assert not may_decide(person(role), contested)
    refused("excuse_not_yours", decide, contested, theirs, "upheld", "sebab")
    colleague = person("provider", organisation=theirs.organisation)
    refused("excuse_not_yours", decide, contested, colleague, "upheld", "sebab")
    # Who contested and came to an office since is still who contested; whoever belongs to a provider is a provider.
    theirs.role = "regency"
    theirs.save()
    refused("excuse_not_yours", decide, contested, theirs, "upheld", "sebab")
    colleague.role = "regency"
    colleague.save()
    refused("excuse_not_yours", decide, contested, colleague, "upheld", "sebab")
    assert Excuse.objects.get().state == "open"


def test_a_decision_has_a_reason_is_made_once_and_is_on_record(contested, person):
    office = person("regency")
    refused("excuse_needs_reason", decide, contested, office, "upheld", " ")
    refused("excuse_needs_reason", decide, contested, office, "deleted", "sebab")
    decide(contested, office, "rejected", "Bukti tentang titik lain.")
    refused("excuse_decided", decide, contested, office, "upheld", "sebab")
    told = list(Change.objects.filter(model="excuse").order_by("pk").values_list("by", "after__state", "why"))
    assert told == [
        (contested.by_id, "open", "Kabel diputus alat berat."), (office.pk, "rejected", "Bukti tentang titik lain."),
    ]  # fmt: skip
    assert (
        logged_in(office).post(f"/staf/program/perubahan/{Change.objects.latest('pk').pk}/batal/").status_code
        == 404
    )


def test_who_decides_hears_of_a_contest_and_the_provider_of_the_decision(one, theirs, person, providers):
    office, reader = person("regency", language="en"), person("reader")
    other = person("provider", organisation=providers["PT Dua (contoh)"])
    row = contest(one.outages.get(), theirs, "Kabel diputus alat berat.", None)
    [letter] = mail.outbox
    assert letter.to == [office.email]
    assert "TL-02" in letter.subject
    assert f"/en/staf/program/sanggahan/{row.pk}/" in letter.body
    assert "alat berat" not in letter.body, "what somebody wrote stays on the site"
    mail.outbox.clear()
    colleague = person("provider", organisation=theirs.organisation)
    decide(row, office, "rejected", "Bukti tentang titik lain.")
    assert {one.to[0] for one in mail.outbox} == {theirs.email, colleague.email}
    assert all("ditolak" in one.subject and "titik lain" in one.body for one in mail.outbox)
    assert not {reader.email, other.email} & {one.to[0] for one in mail.outbox}


def test_contesting_and_deciding_on_the_pages(one, theirs, person):
    own, office = logged_in(theirs), logged_in(person("regency"))
    list_ = f"/staf/program/titik/{one.pk}/gangguan/"
    way = f"{list_}{int(one.outages.get().start.timestamp())}/sanggah/"
    assert way in own.get(list_).content.decode()
    assert way not in office.get(list_).content.decode()
    assert office.get(way).status_code == 403
    answer = own.post(way, {"words": "Kabel diputus.", "file": SimpleUploadedFile("foto.jpg", picture())})
    row = Excuse.objects.get()
    assert answer["Location"] == f"/staf/program/sanggahan/{row.pk}/"
    assert "1 belum diputus" in office.get("/staf/program/rapor/").content.decode()
    page = own.get(answer["Location"]).content.decode()
    assert "Menunggu putusan orang lain" in page
    assert own.post(f"{answer['Location']}putus/", {"state": "upheld", "reason": "x"}).status_code == 403
    assert "Kabulkan" in office.get(answer["Location"]).content.decode()
    office.post(f"{answer['Location']}putus/", {"state": "upheld", "reason": "Ada suratnya."})
    assert (
        "dihitung ulang dengan putusan ini dalam beberapa menit"
        in own.get(answer["Location"]).content.decode()
    )
    file = own.get(f"{answer['Location']}berkas/")
    assert file["Content-Disposition"] == f'attachment; filename="{row.pk}.jpg"'
    assert b"JFIF" in file.getvalue()[:20]


def test_others_providers_see_nothing_of_it(contested, person, providers):
    other = logged_in(person("provider", organisation=providers["PT Dua (contoh)"]))
    for path in (
        f"sanggahan/{contested.pk}/",
        f"sanggahan/{contested.pk}/berkas/",
        f"titik/{contested.point_id}/gangguan/",
    ):
        assert other.get(f"/staf/program/{path}").status_code == 404
    assert "Kabel" not in other.get("/staf/program/sanggahan/").content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ" + bytes(200)),
        ("a.jpg", b"%PDF-1.7 x"),
        ("a.csv", b"<script>alert(1)</script>"),
        ("a.zip", b""),
    ],
)
def test_evidence_is_a_picture_or_a_table_by_its_content(one, theirs, name, content):
    with pytest.raises(RefusedError):
        contest(one.outages.get(), theirs, "kata", SimpleUploadedFile(name, content))
    assert not Excuse.objects.exists()


def test_a_table_is_evidence_too(one, theirs):
    row = contest(one.outages.get(), theirs, "kata", SimpleUploadedFile("../../x.csv", b"waktu,ms\n1,2\n"))
    assert row.file.name.startswith("excuses/")
    assert row.file.name.endswith(".csv")
    assert ".." not in row.file.name


# what becomes of the scores


@pytest.mark.slow
@pytest.mark.engine
def test_scores_are_reckoned_anew_by_what_was_upheld(published, person, tmp_path):
    made = year(4, 1, 3, first="2026-01")
    place = tmp_path / "measurements"
    provider = person("provider")
    for one in made.points:
        row = ServicePoint.objects.create(
            code=one.point, village_code="99.01.01.2001", place="Kantor Desa", option="leo",
            provider=provider.organisation, state="in service", since="2026-01-01",
        )  # fmt: skip
        since = dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC)
        Probe.objects.create(
            pk=one.probe, point=row, code_hash=one.point, code_ends_at=since, enrolled_at=since
        )
    messages.write_tables(place, made)

    def scored():
        measured.write(place)
        scoring.write(place, scoring.score(place))
        scores.take(place)

    scored()
    outage = max(Outage.objects.filter(counts="down", cause="link"), key=lambda row: row.end - row.start)
    point, lasted = outage.point, (outage.end - outage.start).total_seconds()
    before = Scorecard.objects.get(of="point", name=point.code).values
    row = contest(outage, provider, "Kabel diputus.", None)
    scored()
    assert Scorecard.objects.get(of="point", name=point.code).values["down_s"] == before["down_s"], (
        "not decided yet"
    )
    decide(row, person("regency"), "upheld", "Ada suratnya.")
    scored()
    after = Scorecard.objects.get(of="point", name=point.code).values
    assert before["down_s"] - after["down_s"] == pytest.approx(lasted, rel=0.2)
    assert after["availability"] > before["availability"]
    assert Outage.objects.filter(
        point=point, excused_by="contest", start__lt=outage.end, end__gt=outage.start
    ).exists()
    page = logged_in(provider).get(f"/staf/program/sanggahan/{row.pk}/").content.decode()
    assert "Rapor sudah dihitung ulang dengan putusan ini." in page


# force majeure and planned work


def test_force_majeure_is_put_forward_by_one_and_agreed_by_another(one, person, tmp_path):
    office, second = person("regency"), person("province")
    now = timezone.now().replace(microsecond=0)
    told = {"provider": one.provider, "begins": now - 30 * HOUR, "ends": now - 10 * HOUR}
    refused("majeure_names_nothing", propose, Excuse(**{**told, "provider": None}), office, "Banjir", None)
    refused(
        "majeure_ahead",
        propose,
        Excuse(**{**told, "begins": now + HOUR, "ends": now + 2 * HOUR}),
        office,
        "B",
        None,
    )
    refused(
        "contest_not_yours",
        propose,
        Excuse(**{**told, "provider": None, "district": "X"}),
        person("provider"),
        "B",
        None,
    )
    row = propose(Excuse(**told, district="Muara Contoh"), office, "Banjir besar", None)
    refused("excuse_not_yours", decide, row, office, "upheld", "sebab")
    measured.write(tmp_path)
    assert not (tmp_path / "majeure.csv").exists(), "nobody agreed yet"
    decide(row, second, "upheld", "Dinyatakan bupati.")
    measured.write(tmp_path)
    [found] = rows_of(tmp_path, "majeure")
    assert (found["provider"], found["district"], found["why"]) == (
        "PT Satu (contoh)",
        "Muara Contoh",
        "Banjir besar",
    )


def test_planned_work_is_noticed_when_it_is_entered_and_lies_ahead(one, theirs, person, tmp_path):
    now = timezone.now().replace(microsecond=0)
    ahead = {
        "provider": one.provider,
        "begins": now + 80 * HOUR,
        "ends": now + 84 * HOUR,
        "what": "Ganti kabel",
    }
    refused("work_has_begun", enter, PlannedWork(**{**ahead, "begins": now - HOUR}), theirs)
    refused("work_too_long", enter, PlannedWork(**{**ahead, "ends": now + 900 * HOUR}), theirs)
    refused("work_not_yours", enter, PlannedWork(**ahead), person("provider"))
    refused("work_not_yours", enter, PlannedWork(**ahead), person("reader"))
    row = enter(PlannedWork(**ahead, noticed_at=now - 900 * HOUR), theirs)
    row.refresh_from_db()
    assert abs(row.noticed_at - timezone.now()) < dt.timedelta(minutes=1)
    measured.write(tmp_path)
    [found] = rows_of(tmp_path, "maintenance")
    assert found["noticed"] == row.noticed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    withdraw(row, theirs)
    measured.write(tmp_path)
    assert rows_of(tmp_path, "maintenance") == []


def test_everybody_reads_of_planned_work(client, one, theirs):
    now = timezone.now()
    enter(
        PlannedWork(provider=one.provider, begins=now + 80 * HOUR, ends=now + 84 * HOUR, what="Ganti kabel."),
        theirs,
    )
    assert "Ganti kabel." in client.get(f"/desa/{one.village_code}/").content.decode()
    assert "Ganti kabel." not in client.get("/desa/99.01.02.2002/").content.decode()


def test_rows_written_by_hand_stay(one, theirs, tmp_path):
    head = "point,provider,from,until,why\n"
    (tmp_path / "majeure.csv").write_text(
        f"{head},PT Satu (contoh),2026-01-01T00:00Z,2026-01-02T00:00Z,banjir\n"
    )
    for _ in range(2):
        measured.write(tmp_path)
        assert [row["why"] for row in rows_of(tmp_path, "majeure")] == ["banjir"]


def test_the_forms_keep_what_was_typed(theirs, one, person):
    begins = timezone.localtime() + 80 * HOUR
    given = {
        "begins": f"{begins:%Y-%m-%dT%H:%M}",
        "ends": f"{begins + HOUR:%Y-%m-%dT%H:%M}",
        "what": "Ganti kabel",
    }
    own = logged_in(theirs)
    assert own.post("/staf/program/pekerjaan/baru/", given).status_code == 302
    assert PlannedWork.objects.get().provider == one.provider
    wrong = logged_in(person("regency")).post(
        "/staf/program/pekerjaan/baru/", {**given, "begins": "2020-01-01T00:00"}
    )
    assert "Ganti kabel" in wrong.content.decode()
    past = timezone.localtime() - 80 * HOUR
    flood = {"begins": f"{past:%Y-%m-%dT%H:%M}", "ends": f"{past + HOUR:%Y-%m-%dT%H:%M}", "words": "Banjir"}
    assert own.post("/staf/program/sanggahan/kahar/", flood).status_code == 302
    assert Excuse.objects.get().kind == "majeure"
