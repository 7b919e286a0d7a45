"""Indonesian for what can be wrong with a region's settings (merata.region.settings), as forms say it."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

#: English with holes -> Indonesian: see merata.publish.phrases.
SETTINGS: dict[str, str] = {
    "'{t}' is not a year": r"'\1' bukan tahun",
    "the amount of {t} is below zero": r"jumlah tahun \1 kurang dari nol",
    "high_idr is below low_idr": "harga tinggi di bawah harga rendah",
    "must be 0 (nothing is set aside) or from 0.5 to 0.99": "harus 0 (tidak ada yang disisihkan) atau 0,5 sampai 0,99",
    "'{t}' ends in {t}; expected a year from 2000 to 2100": r"'\1' berakhir pada \2; tulis tahun dari 2000 sampai 2100",
    "'{t}' must take 0 to 20 years": r"'\1' harus 0 sampai 20 tahun",
    "last_year is before first_year": "tahun terakhir mendahului tahun pertama",
    "least_height_m is above most_height_m": "least_height_m di atas most_height_m",
    "the share of {t} is {n}; expected 0 to 1, like 0.3": r"bagian tahun \1 adalah \2; tulis 0 sampai 1, seperti 0,3",
    "{t}: expected {t}": r"\1: pilih dari \2",
    "{t}: stands twice": r"\1: tertulis dua kali",
    "{t}: not in the catalogue; it has {t}": r"\1: tidak ada dalam katalog; isinya \2",
    # decisions
    "{d} needs a year": r"keputusan “\1” butuh tahun",
    "forbid takes no year; `postpone` forbids until a year": "keputusan “dilarang” tidak memakai tahun; “ditunda” melarang sampai suatu tahun",
    "a fund goes with fix, not with {d}": r"dana hanya bersama keputusan “tetap”, tidak bersama “\1”",
    "paid goes with promised, and with a site or a place with its option": "“sudah dibayar” hanya bersama “dijanjikan”, untuk sebuah menara atau tempat dengan caranya",
    "the reason is empty; say in a few words why": "alasannya kosong; tulis dalam beberapa kata",
    "says nothing about what: name a village, place, site or option": "tidak menyebut tentang apa: sebut desa, tempat, menara, atau cara",
    "names several things; name one of village, place and site in each row": "menyebut beberapa hal; sebut satu saja dari desa, tempat, dan menara",
    "a site goes with no option or fund; those belong to a village or place": "menara tidak memakai cara atau dana; keduanya untuk desa atau tempat",
    "{d} of an option needs a village or place; alone it can be forbidden": r"“\1” untuk sebuah cara butuh desa atau tempat; sendirian cara hanya bisa dilarang",
    "rows {n} and {n} of plan.decide contradict each other about {o}: {s} (row {n}: {d}, {t}; row {n}: {d}, {t}); drop or change one": r"keputusan \1 dan \2 bertentangan tentang \3: \4 (keputusan \5: \6, \7; keputusan \8: \9, \10); hapus atau ubah salah satunya",
    "fair.floor: {t} is not among the planned years {t} to {t}": r"bagian terkecil tiap kecamatan: \1 bukan tahun rencana \2 sampai \3",
    "row {n} of plan.decide fixes {t}; planned are {t} to {t}": r"keputusan \1 menetapkan tahun \2; yang direncanakan \3 sampai \4",
    "row {n} of plan.decide forces it by {t}, before the first planned year {t}": r"keputusan \1 mewajibkannya paling lambat \2, sebelum tahun rencana pertama \3",
    "no {k} '{t}' in the plan; did you mean {t}?": r"tidak ada \1 '\2' dalam rencana; mungkin maksudnya \3?",
    "no {k} '{t}' in the plan; there are {n}": r"tidak ada \1 '\2' dalam rencana; ada \3",
    # mistakes of any field, as pydantic tells them
    "Field required": "wajib diisi",
    "String should have at least {n} characters?": r"tulis sedikitnya \1 huruf",
}

#: What stands in a hole {s} of these.
CLASHES: dict[str, str] = {
    "the one asks for it, the other forbids it": "yang satu memintanya, yang lain melarangnya",
    "the one asks for {t}, the other postpones it to {t}": r"yang satu meminta \1, yang lain menundanya sampai \2",
    "the one fixes {t}, the other {t}": r"yang satu menetapkan \1, yang lain \2",
    "the one asks for it by {t}, the other fixes {t}": r"yang satu memintanya paling lambat \1, yang lain menetapkan \2",
}
#: What a decision says, and what it is about: holes {d}, {k} and {o}.
DECIDED: dict[str, str] = {
    "force": "wajib",
    "forbid": "dilarang",
    "fix": "tetap",
    "postpone": "ditunda",
    "promised": "dijanjikan",
}
SUBJECTS: dict[str, str] = {
    "village": "desa",
    "place": "tempat",
    "site": "menara",
    "option": "cara",
    "fund": "dana",
}
