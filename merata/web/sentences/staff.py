"""Sentences of the staff pages: their frame and the desk."""

from __future__ import annotations

STAFF: dict[str, tuple[str, str]] = {
    "staff_places": ("Halaman petugas", "Staff pages"),
    "staff_desk": ("Meja kerja", "Desk"),
    "desk_waiting": ("Yang menunggu Anda", "What waits for you"),
    "desk_nothing": ("Tidak ada yang menunggu Anda.", "Nothing waits for you."),
    "desk_points_in_all": (
        "{works} dari {points} titik layanan dalam jangkauan Anda beroperasi.",
        "{works} of {points} service points within your reach are in service.",
    ),
    "desk_points": ("titik menunggu langkah dari Anda", "points wait for a step of yours"),
    "desk_stuck": ("titik macet pada giliran Anda", "points are stuck on your turn"),
    "desk_reports": ("laporan warga belum dijawab", "reports by people are not answered"),
    "desk_decisions": ("rencana menunggu keputusan Anda", "plans wait for your decision"),
    "desk_jobs": ("pekerjaan berjalan di latar", "pieces of work are going in the background"),
}

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "role": {
        "province": ("provinsi", "province"),
        "regency": ("kabupaten", "regency"),
        "district": ("kecamatan", "district"),
        "village": ("petugas desa", "village officer"),
        "provider": ("penyedia", "provider"),
        "partner": ("mitra", "partner"),
        "reader": ("pembaca", "reader"),
    },
}
