"""Sentences of the speed test that anybody makes with a phone."""

from __future__ import annotations

PHONE_TESTS: dict[str, tuple[str, str]] = {
    "ptest_title": ("Uji kecepatan di {name}", "Speed test in {name}"),
    "ptest_link": ("Uji kecepatan internet Anda", "Test the speed of your internet"),
    "ptest_lead": ("Mengukur seberapa cepat internet sampai ke telepon ini, dari server {region}. Tanpa akun dan tanpa nama.", "Measures how fast the internet reaches this phone, from the server of {region}. No account and no name."),
    "ptest_none": ("Uji kecepatan belum dibuka di wilayah ini.", "The speed test is not open in this region yet."),
    "ptest_no_script": ("Uji ini memerlukan peramban yang lebih baru dengan JavaScript.", "This test needs a newer browser with JavaScript."),
    "ptest_costs": ("Hemat data: paling banyak 10 MB", "Save data: at most 10 MB"),
    "ptest_costs_hint": ("Tanpa hemat, uji ini berjalan dua kali sepuluh detik dan pada tautan cepat bisa memakai ratusan MB.", "Without it the test runs twice for ten seconds, which on a fast link can take hundreds of MB."),
    "ptest_go": ("Mulai uji", "Start the test"),
    "ptest_stop": ("Hentikan", "Stop"),
    "ptest_down": ("Unduh", "Download"),
    "ptest_up": ("Unggah", "Upload"),
    "ptest_latency": ("Waktu tempuh terpendek", "Shortest round trip"),
    "ptest_data": ("Data terpakai", "Data used"),
    "ptest_unit_rate": ("Mbit/dtk", "Mbit/s"),
    "ptest_wait": ("Menghubungi server …", "Reaching the server …"),
    "ptest_busy": ("Server sedang dipakai orang lain. Coba lagi sebentar.", "The server is busy with others' tests. Please try again in a moment."),
    "ptest_failed": ("Server uji tidak terjangkau atau sedang penuh. Coba lagi sebentar; kalau tetap begitu, laporkan sebagai internet mati.", "The test server can't be reached, or is full. Try again in a moment; if it stays so, report the link as broken."),
    "ptest_done": ("Selesai.", "Done."),
    "ptest_least": ("Berhenti pada batas data: kecepatan sebenarnya bisa lebih tinggi.", "Stopped at the data limit: the true speed may be higher."),
    "ptest_give": ("Berikan hasil ini?", "Give this result?"),
    "ptest_give_lead": ("Hasil membantu menemukan tempat yang lemah. Yang dikirim hanya: desa ini, hari, kecepatan, dan isian di bawah.", "Results help to find weak places. Only this is sent: this village, the day, the speed, and what you fill in below."),
    "ptest_network": ("Lewat apa tersambung?", "What were you connected by?"),
    "ptest_technology": ("Jaringan seluler yang tampil di telepon", "Cell network that the phone shows"),
    "ptest_operator": ("Operator (boleh kosong)", "Operator (may be left empty)"),
    "ptest_place": ("Sertakan tempat, dibulatkan sampai kira-kira 100 meter", "Include the place, rounded to about 100 metres"),
    "ptest_place_hint": ("Telepon akan bertanya dulu. Tempat satu uji tidak pernah ditampilkan; setelah 180 hari dibulatkan sampai kira-kira satu kilometer.", "The phone will ask first. The place of one test is never shown; after 180 days it is rounded to about a kilometre."),
    "ptest_send": ("Kirim hasil", "Send the result"),
    "ptest_sent": ("Terima kasih, hasil diterima.", "Thank you, the result has arrived."),
    "ptest_later": ("Belum terkirim. Coba tekan lagi ketika ada sinyal.", "Not sent yet. Press again when there is a link."),
    "ptest_wrong_network": ("Pilih dulu lewat apa Anda tersambung.", "Please choose first what you were connected by."),
    "ptest_wrong_test": ("Uji ini tidak dikenal. Jalankan ujinya lagi.", "This test is not known. Please run it again."),
    "ptest_too_many": ("Terlalu banyak uji sekaligus. Coba lagi seperempat jam lagi.", "Too many tests at once. Please try again in a quarter of an hour."),
    "ptest_village": ("Diuji dengan telepon: {count} uji dalam 90 hari, separuhnya lebih cepat dari {down} Mbit/dtk.", "Tested with phones: {count} tests in 90 days, half of them faster than {down} Mbit/s."),
}  # fmt: skip

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "ptest_network": {
        "village Wi-Fi": ("Wi-Fi kantor desa, sekolah, atau puskesmas", "Wi-Fi of village office, school or health post"),
        "other Wi-Fi": ("Wi-Fi lain", "another Wi-Fi"),
        "mobile": ("data seluler", "mobile data"),
    },
    "ptest_technology": {
        "2G": ("2G (E, GPRS)", "2G (E, GPRS)"),
        "3G": ("3G (H, H+)", "3G (H, H+)"),
        "4G": ("4G (LTE)", "4G (LTE)"),
        "5G": ("5G", "5G"),
        "unknown": ("tidak tahu", "I don't know"),
    },
}  # fmt: skip
