"""Sentences of model contests: the page for everybody, and where a team sends its predictions."""

from __future__ import annotations

MODEL_CONTESTS: dict[str, tuple[str, str]] = {
    "nav_model_contests": ("Lomba model", "Model contests"),
    "open_model_contests": ("Kampus dan peneliti bisa menguji model jangkauan pada ukuran yang disimpan:", "Universities and researchers can test a model of coverage on measurements that are held out:"),
    "model_contest_lead": ("Siapa pun boleh belajar dari ukuran yang terbuka dan memprediksi tempat yang ukurannya disimpan. Yang lebih kecil lebih baik; model Merata sendiri ikut dalam daftar.", "Anybody may learn from the open measurements and predict the places whose measurements are held out. Lower is better; Merata's own model is in the list."),
    "model_contest_none": ("Sekarang tidak ada lomba.", "There is no contest now."),
    "model_contest_signal": ("Yang diprediksi: kuat sinyal 4G di suatu tempat (dBm), sebagai kuantil 5, 25, 50, 75, dan 95%. Nilainya CRPS menurut kuantil itu, dalam dB.", "To predict: received 4G power at a place (dBm), as its quantiles at 5, 25, 50, 75 and 95%. The score is the CRPS by these quantiles, in dB."),
    "model_contest_level": ("Yang diprediksi: peluang bahwa uji di suatu tempat memenuhi tingkat layanan “{level}”, 0 sampai 1. Nilainya skor Brier.", "To predict: the chance that a test at a place has the numbers of the level “{level}”, 0 to 1. The score is the Brier score."),
    "model_contest_split": ("{train} tempat untuk belajar, {ask} disimpan, di {squares} kotak selebar {km} km. Satu tim boleh mengirim {a_day} sehari dan {in_all} seluruhnya. Terbuka sampai {until}.", "{train} places to learn from, {ask} held out, in {squares} squares of {km} km. A team may send {a_day} a day and {in_all} in all. Open until {until}."),
    "model_contest_over": ("Lomba ini sudah selesai; ukuran yang disimpan kini terbuka:", "This contest is over; what was held out is open now:"),
    "model_contest_ladder": ("Nilai sebuah tim hanya berubah kalau lebih baik dari yang terbaik sebelumnya, lebih dari yang bisa terjadi karena kebetulan.", "A team's score changes only when it is better than its best before by more than chance would make it."),
    "model_contest_team": ("Tim", "Team"),
    "model_contest_score": ("Nilai", "Score"),
    "model_contest_sent": ("Dikirim", "Sent"),
    "model_contest_counted": ("Tanggal", "Of"),
    "model_contest_intervals": ("Selang 50% memuat {half}, selang 90% memuat {most}.", "The 50% interval holds {half}, the 90% interval {most}."),
    "model_contest_low": ("Bila kecil, rata-rata {said}: terjadi {came}.", "Where low, {said} on average: came in {came}."),
    "model_contest_high": ("Bila besar, rata-rata {said}: terjadi {came}.", "Where high, {said} on average: came in {came}."),
    "model_contest_log": ("Skor log {score}.", "Log score {score}."),
    "model_contest_send": ("Kirim prediksi", "Send predictions"),
    "model_contest_send_words": ("Hanya untuk akun mitra; minta undangan di kantor.", "For accounts of partners only; ask the office for an invitation."),
    "model_contest_counts": ("Diterima dan terhitung: {score}. Sisa hari ini {today}, seluruhnya {left}.", "Taken, and it counts: {score}. {today} more today, {left} in all."),
    "model_contest_stays": ("Diterima, tetapi tidak lebih baik dari {score} melebihi kebetulan; nilai itu tetap. Sisa hari ini {today}, seluruhnya {left}.", "Taken, but not better than {score} by more than chance, so that stays. {today} more today, {left} in all."),
    "model_contest_no_team": ("Akun Anda tidak termasuk lembaga mana pun, jadi tidak ada tim. Minta kantor melengkapinya.", "Your account belongs to no organisation, so there is no team. Ask the office to complete it."),
    "hint_predictions": ("CSV, UTF-8. Kolom: {columns}. Setiap id dari ask.csv satu kali.", "CSV, UTF-8. Columns: {columns}. Each id of ask.csv once."),
    "f_predictions": ("Berkas prediksi", "File of predictions"),
}  # fmt: skip
