"""Open data of what partners bring: comments with their answers and what changed since, funds with what came of them."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from merata.web.models import CommentRound, FundOffer, Publication
from merata.web.partners.comments import followed, published_after
from merata.web.partners.offers import achieved
from merata.web.public.columns import Column

Row = dict[str, Any]

COMMENTS = (
    Column("reference", "Nomor tanggapan", "Reference number"),
    Column("draft", "Rancangan yang ditanggapi", "Draft that it is about"),
    Column("village_code", "Kode resmi desa; kosong: seluruh rancangan", "Official code of the village; empty: the whole draft"),
    Column("village", "Nama desa", "Name of the village"),
    Column("district", "Kecamatan", "District"),
    Column("row", "Baris rancangan; kosong: seluruhnya", "Row of the draft; empty: all of it"),
    Column("stance", "Pendapat: support, object, change, question", "Stance: support, object, change, question"),
    Column("arrived_on", "Tanggal diterima (UTC)", "Day on which it arrived (UTC)"),
    Column("look", "Isinya: new, shown, kept back", "Its words: new, shown, kept back"),
    Column("words", "Isi, bila ditampilkan", "Its words, where they are shown"),
    Column("outcome", "Hasil: changed, not changed, noted; kosong: belum dijawab", "Outcome: changed, not changed, noted; empty: not answered"),
    Column("answer", "Jawaban", "Answer"),
    Column("draft_year", "Tahun desa itu dalam rancangan", "Year of the village in the draft"),
    Column("draft_option", "Caranya dalam rancangan", "Its option in the draft"),
    Column("plan", "Nomor rencana yang diterbitkan sesudahnya", "Number of the plan that was published next"),
    Column("how", "Perubahan desa itu dari rancangan ke rencana; kosong: tidak ada", "Change of the village from the draft to that plan; empty: none"),
    Column("plan_year", "Tahun desa itu dalam rencana", "Year of the village in that plan"),
    Column("plan_option", "Caranya dalam rencana", "Its option in that plan"),
)  # fmt: skip
FUNDS_OF_PARTNERS = (
    Column("partner", "Mitra", "Partner"),
    Column("fund", "Nama dana", "Name of the fund"),
    Column("first_year", "Tahun pertama", "First year"),
    Column("last_year", "Tahun terakhir", "Last year"),
    Column("idr_per_year", "Ditawarkan per tahun", "Offered a year", "IDR"),
    Column("villages", "Kode desa atau kecamatan; kosong: di mana saja", "Codes of villages or districts; empty: anywhere"),
    Column("kinds", "Untuk apa; kosong: apa saja", "For what; empty: anything"),
    Column("received_idr", "Sudah diterima; kosong: belum dicatat", "Received; empty: not noted", "IDR"),
    Column("paid_idr", "Dibayarkan menurut kontrak dana ini", "Paid under contracts of the fund", "IDR"),
    Column("promised", "Janji yang dibayar dana ini", "Promises that it pays"),
    Column("points", "Titik beroperasi", "Points in service"),
    Column("people", "Penduduk desa-desa itu", "People of those villages"),
    Column("availability", "Bagian waktu berfungsi, nilai tengah; kosong: belum diukur", "Share of the time that they worked, the middle one; empty: not measured"),
    Column("measured", "Banyaknya titik yang diukur", "How many points that rests on"),
    Column("period", "Bulannya", "Its month"),
)  # fmt: skip


def comments(publication: Publication) -> Iterator[Row]:
    """Every comment on every draft; words only where an officer has shown them."""
    for one in CommentRound.objects.select_related("publication").order_by("pk"):
        after = published_after(one)
        for found in followed(one, one.comments.all(), after):
            row, village, move = found.comment, found.village, found.move
            then = move.after if move else village if after else None
            yield {
                "reference": row.reference,
                "draft": one.publication.run_id,
                "village_code": row.village_code,
                "village": village.name if village else "",
                "district": village.district if village else "",
                "row": row.row,
                "stance": row.stance,
                "arrived_on": row.arrived_at.date().isoformat(),
                "look": row.look,
                "words": row.words if row.look == "shown" else "",
                "outcome": row.outcome,
                "answer": row.answer,
                "draft_year": village.year if village else None,
                "draft_option": village.option if village else "",
                "plan": after.number if after else None,
                "how": move.how if move else "",
                "plan_year": then.year if then else None,
                "plan_option": then.option if then else "",
            }


def funds(publication: Publication) -> Iterator[Row]:
    """Every accepted fund of a partner, with what was achieved with it."""
    for row in FundOffer.objects.filter(state="accepted").select_related("organisation").order_by("pk"):
        done = achieved(row)
        yield {
            "partner": row.organisation.name,
            "fund": row.fund,
            "first_year": row.first_year,
            "last_year": row.last_year,
            "idr_per_year": row.idr_per_year,
            "villages": " ".join(row.villages),
            "kinds": ", ".join(row.kinds),
            "received_idr": sum(row.received.values()) if row.received else None,
            "paid_idr": done.paid_idr,
            "promised": done.promised,
            "points": done.points,
            "people": done.people,
            "availability": done.availability,
            "measured": done.measured,
            "period": done.period,
        }
