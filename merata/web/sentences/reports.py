"""Sentences of the reports that anybody makes."""

from __future__ import annotations

REPORTS: dict[str, tuple[str, str]] = {
    "report_title": ("Laporkan masalah di {name}", "Report a problem in {name}"),
    "report_lead": ("Tanpa akun dan tanpa nama. Anda mendapat nomor laporan.", "No account and no name. You get a reference number."),
    "report_what": ("Apa yang terjadi?", "What is the trouble?"),
    "report_words": ("Keterangan (boleh kosong)", "More about it (may be left empty)"),
    "report_words_hint": ("Jangan tulis nama, nomor telepon, atau kata sandi.", "Please write no names, phone numbers or passwords."),
    "report_go": ("Kirim laporan", "Send the report"),
    "report_back": ("Kembali ke halaman desa", "Back to the village's page"),
    "report_thanks": ("Laporan diterima", "The report has arrived"),
    "report_number": ("Nomor laporan Anda:", "Your reference number:"),
    "report_keep": ("Catat nomor ini. Dengan nomor ini Anda bisa melihat apa yang dilakukan.", "Write this number down. With it you can see what is done."),
    "report_see": ("Lihat kabar laporan", "See what became of it"),
    "report_state_title": ("Kabar laporan", "What became of a report"),
    "report_state_label": ("Nomor laporan", "Reference number"),
    "report_state_go": ("Lihat", "See"),
    "report_state_none": ("Tidak ada laporan dengan nomor {asked}. Periksa lagi hurufnya.", "There is no report with the number {asked}. Please check its letters."),
    "report_state_is": ("{kind} di {village}, diterima {when}", "{kind} in {village}, arrived {when}"),
    "report_answered": ("Jawaban, {when}:", "Answer, {when}:"),
    "report_waiting": ("Laporan ini disimpan di telepon Anda dan dikirim sendiri begitu ada sinyal.", "This report is kept on your phone and is sent by itself when there is a link."),
    "report_sent": ("Terkirim. Nomor laporan Anda:", "Sent. Your reference number:"),
    "report_kind_missing": ("Pilih dulu apa yang terjadi.", "Please choose what the trouble is first."),
    "report_no_village": ("Desa ini tidak dikenal.", "This village is not known."),
    "report_too_many": ("Terlalu banyak laporan sekaligus. Coba lagi seperempat jam lagi.", "Too many reports at once. Please try again in a quarter of an hour."),
    "reports_count": ("{count} laporan warga sejauh ini", "{count} reports by people so far"),
    "find_none_here": ("Tidak ada desa dengan nama seperti itu. Coba sebagian namanya, atau cari lewat kecamatan di bawah.", "No village has a name like that. Try part of the name, or look by district below."),
    "nav_programme_reports": ("Laporan warga", "People's reports"),
    "reports_lead": ("Jawaban tampil bagi siapa saja yang memegang nomor laporannya.", "Whoever has the reference number of a report sees its answer."),
    "reports_all": ("semua", "all"),
    "reports_none": ("Tidak ada laporan.", "There are no reports."),
    "reports_answer": ("Jawaban", "Answer"),
    "reports_open": ("Jangan menulis nama orang atau nomor telepon.", "Write no person's name and no phone number."),
    "reports_go": ("Jawab", "Answer"),
    "reports_pass": ("Sudah diteruskan", "Passed on"),
    "reports_no_answer": ("Tulis jawabannya dulu.", "Please write the answer first."),
    "reports_kept": ("Tersimpan untuk laporan {reference}.", "Saved for the report {reference}."),
    "report_offline": ("Tautan untuk melapor ada di situs yang hidup; salinan ini tidak bisa mengirim.", "Reports are made on the live site; this copy cannot send."),
}  # fmt: skip

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "report": {
        "broken": ("internet mati", "it does not work"),
        "slow": ("lambat", "it is slow"),
        "no password": ("tidak diberi kata sandi", "nobody gives the password"),
        "no power": ("listrik mati", "no power"),
        "request": ("permintaan", "a request"),
        "praise": ("pujian", "praise"),
    },
    "report_state": {
        "new": ("baru diterima", "just arrived"),
        "passed on": ("diteruskan ke yang bertugas", "passed on to who is in charge"),
        "answered": ("sudah dijawab", "answered"),
    },
}
