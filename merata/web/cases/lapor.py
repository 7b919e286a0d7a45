"""Cases in the columns of the form of SP4N-LAPOR!, the national complaint system.

The columns are those that its public form asks for. Those of its administrators' import and of its API are shown
only to institutions with an account; what is assumed of them stands in docs/how-to/cases.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from merata.web.cases.told import place_of
from merata.web.models import Case
from merata.web.words import WITA, tongue

COLUMNS = (
    "klasifikasi_laporan", "judul_laporan", "isi_laporan", "tanggal_kejadian", "lokasi_kejadian", "instansi_tujuan",
    "kategori_laporan", "anonim", "rahasia", "nomor_rujukan", "status", "tanggal_laporan", "tanggal_selesai",
)  # fmt: skip
#: The form's classes: a complaint, a wish, a request for information.
_CLASS = {"request": "Aspirasi"}
_TITLE, _BODY = 100, 1000


def rows_of(cases: Iterable[Case]) -> Iterator[dict[str, Any]]:
    """Each case as a row; anonymous always, as nobody's name is known, and without what people wrote."""
    t = tongue("id")
    for case in cases:
        where, kind = place_of(case), t.word("report", case.kind)
        count = case.reports.count()
        yield {
            "klasifikasi_laporan": _CLASS.get(case.kind, "Pengaduan"),
            "judul_laporan": f"Internet desa {where}: {kind}"[:_TITLE],
            "isi_laporan": t(
                "lapor_body", kind=kind, village=where, code=case.village_code, since=t.moment(case.since),
                count=count, point=case.point.place if case.point else "–", state=t.word("case_state", case.state),
            )[:_BODY],
            "tanggal_kejadian": _day(case.since),
            "lokasi_kejadian": f"{where} ({case.village_code})",
            "instansi_tujuan": "",
            "kategori_laporan": "Teknologi Informasi dan Komunikasi",
            "anonim": "Ya",
            "rahasia": "Tidak",
            "nomor_rujukan": case.reference,
            "status": "Selesai" if case.state == "closed" else "Proses",
            "tanggal_laporan": _day(case.opened_at),
            "tanggal_selesai": _day(case.closed_at) if case.closed_at else "",
        }  # fmt: skip


def _day(at: Any) -> str:
    return str(at.astimezone(WITA).date().isoformat())
