"""Sentences of every page: its frame, where to go, how things are known."""

from __future__ import annotations

COMMON: dict[str, tuple[str, str]] = {
    "site": ("Internet {region}", "Internet in {region}"),
    "skip": ("Langsung ke isi", "Skip to the content"),
    "other_language": ("English", "Bahasa Indonesia"),
    "menu": ("Isi situs", "Contents of the site"),
    "breadcrumb": ("Anda di sini", "You are here"),
    "staff": ("Masuk petugas", "Staff log in"),
    "foot_data": ("Data per {date}", "Data of {date}"),
    "foot_plan": ("Rencana nomor {number}", "Plan number {number}"),
    "foot_draft": ("Rancangan, belum disahkan", "A draft, not approved"),
    "foot_software": ("Dibuat dengan Merata {version}", "Made with Merata {version}"),
    "made_up_mark": ("CONTOH REKAAN: tidak ada yang nyata di sini", "MADE-UP EXAMPLE: nothing here is real"),
    "known_how": ("cara tahu: {how}", "how known: {how}"),
    "yes": ("ya", "yes"),
    "no": ("tidak", "no"),
    "none_known": ("tidak diketahui", "not known"),
    # errors
    "lost_title": ("Halaman ini tidak ada", "There is no such page"),
    "lost_text": (
        "Alamatnya mungkin salah ketik, atau halamannya sudah pindah. Cari desanya di bawah, atau mulai dari halaman depan.",
        "The address may be mistyped, or the page has moved. Look for the village below, or start from the front page.",
    ),
    "denied_title": ("Bukan bagian Anda", "Not yours to see"),
    "denied_text": (
        "Akun Anda tidak berhak atas halaman ini. Jika seharusnya boleh, hubungi pengelola di kantor Anda.",
        "Your account has no right to this page. If it should have, ask the person who manages the site in your office.",
    ),
    "fault_title": ("Ada yang rusak di situs ini", "Something broke in this site"),
    "fault_text": (
        "Ini bukan salah Anda. Coba lagi sebentar lagi; kejadiannya sudah dicatat.",
        "It is not your fault. Try again in a while; what happened was noted.",
    ),
    "empty_title": ("Belum ada yang diterbitkan", "Nothing is published yet"),
    "empty_text": (
        "Rencana untuk wilayah ini sedang disiapkan. Begitu disahkan, isinya tampil di sini.",
        "The plan for this region is being prepared. Once it is approved, it is shown here.",
    ),
}
