"""Spreadsheets and many points at once: looked at before, applied in one go, undone with one click."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from programme_factory import DAY, Programme, logged_in

from merata.errors import InputError
from merata.web.changes import undo_many
from merata.web.models import Change, Contract, Payment, ServicePoint
from merata.web.programme import columns
from merata.web.programme.columns import PAYMENTS, POINTS, column_of, read
from merata.web.programme.history import undo_batch
from merata.web.programme.proposals import apply, of_points, of_rows
from merata.web.programme.said import RefusedError
from merata.web.programme.sheet import workbook
from merata.web.programme.steps import Wanted, change_many, record
from merata.web.words import tongue

MESSY = """LAPORAN MINGGUAN;;;;;;
;;;;;;
No;KECAMATAN;Nama Desa;Lokasi;Progres;Tgl Pasang;Keterangan
1;Muara Contoh;Tanjung Contoh 1;kantor desa;Sudah terpasang;20 Maret 2026;lancar
2;Hulu Rekaan;Tanjung Rekaan 3;Kantor Desa;TERPASANG;21/03/2026;
3;Muara Contoh;Tanjung Contoh 3;Kantor Desa;aktif;22/03/2026;
4;Muara Contoh;Sungai Contoh 2;;terpasang;besok;
"""


@pytest.fixture
def programme(published, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = Programme()
    made.point("TL-1")
    made.point("TL-2", village="99.01.02.2003", contract=1)
    made.point("TL-3", village="99.01.01.2003")
    made.point("TL-4", village="99.01.01.2002")
    made.point("TL-5", village="99.01.01.2002", place="SDN 001")
    return made


@pytest.fixture
def provider(programme, person):
    return person("provider", organisation=programme.own)


def upload(text, name="laporan.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def send(client, file):
    answer = client.post(reverse("id:programme_sheet"), {"file": file})
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def test_a_messy_sheet_is_understood_row_by_row(programme, provider):
    rows = read(upload(MESSY), POINTS).rows
    first, foreign, jump, unread = of_rows(rows, provider)
    assert (first.point.code, first.to, first.on, first.outcome) == (
        "TL-1",
        "installed",
        dt.date(2026, 3, 20),
        "changes",
    )
    assert foreign.outcome == "wrong", "the point of another provider is as if there were none"
    assert [problem.key for problem in foreign.problems] == ["row_point_unknown"]
    assert [problem.key for problem in jump.problems] == ["step_not_after"]
    assert [problem.key for problem in unread.problems] == ["cell_not_read"]
    assert [point.code for point in unread.points] == ["TL-4", "TL-5"], (
        "which of the village's points is asked"
    )


@pytest.mark.slow
def test_a_sheet_is_applied_in_one_go_and_undone_with_one_click(programme, provider):
    client = logged_in(provider)
    page = send(client, upload(MESSY))
    assert page.status_code == 200
    mark = page.content.decode().split('name="mark" value="')[1].split('"')[0]
    done = client.post(reverse("id:programme_sheet_apply"), {"mark": mark})
    point = ServicePoint.objects.get(code="TL-1")
    assert (point.state, point.note) == ("installed", "lancar")
    changes = Change.objects.exclude(batch="")
    assert {change.way for change in changes} == {"file"}
    assert {change.organisation for change in changes} == {programme.own}
    assert "TL-1" in client.get(done["Location"]).content.decode()
    client.post(reverse("id:programme_undo_batch", args=[changes[0].batch]))
    point.refresh_from_db()
    assert (point.state, point.note) == ("contracted", "")


def test_what_is_ambiguous_is_answered_in_the_preview(programme, provider):
    client = logged_in(provider)
    sheet = "Desa;Status;Tanggal\nSungai Contoh 2;terpasang;20/03/2026\n"
    page = send(client, upload(sheet)).content.decode()
    assert "baris 2: titik yang mana?" in page
    school = ServicePoint.objects.get(code="TL-5")
    answer = client.post(reverse("id:programme_sheet_preview"), {"baris-2": f"t{school.pk}"})
    page = client.get(answer["Location"]).content.decode()
    assert "Terapkan 1 perubahan" in page
    foreign = ServicePoint.objects.get(code="TL-2")
    client.post(reverse("id:programme_sheet_preview"), {"baris-2": f"t{foreign.pk}"})
    page = client.get(reverse("id:programme_sheet_preview")).content.decode()
    assert "TL-2" not in page, "an answer can't reach what the account does not"


def test_what_changed_since_the_preview_is_looked_at_again(programme, provider):
    client = logged_in(provider)
    mark = send(client, upload(MESSY)).content.decode().split('name="mark" value="')[1].split('"')[0]
    ServicePoint.objects.filter(code="TL-1").update(state="ended")
    client.post(reverse("id:programme_sheet_apply"), {"mark": mark})
    assert not Change.objects.exists()


def test_the_sheet_to_fill_in_comes_back_as_it_went(programme, provider):
    ServicePoint.objects.filter(code="TL-1").update(note='=HYPERLINK("x")', place="+62 kantor")
    data = workbook(list(programme.own.points.all()), tongue("id"))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert '\'=HYPERLINK("x")' in [cell.value for cell in cells]
    proposals = of_rows(read(upload(data, "isian.xlsx"), POINTS).rows, provider)
    assert {one.outcome for one in proposals} == {"same"}
    assert len(proposals) == 4


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_column_is_known_by_its_own_header(language):
    for listed in (POINTS, PAYMENTS):
        for column in listed:
            assert column_of((tongue(language)(f"column_{column.name}"),), listed) is column


@pytest.mark.parametrize(
    ("header", "name"),
    [("KECEPATAN UNDUH (Mbps)", "test_down_mbps"), ("Kecmatan", "district"), ("nama  desa/kelurahan", "village"),
     ("Tgl. Uji", "tested_on"), ("warna", None)],
)  # fmt: skip
def test_headers_in_other_spelling(header, name):
    column = column_of((header,), POINTS)
    assert (column.name if column else None) == name


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"PK\x03\x04 broken", "a.xlsx"), (b"", "a.csv"), (b"halo", "a.csv"), (b"%PDF-1.4", "a.xlsx")],
)
def test_what_is_no_sheet_is_refused_with_words(provider, data, name):
    answer = logged_in(provider).post(reverse("id:programme_sheet"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_point_named_twice_is_changed_once(programme, provider):
    sheet = "Kode titik;Status;Tanggal\nTL-1;terpasang;20/03/2026\ntl-1;terpasang;21/03/2026\n"
    proposals = of_rows(read(upload(sheet), POINTS).rows, provider)
    assert [one.outcome for one in proposals] == ["changes", "wrong"]
    assert apply(proposals, provider, why="contoh", way="file")[1] == 1


def test_queries_of_a_preview_do_not_grow_with_its_rows(programme, provider, django_assert_max_num_queries):
    for n in range(60):
        programme.installed_and_measured(f"TX-{n}") if n < 5 else programme.point(f"TX-{n}")
    lines = "".join(f"TX-{n};terpasang;20/03/2026\n" for n in range(60))
    rows = read(upload("Kode titik;Status;Tanggal\n" + lines), POINTS).rows
    with django_assert_max_num_queries(4):
        assert len(of_rows(rows, provider)) == 60


@pytest.mark.slow
def test_many_points_change_with_a_preview_and_a_reason(programme, person):
    client = logged_in(person("regency"))
    address = reverse("id:programme_bulk")
    ticked = list(programme.own.points.values_list("pk", flat=True))
    said = {"titik": ",".join(map(str, ticked)), "to": "installed", "on": "2026-03-20", "equipment": "antena"}
    page = client.post(address, said).content.decode()
    assert 'id="id_why_error"' in page, "without a reason nothing is shown"
    said["why"] = "dilaporkan lewat rapat"
    page = client.post(address, said).content.decode()
    assert "Terapkan pada 4 titik" in page
    mark = page.split('name="mark" value="')[1].split('"')[0]
    client.post(address, {**said, "apply": "1", "mark": mark})
    assert set(programme.own.points.values_list("state", "equipment")) == {("installed", "antena")}
    batch = Change.objects.exclude(batch="").values_list("batch", flat=True)[0]
    assert Change.objects.filter(batch=batch, why="dilaporkan lewat rapat").count() == 4
    client.post(reverse("id:programme_undo_batch", args=[batch]))
    assert set(programme.own.points.values_list("state", flat=True)) == {"contracted"}


@pytest.mark.slow
def test_queries_of_many_points_changed_and_undone_do_not_grow_with_them(programme, person):
    user, counts = person("regency"), []
    for many in (5, 60):
        points = [
            programme.point(f"TX-{many}-{n}", commitment=programme.promise(year=2026)) for n in range(many)
        ]
        proposals = of_points(points, user, "installed", DAY, {"equipment": "antena", "note": "sama"})
        with CaptureQueriesContext(connection) as changed:
            batch, count = apply(proposals, user, why="contoh", way="bulk")
        assert count == many
        made = ServicePoint.objects.filter(pk__in=[point.pk for point in points])
        assert set(made.values_list("state", "equipment", "note", "commitment__state")) == {
            ("installed", "antena", "sama", "on the way")
        }
        assert Change.objects.filter(batch=batch).count() == 2 * many, (
            "a note of each point, and of its promise"
        )
        with CaptureQueriesContext(connection) as undone:
            undo_batch(batch, user, "keliru")
        assert set(made.values_list("state", "equipment", "commitment__state")) == {
            ("contracted", "", "promised")
        }
        assert Change.objects.filter(undoes__batch=batch, why="keliru").count() == 2 * many
        counts.append((len(changed), len(undone)))
    assert counts[0] == counts[1]
    with pytest.raises(InputError, match="undone already"):
        undo_many(list(Change.objects.filter(batch=batch)), user, "lagi")


def test_many_points_change_all_or_none(programme, person):
    user = person("regency")
    points = list(ServicePoint.objects.order_by("code"))
    proposals = of_points(points, user, "", None, {"fee_idr_per_month": 5})
    proposals[2].values["power"] = "x" * 81
    with pytest.raises(RefusedError, match="TL-3"):
        apply(proposals, user, why="contoh", way="bulk")
    proposals[2].values = {"contract": Contract(pk=999, number="K-999", provider=points[2].provider)}
    with pytest.raises(RefusedError, match="contract 999"):
        apply(proposals, user, why="contoh", way="bulk")
    assert not Change.objects.exists()
    assert not ServicePoint.objects.exclude(fee_idr_per_month=None).exists()


def test_a_batch_is_undone_only_where_nothing_changed_since(programme, person):
    user = person("regency")
    points = list(ServicePoint.objects.order_by("code"))
    batch, _ = apply(of_points(points, user, "", None, {"note": "satu"}), user, why="contoh", way="bulk")
    record(points[1], user, {"note": "dua"}, why="sesudahnya")
    with pytest.raises(InputError, match="changed since"):
        undo_batch(batch, user, "keliru")
    assert set(ServicePoint.objects.values_list("note", flat=True)) == {"satu", "dua"}
    assert not Change.objects.exclude(undoes=None).exists()


def test_many_points_of_others_are_out_of_reach(programme, provider):
    points = list(ServicePoint.objects.all())
    with pytest.raises(RefusedError, match="TL-2"):
        change_many(
            [Wanted(point, {"note": "x"}) for point in points], provider, why="", way="file", batch="b"
        )
    assert not ServicePoint.objects.exclude(note="").exists()


def test_many_points_are_left_alone_where_the_preview_is_old(programme, person):
    said = {"keadaan": "contracted", "equipment": "antena", "why": "contoh", "apply": "1", "mark": "lain"}
    page = logged_in(person("regency")).post(reverse("id:programme_bulk"), said).content.decode()
    assert "Ada yang berubah sejak pratinjau dibuat" in page
    assert not Change.objects.exists()


def test_a_list_of_payments_is_taken_in_once(programme, person):
    client = logged_in(person("regency"))
    text = (
        "No Kontrak;Kode Titik;Bulan;Jumlah (Rp);Tanggal Bayar;No Bukti\n"
        "K-1;TL-1;April 2026;1.500.000;05/05/2026;SP2D-1\n"
        "K-1;TL-2;April 2026;1.500.000;05/05/2026;SP2D-2\n"
        "K-9;;April 2026;1.500.000;05/05/2026;SP2D-3\n"
    )
    for kept in (1, 1):
        page = client.post(reverse("id:programme_payment_file"), {"file": upload(text)}).content.decode()
        assert "Tidak ada kontrak K-9" in page
        assert "Titik TL-2 tidak ada dalam kontrak itu" in page
        client.post(reverse("id:programme_payment_file_apply"))
        assert Payment.objects.count() == kept
    payment = Payment.objects.get()
    assert (payment.amount_idr, payment.month, payment.fund) == (
        1_500_000,
        dt.date(2026, 4, 1),
        "APBD (contoh)",
    )


def test_too_large_a_file_is_not_read(monkeypatch, provider):
    monkeypatch.setattr(columns, "MAX_BYTES", 10)
    assert logged_in(provider).post(reverse("id:programme_sheet"), {"file": upload(MESSY)}).status_code == 400


def test_a_sheet_of_another_office_program_is_read_as_well(programme, provider):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, table = OpenDocumentSpreadsheet(), Table(name="Laporan")
    for line in (("Status Titik", "Kode titik"), ("terpasang", "TL-1")):
        row = TableRow()
        for words in line:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=words))
            row.addElement(cell)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    (one,) = of_rows(read(upload(out.getvalue(), "laporan.ods"), POINTS).rows, provider)
    assert (one.point.code, one.to) == ("TL-1", "installed")
