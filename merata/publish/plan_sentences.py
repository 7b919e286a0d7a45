"""The sentences of the plan's own pages and sheets: progress, works, funds, fairness: key -> (Indonesian, English)."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

PLAN_SENTENCES: dict[str, tuple[str, str]] = {
    # nouns after a number
    "one_thing": ("tempat atau bangunan", "place or works"),
    "many_thing": ("tempat atau bangunan", "places or works"),
    # progress by year, for the council
    "h_council": ("Kemajuan per tahun, satu halaman untuk rapat", "Progress by year, one page for the council"),
    "council_proof": (
        "Periksa rencana ini: setelah diterbitkan, sidik jarinya (SHA-256 dari plan.json, di akhir alamat ini) ada di catatan tetap yang tidak bisa ditulis ulang.",
        "Check this plan: once it is published, its fingerprint (the SHA-256 of plan.json, at the end of this address) stands in the record that nobody can rewrite.",
    ),
    "council_words": (
        "Semua angka kumulatif sampai akhir tahun, kecuali uang. “Terlayani” berarti naik ke tingkat yang dijanjikan.",
        "All figures are totals by the end of the year, save money. “Served” means brought to the level that is promised.",
    ),
    "council_caption": ("Kemajuan per tahun, uang dalam juta rupiah", "Progress by year, money in million rupiah"),
    "council_people": ("Jiwa yang benar-benar terlayani: rentang yang delapan dari sepuluh kali terjadi, dan angka rencana", "People really served: the range that eight times in ten holds, and the planned number"),
    "council_range": ("{year}: direncanakan {planned}, rentang {low}–{high}", "{year}: planned {planned}, range {low}–{high}"),
    "council_first": (
        "Pada akhir {last} {villages} mendapat titik layanan dan {people} terlayani di rumahnya, delapan dari sepuluh kali antara {low} dan {high}.",
        "By the end of {last} {villages} have a service point and {people} are served at home; eight times in ten it is between {low} and {high}.",
    ),
    "council_budget": (
        "Tahun yang anggarannya paling mudah terlampaui: {year}, peluang cukup {chance}.",
        "The year whose budget is the tightest: {year}, it holds with a chance of {chance}.",
    ),
    "council_lowest": (
        "Kecamatan yang paling tertinggal saat itu: {district}, {share} dari yang membutuhkan dan terjangkau. Di seluruh wilayah {all}.",
        "The district worst off by then: {district}, {share} of what is in need and in reach. In the whole region {all}.",
    ),
    "council_gini": (
        "Ketimpangan akses (indeks Gini, 0 merata) {change} dari {before} ke {after}.",
        "Inequality of access (Gini index, 0 is even) {change} from {before} to {after}.",
    ),
    "council_funds": ("Yang direncanakan dari setiap dana, dalam juta rupiah", "Money planned by fund, in million rupiah"),
    "council_works": ("Bangunan bersama yang terbesar", "The biggest shared works"),
    "council_serves": ("tempat yang dilayaninya: {places}", "places served over it: {places}"),
    "change_falls": ("turun", "falls"),
    "change_rises": ("naik", "rises"),
    "change_stays": ("tetap", "stays"),
    "before_plan": ("sekarang", "now"),
    "c_spent_year": ("Dipakai", "Spent"),
    "c_budget_chance": ("Peluang anggaran cukup", "Chance that the budget holds"),
    "c_people_range": ("Jiwa terlayani (rentang)", "People served (range)"),
    "c_share_served": ("Bagian terlayani", "Share served"),
    "c_lowest": ("Kecamatan terendah", "Lowest district"),
    "c_gini": ("Gini", "Gini"),
    # proof in plain words
    "proof_words": (
        "Nilai rencana ini {objective}: tahun layanan berbobot, makin awal makin bernilai. Dengan aturan, harga, dan anggaran yang sama, tidak ada rencana yang bernilai lebih dari {bound}. Jadi paling banyak {gap} yang mungkin terlewat.",
        "This plan is worth {objective}: weighted years of service, the earlier the more. Under the same rules, prices and budgets no plan is worth more than {bound}. So at most {gap} can have been missed.",
    ),
    "proof_best": (
        "Nilai rencana ini {objective}: tahun layanan berbobot, makin awal makin bernilai. Itu juga batas atas yang terbukti: tidak ada rencana yang lebih baik.",
        "This plan is worth {objective}: weighted years of service, the earlier the more. That is also the proven upper bound: no plan is better.",
    ),
    # what funds buy
    "h_buys": ("Apa yang dibeli setiap dana", "What each fund buys"),
    "buys_words": (
        "Setiap rupiah rencana ini sekali, menurut dana yang membayar dan yang dibeli: yang tinggal di satu tempat, dan yang dipakai bersama (kabel, menara, sambungan). Sebuah tempat yang dibayar dua dana dihitung di keduanya. Bangunan bersama melayani lewat tempat-tempatnya, jadi desa dan jiwa hanya dihitung di sana. Per tahun: plan.xlsx.",
        "Every rupiah of the plan once, by the fund that pays and what it buys: what belongs to one place, and what several share (cable, towers, hops). A place that two funds pay for counts in both. Shared works serve through places, so villages and people are counted there only. By year: plan.xlsx.",
    ),
    "buys_caption": ("Apa yang dibeli setiap dana, uang dalam juta rupiah", "What each fund buys, money in million rupiah"),
    "c_buys": ("Yang dibeli", "What it buys"),
    "c_things": ("Berapa", "How many"),
    "c_total": ("Jumlah", "In all"),
    "c_kept": ("Dari uang tahun lalu", "From earlier years"),
    # promises of a run before
    "h_promises": ("Janji rencana sebelumnya", "Promises of the plan before"),
    "promises_words": (
        "Ini rencana ulang dari perhitungan {run}: mengubah sesedikit mungkin dari {total} janji yang dibuat perhitungan itu.",
        "This is a re-plan of run {run}: it changes as few as can be of the {total} promises that run made.",
    ),
    "promises_all": ("Semua janji dipenuhi.", "Every promise is kept."),
    "promises_caption": ("Janji yang tidak dipenuhi seperti semula, uang dalam juta rupiah", "Promises that are not kept as they were, money in million rupiah"),
    "promises_lacking": ("{amount} tidak ada", "{amount} is not there"),
    "promises_more": ("{count} lain ada dalam plan.xlsx.", "{count} more are in plan.xlsx."),
    "c_promised": ("Dijanjikan", "Promised"),
    "c_instead": ("Sekarang", "Now"),
    "c_keep": ("Biaya memenuhinya", "Cost of keeping it"),
    # works
    "h_works": ("Yang dibangun untuk beberapa tempat", "What is built for several places"),
    "works_words": ("{works} yang berbiaya: {list}.", "{works} that cost money: {list}."),
    "works_free": ("{count} lain tanpa biaya sendiri, seperti sambungan di tempat yang sama, tidak ditulis.", "{count} more cost nothing of their own, like a join at one place, and are not listed."),
    "works_none": ("Tidak ada: setiap titik berdiri sendiri atau memakai yang sudah ada.", "None: every point stands alone or uses what is there."),
    "works_caption": ("Bangunan bersama, uang dalam juta rupiah", "Shared works, money in million rupiah"),
    "works_more": ("{count} lain ada dalam plan.xlsx.", "{count} more are in plan.xlsx."),
    "one_works": ("bangunan bersama", "shared works"),
    "many_works": ("bangunan bersama", "shared works"),
    "c_work": ("Bangunan", "Works"),
    "c_serves": ("Melayani", "Serves"),
    "km": ("{km} km", "{km} km"),
    # notes, chances, ends
    "h_notes": ("Catatan tentang aturan", "Notes of the rules"),
    "notes_words": ("Yang perlu diketahui tentang aturan dan keputusan di region.toml:", "What should be known of the rules and decisions in region.toml:"),
    "note": ("Catatan aturan: {note}", "Note of the rules: {note}"),
    "until": ("sampai {year}", "until {year}"),
    "chance_served": ("benar-benar terlayani: {chance}", "really served: {chance}"),
    # maps
    "work_cable": ("kabel baru", "new cable"),
    "work_hop": ("sambungan microwave baru", "new microwave hop"),
    "work_tower": ("menara atau sel 4G baru", "new tower or 4G cell"),
    "work_repeater": ("penguat sinyal baru", "new repeater"),
    "work_about": ("Yang dibangun: {parts}.", "What is built: {parts}."),
    # sheets
    "sheet_works_free": ("{count} bangunan lain tanpa biaya sendiri tidak ditulis di sini; semuanya ada dalam plan_works.csv", "{count} other works cost nothing of their own and are not listed here; all are in plan_works.csv"),
    "sheet_promises": ("Rencana ulang dari perhitungan {run}", "Re-plan of run {run}"),
    "sheet_sure": ("Dari harga dan layanan yang diundi berkali-kali; lihat lembar Asumsi", "From prices and service drawn many times over; see the sheet Assumptions"),
    "sheet_before": ("Baris tanpa tahun: sebelum rencana", "The row without a year: before the plan"),
}  # fmt: skip
