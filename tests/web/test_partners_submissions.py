"""Operators' submissions: compared on a copy, seen by the office row by row, taken in only by its decision."""

import datetime as dt

import geopandas as gpd
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from office import TOML, logged_in

from merata.region.folder import Region
from merata.web.models import Change, Job, Organisation, Submission
from merata.web.partners import submission_work, submissions
from merata.web.partners.submission_rows import rows_of
from merata.web.programme.said import RefusedError
from merata.web.staff import data_work

HEAD = "nama site,operator,latitude,longitude,tinggi (m),teknologi\n"
KNOWN = HEAD + "LAMA-1,Operator B,-0.46,117.02,40,4G\n"
THEIRS = HEAD + "RAHASIA-7,Operator A,-0.4601,117.0201,55,4G\nRAHASIA-8,Operator A,-0.45,117.03,30,4G\n"


@pytest.fixture
def region(tmp_path, settings):
    """A region of one village with a tower that another operator gave in confidence."""
    made = Region.start(tmp_path / "r", TOML)
    village = {"kode": ["99.01.01.2001"], "desa": ["Sungai Contoh"], "kecamatan": ["Muara Contoh"]}
    gpd.GeoDataFrame(village, geometry=[shapely.box(117, -0.5, 117.1, -0.4)], crs=4326).to_file(
        tmp_path / "d.gpkg"
    )
    (tmp_path / "b.csv").write_text(KNOWN)
    made.add([tmp_path / "d.gpkg"], date="2025-01-01", given_by="Dinas")
    made.add([tmp_path / "b.csv"], date="2025-01-01", given_by="Operator B", confidential=True)
    settings.REGION = made.path
    return made


@pytest.fixture
def operator(person):
    return person("provider", organisation=Organisation.objects.create(name="Operator A", kind="provider"))


def send(client, text=THEIRS, **more):
    given = {
        "kind": "sites",
        "date": "2025-06-01",
        "confidential": "held",
        "files": [SimpleUploadedFile("a.csv", text.encode())],
    }
    return client.post("/staf/data/kiriman/", given | more)


def worked(kind):
    """What the worker does with the newest job of a kind."""
    job = Job.objects.filter(kind=kind).first()
    doer = {"compare": submission_work.compare, "add": data_work.add}[kind]
    job.outcome = doer(job, lambda *_: None)
    job.state, job.ended_at = "done", job.asked_at
    job.save()
    return job


def test_from_sending_to_use_with_nothing_of_others_told_to_the_sender(region, operator, person, client):
    theirs, ours, reader = logged_in(operator), logged_in(person("regency")), logged_in(person("reader"))
    page = send(theirs).url
    before = region.sources()
    worked("compare")
    assert region.sources() == before, "comparing takes nothing in"
    row = Submission.objects.get()
    assert (row.state, row.confidential, row.organisation.name) == ("waiting", True, "Operator A")
    seen, known = theirs.get(page).content.decode(), ours.get(page).content.decode()
    assert "menunggu keputusan" in seen
    assert not [word for word in ("Operator B", "LAMA-1", "b.csv") if word in seen]
    assert all(
        word in known for word in ("Operator B", "RAHASIA-7", "menara operator lain", "menara baru", "b.csv")
    )
    assert "1" in ours.get("/staf/").content.decode()
    theirs.post(f"{page}putuskan/", {"decision": "accept", "reason": "saya sendiri"})
    assert Submission.objects.get().state == "waiting", "nobody decides on their own"
    ours.post(f"{page}putuskan/", {"decision": "accept", "reason": ""})
    assert Submission.objects.get().state == "waiting", "not without a reason"
    ours.post(f"{page}putuskan/", {"decision": "accept", "reason": "sudah ditanyakan"})
    ours.post(f"{page}putuskan/", {"decision": "accept", "reason": "dua kali"})
    assert Job.objects.filter(kind="add").count() == 1
    worked("add")
    [new] = [one for one in region.sources() if one.file == "a.csv"]
    assert (new.confidential, new.given_by) == (True, "Operator A")
    assert len(Region(region.path).tables()["sites"]) == 3
    number = Job.objects.get(kind="add").pk
    assert ours.get(f"/staf/kerja/{number}/").status_code == 200
    assert reader.get(f"/staf/kerja/{number}/").status_code == 403
    for page_of_data in ("/staf/data/", "/staf/data/temuan/", "/staf/kerja/"):
        assert "a.csv" not in reader.get(page_of_data).content.decode()
    assert "a.csv" in ours.get("/staf/data/").content.decode()
    assert "Sudah dipakai" in theirs.get(page).content.decode()
    [told] = Change.objects.filter(model="data")
    assert told.why == "sudah ditanyakan"


def test_rows_are_taken_and_left_one_by_one_and_the_sender_hears_which(region, operator, person, mailoutbox):
    listed = region.path.parent / "ours.csv"
    listed.write_text(HEAD + "KITA-1,Operator A,-0.44,117.04,30,4G\nKITA-2,Operator A,-0.43,117.06,30,4G\n")
    region.add([listed], date="2025-01-01", given_by="Dinas")
    text = THEIRS + "TUKAR-9,Operator A,-0.4401,117.0401,72,4G\n"
    theirs, ours = logged_in(operator), logged_in(person("regency"))
    page = send(theirs, text, confidential="open").url
    worked("compare")
    names = {one.first["name"]: one.number for one in rows_of(Submission.objects.get())}
    seen = ours.get(page).content.decode()
    assert all(f"does-{number}" in seen for number in names.values())
    chosen = {
        f"does-{names['RAHASIA-8']}": "leave", f"why-{names['RAHASIA-8']}": "letaknya di sungai",
        f"does-{names['KITA-2']}": "take",
    }  # fmt: skip
    decision = {"decision": "chosen", "reason": "sudah ditanyakan"}
    ours.post(f"{page}putuskan/", {**decision, **chosen, f"why-{names['RAHASIA-7']}": "telepon 081234567890"})
    assert Submission.objects.get().state == "waiting", "everybody's numbers stay out"
    ours.post(f"{page}putuskan/", decision | chosen)
    worked("add")
    assert Submission.objects.get().state == "partly"
    made = Region(region.path)
    assert set(made.tables()["sites"]["name"]) == {"LAMA-1", "RAHASIA-7", "TUKAR-9"}
    assert len([one for one in made.findings() if "Decided not to use" in one.what]) == 3
    assert (made.path / "sources" / "a.csv").read_text() == text, "the file stays as it came"
    made.rebuild()
    assert len(made.tables()["sites"]) == 3, "ever after"
    told = theirs.get(page).content.decode()
    for words in (told, mailoutbox[-1].body):
        assert "letaknya di sungai" in words
        assert "RAHASIA-8" in words
        assert not [word for word in ("KITA", "LAMA-1", "ours.csv", "b.csv") if word in words]


def test_what_is_taken_in_confidence_takes_no_open_record_away(region, operator, person):
    listed = region.path.parent / "ours.csv"
    listed.write_text(HEAD + "KITA-1,Operator A,-0.45,117.03,60,4G\n")
    region.add([listed], date="2025-01-01", given_by="Dinas")
    page = send(logged_in(operator)).url
    worked("compare")
    ours = logged_in(person("regency"))
    every = {f"does-{one.number}": "take" for one in rows_of(Submission.objects.get())}
    ours.post(f"{page}putuskan/", {"decision": "chosen", "reason": "cocok", **every})
    worked("add")
    assert Submission.objects.get().state == "accepted"
    assert {"KITA-1", "RAHASIA-8"} <= set(Region(region.path).tables()["sites"]["name"])


def test_who_may_see_and_do_what(region, operator, person, client):
    page = send(logged_in(operator)).url
    other = person("provider", organisation=Organisation.objects.create(name="Operator C", kind="provider"))
    for stranger in (other, person("partner")):
        assert logged_in(stranger).get(page).status_code == 404
        assert "a.csv" not in logged_in(stranger).get("/staf/mitra/data/").content.decode()
    for role in ("reader", "village", "district"):
        assert logged_in(person(role)).get(page).status_code == 403
        assert send(logged_in(person(role))).status_code == 403
    assert client.get(page).status_code == 302
    assert logged_in(other).post(f"{page}tarik/").status_code == 404
    assert logged_in(person("provider", organisation=None)).get(page).status_code == 404


def test_what_is_of_no_use_is_refused_and_what_is_taken_back_is_gone(region, operator):
    theirs = logged_in(operator)
    later = (dt.date.today() + dt.timedelta(days=3)).isoformat()
    for wrong in ({"date": later}, {"kind": "villages"}, {"files": []}):
        assert send(theirs, **wrong).status_code == 400
    assert send(theirs, "<!doctype html>").status_code == 400
    page = send(theirs).url
    folder = region.path / ".merata" / "web" / "uploads"
    assert list(folder.rglob("a.csv"))
    row = Submission.objects.get()
    submissions.withdraw(row.pk, operator)
    with pytest.raises(RefusedError):
        submissions.withdraw(row.pk, operator)
    assert "ditarik" in theirs.get(page).content.decode()


def test_a_file_that_every_page_shows_is_refused_with_the_reason(region, operator):
    from merata.errors import FileError

    send(
        logged_in(operator),
        "kode desa,desa,kecamatan,penduduk\n99.01.01.2001,Sungai Contoh,Muara Contoh,900\n",
        kind="",
    )
    with pytest.raises(FileError):
        worked("compare")
    row = Submission.objects.get()
    assert row.state == "refused"
    assert "people" in row.reason
