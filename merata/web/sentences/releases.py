"""Sentences of releases of the statistics."""


from __future__ import annotations

RELEASES: dict[str, tuple[str, str]] = {
    "staff_releases": ("Statistik", "Statistics"),
    "releases_lead": ("Hari terbit diumumkan lebih dulu. Satu orang menyiapkan angkanya, orang lain menerbitkannya; angka yang terbit persis yang disiapkan.", "The day of a release is announced beforehand. One person prepares the figures, another releases them; what is released is to the number what was prepared."),
    "releases_list": ("Jadwal terbit", "Calendar of releases"),
    "releases_none": ("Belum ada yang dijadwalkan.", "Nothing is scheduled yet."),
    "release_new": ("Jadwalkan terbitan", "Schedule a release"),
    "release_title": ("Nama terbitan", "Name of the release"),
    "release_title_hint": ("Misalnya: Statistik tahunan 2025", "Such as: Yearly statistics 2025"),
    "release_due": ("Hari terbit", "Day of release"),
    "release_why": ("Mengapa angka lama diperbaiki (boleh kosong)", "Why earlier figures are revised (may be empty)"),
    "release_why_hint": ("Tampil di samping setiap angka yang diperbaiki.", "Shows beside every figure that is revised."),
    "release_save": ("Umumkan", "Announce it"),
    "release_state": ("Keadaan", "State"),
    "release_prepared_by": ("Disiapkan {who}, {when}.", "Prepared by {who}, {when}."),
    "release_decided_by": ("Diputuskan {who}, {when}.", "Decided by {who}, {when}."),
    "release_sent_back": ("Dikembalikan: {reason}", "Sent back: {reason}"),
    "release_counts": ("{new} angka baru, {revised} diperbaiki.", "{new} new figures, {revised} revised."),
    "release_figures": ("Angka seluruh wilayah yang akan terbit", "Figures of the whole region that would be released"),
    "release_prepare": ("Siapkan angkanya", "Prepare the figures"),
    "release_prepare_hint": ("Dihitung dari hitungan rencana terbaru, rapor, dan papan janji. Yang menyiapkan tidak dapat menerbitkannya.", "Reckoned from the newest run, the scores and the board of promises. Who prepares can't release."),
    "release_decide": ("Putuskan", "Decide"),
    "release_reason": ("Alasan (harus ada untuk mengembalikan)", "Reason (needed to send it back)"),
    "release_approve": ("Terbitkan", "Release"),
    "release_refuse": ("Kembalikan", "Send back"),
    "release_mine": ("Anda yang menyiapkannya: orang lain harus menerbitkannya.", "You prepared it: somebody else has to release it."),
    "release_stale": ("Ada yang berubah sejak disiapkan. Siapkan lagi.", "Something has changed since it was prepared. Prepare it again."),
    "release_over": ("Sudah terbit.", "It is released already."),
    "release_busy": ("Angka sedang dihitung atau diterbitkan. Tunggu sampai selesai.", "Figures are being reckoned or released. Wait until that is done."),
    "release_not_prepared": ("Belum ada yang disiapkan untuk diputuskan.", "Nothing is prepared that could be decided."),
    "release_incomplete": ("Isi nama dan hari terbit.", "Give a name and a day."),
    "release_done_planned": ("Diumumkan di halaman statistik.", "Announced on the page of the statistics."),
    "release_done_preparing": ("Angkanya sedang dihitung.", "The figures are being reckoned."),
    "release_done_approved": ("Sedang diterbitkan.", "It is being released."),
    "release_done_refused": ("Dikembalikan.", "Sent back."),
    "release_public": ("Lihat halaman statistik", "See the page of the statistics"),
    "stat_calendar": ("Jadwal terbit", "Calendar of releases"),
    "stat_calendar_words": ("Hari yang diumumkan. Angka terbit setelah satu orang menyiapkan dan orang lain menyetujuinya.", "Days that were announced. Figures are released when one person has prepared and another approved them."),
    "stat_calendar_late": ("belum terbit", "not released yet"),
    "stat_releases": ("Terbitan sampai sekarang", "Releases so far"),
    "stat_release_new": ("Angka baru", "New figures"),
    "stat_release_revised": ("Diperbaiki", "Revised"),
    "stat_release_two": ("dua orang", "two persons"),
    "stat_release_how": ("Diterbitkan oleh", "Released by"),
    "stat_release_command": ("perintah di kantor", "a command at the office"),
}  # fmt: skip
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "release_state": {
        "planned": ("dijadwalkan", "scheduled"),
        "prepared": ("disiapkan", "prepared"),
        "approved": ("sedang diterbitkan", "being released"),
        "released": ("terbit", "released"),
    }
}
