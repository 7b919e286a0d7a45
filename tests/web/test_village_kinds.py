"""A village's page says what there is to say, in both languages, for a village of every kind."""

import datetime as dt

import pytest
from test_public import text_of

from merata.web.models import Commitment, ServicePoint, VillageFacts
from merata.web.page import changed

SERVED, PROMISED, LATE, UNSERVED, EMPTY = (
    "99.01.01.2001", "99.01.01.2002", "99.01.01.2003", "99.01.01.2004", "99.01.01.2099",
)  # fmt: skip


@pytest.fixture
def kinds(published):
    """One village of each kind, and one of which nothing is known at all."""
    VillageFacts.objects.create(
        publication=published, code=EMPTY, name="Kosong Contoh", district="Muara Contoh"
    )
    Commitment.objects.create(
        village_code=LATE, level="basic", option="leo", year=2024, publication=published
    )
    changed()
    return published


ALWAYS = ("Siapa yang bertanggung jawab", "Yang dijanjikan, dan yang berubah", "Tempat terdekat dengan internet",
          "Bagikan halaman ini", "Kode QR untuk dicetak", "Kapan giliran desa ini")  # fmt: skip
SAYS = {
    SERVED: ("sudah terlayani (dimodelkan)", "di desa ini sendiri (dimodelkan)", "Belum ada janji yang tercatat"),
    PROMISED: ("dijanjikan (dimodelkan)", "Tahun 2026: satelit LEO.", "Tanjung Contoh 1, 4,2 km garis lurus"),
    LATE: ("terlambat (dimodelkan)", "Tahun yang dijanjikan sudah lewat", "pada 2024, dengan satelit LEO. terlambat"),
    UNSERVED: ("belum ada rencana", "Belum ada dalam rencana 2025–2030.", "Belum ada yang ditunjuk"),
    EMPTY: ("belum ada rencana", "Belum ada keterangan tentang internet di desa ini.", "belum diketahui"),
}  # fmt: skip


@pytest.mark.parametrize("code", SAYS)
def test_a_village_of_each_kind_says_all_of_it(client, kinds, code):
    page = text_of(client.get(f"/desa/{code}/"))
    for words in (*ALWAYS, *SAYS[code]):
        assert words in page, words
    assert "(–)" not in page
    assert ": –." not in page
    assert client.get(f"/desa/{code}/qr/").status_code == 200


@pytest.mark.parametrize("code", SAYS)
def test_the_same_in_english(client, kinds, code):
    page = text_of(client.get(f"/en/desa/{code}/"))
    for words in ("Who is responsible", "What was promised, and what changed", "Nearest place with a working link",
                  "Share this page", "QR code to print", "When its turn comes"):  # fmt: skip
        assert words in page, words
    assert "(–)" not in page


def test_why_not_earlier_is_said_where_the_plan_says_it(client, kinds):
    for code in (SERVED, PROMISED, LATE, UNSERVED):
        page = text_of(client.get(f"/desa/{code}/"))
        assert "Mengapa begitu, dan mengapa tidak lebih awal Sebab yang dibuat-buat." in page


def test_a_point_in_service_by_now_is_the_nearest_working_link(client, kinds):
    def point(village, state):
        ServicePoint.objects.create(
            code=f"T-{village}", village_code=village, place="Kantor Desa", option="leo", state=state,
            since=dt.date(2026, 1, 2),
        )  # fmt: skip
        changed()

    point("99.01.01.2003", "installed")
    assert "Tanjung Contoh 1, 4,2 km" in text_of(client.get(f"/desa/{PROMISED}/"))
    ServicePoint.objects.update(state="in service")
    changed()
    # 25 thousandths of a degree of longitude at the equator.
    assert "Tanjung Contoh 3, 2,8 km garis lurus (titik layanan program)" in text_of(
        client.get(f"/desa/{PROMISED}/")
    )
    point(PROMISED, "in service")
    assert "di desa ini: Kantor Desa (titik layanan program)" in text_of(client.get(f"/desa/{PROMISED}/"))


def test_a_kept_promise_is_not_late(client, kinds):
    Commitment.objects.update(state="kept")
    changed()
    page = text_of(client.get(f"/desa/{LATE}/"))
    assert "terlambat (dimodelkan)" not in page
    assert "satelit LEO. ditepati" in page
