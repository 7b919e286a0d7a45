"""The page of data: what is sent is looked at by its content, kept harmless, refused with a reason; questions."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from office import FINDINGS_HEAD, QUESTION, logged_in, region_at

from merata.errors import FileError
from merata.example.make import make
from merata.web.models import Job
from merata.web.staff import uploads
from merata.web.staff.uploads import Waiting, endings_of, rightly_named

CSV = b"Desa,Kecamatan,Penduduk\nSungai Contoh,Muara,1200\n"


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")
    return settings.REGION


@pytest.fixture
def office(person):
    return logged_in(person("regency"))


def sent(client, *files, **fields):
    values = {"given_by": "Dinas Contoh", "date": "2025-06-01", "kind": "", "files": list(files)}
    return client.post("/staf/data/kirim/", values | fields)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def uploads_of(region):
    folder = region / ".merata" / "web" / "uploads"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_files_that_can_be_read_wait_for_a_preview(region, office):
    answer = sent(office, SimpleUploadedFile("Statistik Desa.csv", CSV))
    job = Job.objects.get(kind="preview")
    assert answer.url == f"/staf/kerja/{job.pk}/"
    assert [path.name for path in uploads_of(region)] == ["Statistik Desa.csv"]
    assert job.asked["given_by"] == "Dinas Contoh"
    assert uploads_of(region)[0].parent.stat().st_mode & 0o077 == 0, "only the site itself reads it"
    assert "menunggu" in office.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("kosong.csv", b"", "empty"),
        ("program.xlsx", b"MZ\x90\x00\x03\x00\x00\x00", "none of the kinds"),
        ("surat.xlsx", b"%PDF-1.7 \n", "none of the kinds"),
        ("halaman.csv", b"<!doctype html><script>alert(1)</script>", "none of the kinds"),
        ("rusak.xlsx", b"PK\x03\x04 cut off", "ZIP"),
        ("bom.xlsx", zipped({"xl/a": b"\0" * 80_000_000}), "expand"),
        ("panjat.zip", zipped({"../../etc/passwd": b"x"}), "outside"),
    ],
)
def test_bad_files_are_refused_with_a_reason_and_change_nothing(region, office, name, content, why):
    answer = sent(office, SimpleUploadedFile(name, content))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert name in page
    assert why in page or "kosong" in page
    assert not Job.objects.exists()
    assert not uploads_of(region)


def test_a_file_that_is_too_large_is_left_out_and_said_so(region, office, monkeypatch):
    monkeypatch.setattr(uploads, "LARGE", 100_000)
    answer = sent(office, SimpleUploadedFile("besar.csv", b"a,b\n" * 100_000))
    assert answer.status_code == 400
    assert "besar.csv" in answer.content.decode()
    assert "Terlalu besar" in answer.content.decode()
    assert not uploads_of(region)


def test_a_good_file_beside_a_bad_one_is_looked_at_and_the_bad_one_named(region, office):
    answer = sent(office, SimpleUploadedFile("a.csv", CSV), SimpleUploadedFile("b.xlsx", b"%PDF-"))
    assert [path.name for path in uploads_of(region)] == ["a.csv"]
    assert "b.xlsx" in office.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cron.d/x.csv", "x.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        (".htaccess", "htaccess.csv"),
        ("a\x00b;rm -rf $(x).csv", "a_b_rm -rf _(x).csv"),
        ("desa" * 60 + ".csv", ("desa" * 60)[-96:] + ".csv"),
        ("data.exe", "data.csv"),
    ],
)
def test_a_name_is_never_more_than_a_name(region, name, kept):
    file = SimpleUploadedFile("x", CSV)
    file._name = name
    waiting, refused = Waiting.keep([file])
    assert not refused
    assert [path.name for path in waiting.files()] == [kept]
    assert waiting.files()[0].parent == waiting.folder


def test_two_files_of_one_name_are_both_kept(region):
    waiting, _ = Waiting.keep([SimpleUploadedFile("a.csv", CSV), SimpleUploadedFile("a.csv", CSV + b"x")])
    assert [path.name for path in waiting.files()] == ["a (2).csv", "a.csv"]


@pytest.mark.parametrize("token", ["", "..", "../../x", "a" * 31, "A" * 32, "0" * 33])
def test_what_is_no_name_of_ours_is_no_folder(region, token):
    with pytest.raises(FileError):
        Waiting(token)


@pytest.mark.parametrize(
    ("name", "content", "right"),
    [
        ("a.csv", zipped({"xl/workbook.xml": b"x"}), "a.xlsx"),
        ("a.xlsx", zipped({"xl/workbook.xml": b"x"}), "a.xlsx"),
        ("peta.dat", b"SQLite format 3\0" + b"\0" * 100, "peta.gpkg"),
        ("peta", b'{"type": "FeatureCollection"}', "peta.geojson"),
        ("N00E117.hgt", b"\0\1" * (1201 * 1201), "N00E117.hgt"),
        ("tanah.tiff", b"II*\0....", "tanah.tiff"),
        ("utf16.csv", "Desa,Kecamatan\n".encode("utf-16"), "utf16.csv"),
    ],
    # Else the names of these tests are megabytes, which every process sends to the first at each of their steps.
    ids=[
        "a workbook",
        "a workbook by its name too",
        "a geopackage",
        "a geojson",
        "a terrain",
        "a tiff",
        "a table",
    ],
)
def test_the_content_decides_what_a_file_is(tmp_path, name, content, right):
    path = tmp_path / "x"
    path.write_bytes(content)
    assert rightly_named(path, name) == right


def test_every_file_of_the_worked_example_keeps_its_name(shared_example):
    for path in shared_example:
        assert path.name.lower().endswith(endings_of(path, path.name)), path.name


@pytest.fixture(scope="module")
def shared_example(tmp_path_factory):
    return make(tmp_path_factory.mktemp("example") / "files", villages=20, seed=1).files


def test_who_only_reads_sees_the_page_and_changes_nothing(region, person):
    reader = logged_in(person("reader"))
    page = reader.get("/staf/data/").content.decode()
    assert "Kirim berkas" not in page
    assert reader.post("/staf/data/kirim/").status_code == 403
    assert reader.post("/staf/data/periksa/").status_code == 403
    assert logged_in(person("provider")).get("/staf/data/").status_code == 403
    assert not Job.objects.exists()


def test_an_upload_without_an_office_or_date_says_what_is_wanting(region, office):
    page = sent(office, SimpleUploadedFile("a.csv", CSV), given_by=" ", date="kemarin").content.decode()
    assert 'id="e-given_by"' in page
    assert 'id="e-date"' in page
    assert not uploads_of(region)


def test_a_question_is_settled_with_a_click_once(region, office):
    (region / "findings.csv").write_text(FINDINGS_HEAD + QUESTION, encoding="utf-8")
    from merata.web.staff.data import findings

    number = findings()[0].id
    page = office.get("/staf/data/temuan/?tingkat=question").content.decode()
    assert 'value="99.01.01.2002"' in page
    assert 'value="none"' in page
    for _ in range(2):
        office.post("/staf/data/jawab/", {"finding": number, "answer": "99.01.01.2002"})
    job = Job.objects.get(kind="settle")
    assert (job.asked["finding"], job.asked["answer"]) == (number, "99.01.01.2002")
    assert "sedang diterapkan" in office.get("/staf/data/temuan/?tingkat=question").content.decode()
    office.post("/staf/data/jawab/", {"finding": "zzzzzz", "answer": "none"})
    assert Job.objects.count() == 1


def test_findings_are_filtered_and_paged(region, office):
    rows = [f"x,note,b.csv,What {n}.,Done.,,,{n},kolom,,\n" for n in range(1, 121)]
    rows.append("x,error,a.csv,Wrong.,Left out.,,,7,kolom,,\n")
    (region / "findings.csv").write_text(FINDINGS_HEAD + "".join(rows), encoding="utf-8")
    page = office.get("/en/staf/data/temuan/?tingkat=note&hal=3").content.decode()
    assert "What 120." in page
    assert "What 100." not in page
    assert "Page 3 of 3" in page
    errors = office.get("/en/staf/data/temuan/?tingkat=error").content.decode()
    assert "Wrong." in errors
    assert "What 1" not in errors
    assert office.get("/staf/data/temuan/?hal=-4").status_code == 200
    assert office.get("/staf/data/temuan/?hal=99&berkas=a.csv").status_code == 200


def test_a_preview_is_taken_in_once_and_not_after_it_was_thrown_away(region, office, person):
    sent(office, SimpleUploadedFile("a.csv", CSV))
    seen = Job.objects.get(kind="preview")
    first, second = (office.post(f"/staf/data/{seen.pk}/ambil/") for _ in range(2))
    assert first.url == second.url
    assert Job.objects.filter(kind="add").count() == 1
    Job.objects.filter(kind="add").delete()
    office.post(f"/staf/data/{seen.pk}/buang/")
    assert not uploads_of(region)
    assert office.post(f"/staf/data/{seen.pk}/ambil/").url == "/staf/data/"
    assert not Job.objects.filter(kind="add").exists()


def test_the_pages_ask_the_database_as_often_however_much_there_is(
    region, office, django_assert_max_num_queries, person
):
    by = person("regency")
    for n in range(30):
        Job.objects.create(kind="add", by=by, state="done", asked={"n": n}, outcome={})
    for path in ("/staf/data/", "/staf/data/temuan/", "/staf/kerja/", "/staf/rencana/"):
        with django_assert_max_num_queries(12):
            assert office.get(path).status_code == 200
