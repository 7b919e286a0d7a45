"""Indonesian for what can be wrong with predictions sent to a model contest (merata.assure.model_contest_board)."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

#: English with holes -> Indonesian: see merata.publish.phrases.
CONTEST: dict[str, str] = {
    "The file is larger than {n} MB.": r"Berkas lebih besar dari \1 MB.",
    "The file is no CSV in UTF-8 ({t}).": r"Berkas bukan CSV dalam UTF-8 (\1).",
    "Row 1: expected the columns {t}, and no others; found {t}.": r"Baris 1: kolomnya harus \1, tanpa yang lain; yang ada \2.",
    "Row {n}, column id: {t} stands in an earlier row too.": r"Baris \1, kolom id: \2 sudah ada di baris sebelumnya.",
    "{n} places of ask.csv are missing, the first is id {t}.": r"\1 tempat dari ask.csv tidak ada, yang pertama id \2.",
    "Row {n}: has {n} cells, the first row has {n}.": r"Baris \1: berisi \2 sel, baris pertama \3.",
    "Row {n}, column id: '{t}' is no id of ask.csv.": r"Baris \1, kolom id: '\2' bukan id dari ask.csv.",
    "Row {n}, column {t}: {n} is below the quantile before it, {n}.": r"Baris \1, kolom \2: \3 di bawah kuantil sebelumnya, \4.",
    "Row {n}, column {t}: '{t}' is no number from {n} to {n}.": r"Baris \1, kolom \2: '\3' bukan angka dari \4 sampai \5.",
    "{t}: the contest was open until {t}.": r"\1: lomba sudah ditutup, batasnya \2.",
    "All {n} predictions that a team may send in were sent in.": r"Semua \1 prediksi yang boleh dikirim satu tim sudah dikirim.",
    "A team may send in {n} predictions a day. Come back tomorrow.": r"Satu tim boleh mengirim \1 prediksi sehari. Coba lagi besok.",
    "A team's name has {n} to {n} characters.": r"Nama tim \1 sampai \2 huruf.",
    "Merata is the name of the model that all are compared with. Choose another.": "Merata adalah nama model pembanding. Pilih nama lain.",
}
