"""Sentences of the staff pages: their frame and the desk."""

from __future__ import annotations

STAFF: dict[str, tuple[str, str]] = {
    "staff_places": ("Halaman petugas", "Staff pages"),
    "staff_desk": ("Meja kerja", "Desk"),
}
