"""What the settings of the plan are called and what each is for; the English explanations are the declared ones."""

from __future__ import annotations

from merata.region.settings import FundSettings, PlanSettings
from merata.region.settings_rules import DecideSettings, FairSettings

#: Setting -> (name in Indonesian, name in English, explanation in Indonesian).
_WORDS: dict[str, tuple[str, str, str]] = {
    "plan.first_year": ("Tahun pertama", "First year", "Tahun pertama yang direncanakan."),
    "plan.last_year": ("Tahun terakhir", "Last year", "Tahun terakhir yang direncanakan."),
    "plan.villages_per_year": ("Desa per tahun", "Villages a year", "Paling banyak desa yang dapat dibangun dalam setahun; 0: tanpa batas."),
    "plan.early_discount": ("Nilai layanan lebih awal", "Worth of coming earlier", "Seberapa turun nilai setahun layanan untuk tiap tahun ia datang lebih lambat."),
    "plan.office_weight": ("Bobot kantor desa", "Weight of a village office", "Seberapa berat kantor desa dihitung di samping warganya."),
    "plan.school_weight": ("Bobot sekolah", "Weight of a school", "Seberapa berat sebuah sekolah dihitung."),
    "plan.health_post_weight": ("Bobot pos kesehatan", "Weight of a health post", "Seberapa berat sebuah pos kesehatan dihitung."),
    "plan.people_growth": ("Pertumbuhan penduduk", "Growth of the people", "Kenaikan jumlah warga tiap tahun sesudah tahun pertama, sebagai bagian: 0,01 berarti 1%."),
    "plan.ending": ("Kontrak yang berakhir", "Contracts that end", 'Kontrak yang berakhir dan tidak diperpanjang: nomor tempat = tahun layanan terakhir, misalnya "school 12 = 2026"; sejak tahun berikutnya tempat itu di bawah janjinya.'),
    "plan.price": ("Harga yang dipakai", "Which price", "Di mana dalam rentang harga rencana ini menghitung."),
    "plan.price_growth": ("Kenaikan harga", "Growth of prices", "Kenaikan semua harga tiap tahun sesudah tahun pertama, sebagai bagian: 0,03 berarti 3%."),
    "plan.contract_years": ("Lama kontrak", "Years of a contract", "Berapa tahun sebuah langganan dikontrak. Biaya rutin tetap dihitung sampai tahun terakhir rencana; kontrak yang habis sebelum itu diperpanjang. Yang mengikat sesudahnya disebutkan, tidak dibayar dari uang rencana."),
    "plan.lead_years": ("Waktu membangun", "Years to build", 'Tahun antara membayar dan layanan berjalan, menurut cara atau jenis bangunan, misalnya "new tower = 1"; yang lain: pada tahun yang sama.'),
    "plan.sure": ("Kepastian anggaran", "How sure the budget holds", "Peluang, 0,5 sampai 0,99, bahwa anggaran tiap tahun cukup walau harga ternyata lain: uang disisihkan sampai tercapai; 0: tidak ada yang disisihkan."),
    "plan.tower_spare_mbps": ("Sisa kapasitas menara", "What a tower has to spare", "Yang dianggap tersisa pada sambungan menara 4G atau 5G yang beroperasi, Mbit/s; 0: tidak ada, tautan baru harus dari serat optik atau titik kehadiran jaringan."),
    "plan.tower_height_m": ("Tinggi menara baru", "Height of a new tower", "Tempat tertinggi bagi antena microwave pada menara baru, meter di atas tanah."),
    "plan.hop_km": ("Sambungan microwave terpanjang", "Longest microwave hop", "Sambungan microwave baru terpanjang yang dipikirkan, km."),
    "plan.budget_after_last": ("Tahun tanpa anggaran", "Years without a budget", "Untuk tahun yang anggarannya belum diketahui: ulangi jumlah terakhir yang diketahui (diasumsikan), atau tidak merencanakan apa pun."),
    "plan.gap": ("Kapan pencarian cukup", "When the search is enough", "Pencarian selesai bila rencana terbukti sedekat ini dengan yang terbaik, sebagai bagian; atau bila pekerjaannya habis, dan jarak yang tersisa boleh lebih besar."),
    "plan.promise_share": ("Harga menepati janji", "What keeping promises may cost", "Berapa bagian dari rencana terbaik yang boleh dilepas pada perencanaan ulang supaya lebih sedikit janji berubah."),
    "plan.seconds": ("Waktu pencarian", "Time for the search", "Pencarian selesai paling lambat sesudah sekian detik. Biasanya lebih cepat. Bila waktu yang menentukan, rencana menyebutkannya."),
    "plan.fair.count": ("Dihitung dalam", "Counted in", "Bagian dihitung dalam desa atau dalam warga yang berada di bawah janjinya."),
    "plan.fair.floor": ("Bagian terkecil tiap kecamatan", "Least share of each district", 'Bagian terkecil dari tiap kecamatan yang terlayani pada akhir suatu tahun, misalnya "2027 = 0.3".'),
    "plan.fair.each_year": ("Desa per kecamatan tiap tahun", "Villages of each district a year", "Berapa desa yang didapat tiap kecamatan setiap tahun, selama masih ada; yang datang lebih awal dihitung untuk tahun berikutnya; 0: tanpa aturan ini."),
    "plan.fair.worst_first": ("Yang terburuk lebih dulu", "The worst off first", "Sekian kecamatan yang sekarang paling tertinggal tidak pernah tertinggal lebih dari satu desa dari bagian wilayah yang terlayani; 0: tanpa aturan ini."),
    "plan.fair.spread": ("Batas ketimpangan", "Cap on inequality", "Selisih terbesar antara bagian terlayani dua kecamatan mana pun pada tahun terakhir, 0 sampai 1."),
    "plan.fair.longest_wait_years": ("Tunggu paling lama", "Longest wait", "Tiap desa terlayani paling lambat sekian tahun sesudah masa tunggunya mulai; 0: pada tahun itu juga."),
    "plan.fair.wait_from": ("Tunggu dihitung sejak", "Where the wait begins", "Masa tunggu mulai pada tahun pertama rencana, atau pada tahun sejak desa itu diketahui belum terlayani."),
    "plan.fair.order": ("Siapa lebih dulu", "Who goes first", "Urutannya: unserved dan weak, dan jenis tempat seperti village office, school, health post, people; semua yang bisa untuk satu didahulukan sebelum yang berikutnya."),
    "funds.share": ("Bagian yang boleh dipakai", "Part that may be used", "Bagian dari jumlah dana yang boleh direncanakan wilayah ini, 0 sampai 1."),
    "funds.carry_years": ("Boleh dipakai sampai", "Years that money stays", "Berapa tahun sesudah tahunnya sendiri uang itu masih boleh dibelanjakan."),
    "funds.pays": ("Boleh membayar", "May pay for", "Biaya yang boleh dibayar: pembangunan (bangunan, perangkat), biaya rutin (langganan, operasi)."),
    "funds.villages": ("Hanya di", "Only in", "Di mana boleh membayar: kode desa atau kecamatan, atau nama kecamatan; kosong: di mana saja. Kabel atau sambungan antardesa harus boleh di semua desanya."),
    "funds.kinds": ("Hanya untuk", "Only for", "Untuk apa boleh membayar: cara, jenis tempat, jenis bangunan bersama; kosong: apa saja. Cara dan jenis tempat yang disebut bersama diminta keduanya (leo, school: LEO di sekolah)."),
    "funds.ceiling": ("Bagian terbesar", "Largest share", "Bagian terbesar, 0 sampai 1, yang boleh dibayar dana ini dari biaya hal-hal yang boleh dibayarnya dalam setahun; dana lain membayar sisanya."),
    "decide.decision": ("Apa yang diputuskan", "What is decided", "Semua kecuali wajib dan dilarang butuh tahun; dilarang tidak memakai tahun."),
    "decide.village": ("Desa", "Village", "Nama desa seperti diucapkan, boleh dengan kecamatannya, atau kodenya. Desa dianggap terlayani bila kantornya terlayani."),
    "decide.option": ("Cara", "Option", "Hanya cara ini di desa atau tempat itu. Tanpa desa atau tempat: di mana saja, dan hanya bisa dilarang atau ditunda."),
    "decide.year": ("Tahun", "Year", "Tahun keputusan itu."),
    "decide.reason": ("Alasan", "Reason", "Mengapa, dalam beberapa kata; dikutip dalam penjelasan."),
    "decide.place": ("Nomor tempat", "Id of a place", "Nomor fasilitas atau permukiman, sebagai ganti desa."),
    "decide.site": ("Nomor menara", "Id of a site", "Nomor menara atau sambungan jaringan, sebagai ganti desa."),
    "decide.fund": ("Dana", "Fund", "Dana yang membayarnya; hanya bersama keputusan tetap."),
    "decide.paid": ("Sudah dibayar", "Paid already", "Hanya bersama dijanjikan: biaya membangunnya sudah dibayar, biaya menjalankannya belum."),
}  # fmt: skip

_DECLARED = {
    **{f"plan.{name}": info for name, info in PlanSettings.model_fields.items()},
    **{f"plan.fair.{name}": info for name, info in FairSettings.model_fields.items()},
    **{f"decide.{name}": info for name, info in DecideSettings.model_fields.items()},
    **{f"funds.{name}": info for name, info in FundSettings.model_fields.items()},
}


def _sentences() -> dict[str, tuple[str, str]]:
    told: dict[str, tuple[str, str]] = {}
    for name, (indonesian, english, why) in _WORDS.items():
        key, declared = name.replace(".", "_"), _DECLARED[name].description or ""
        told[f"set_{key}"] = (indonesian, english)
        told[f"why_{key}"] = (why, f"{declared.rstrip('.').replace('`', '')}.")
    return told


PLAN_SETTINGS = _sentences()
