"""Sentences of the staff pages: their frame and the desk."""

from __future__ import annotations

STAFF: dict[str, tuple[str, str]] = {
    "staff_places": ("Halaman petugas", "Staff pages"),
    "staff_desk": ("Meja kerja", "Desk"),
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
