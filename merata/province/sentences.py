"""What the province's pages say, in Indonesian and English side by side."""

# ruff: noqa: E501 — a sentence a line.
from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "site": ("Internet untuk semua: {name}", "Internet for all: {name}"),
    "skip": ("Langsung ke isi", "Skip to the content"),
    "other_language": ("English", "Bahasa Indonesia"),
    "made_up": ("Contoh: semua di sini dibuat-buat.", "Example: everything here is made up."),
    "foot": ("Dihitung {day} dari data terbuka situs setiap wilayah · Merata {version}", "Reckoned {day} from the open data of each region's site · Merata {version}"),
    "h_home": ("Wilayah di {name}", "Regions of {name}"),
    "home_lead": (
        "Setiap wilayah memiliki situs, akun, dan datanya sendiri. Halaman ini hanya menyandingkan apa yang mereka terbitkan bagi semua orang.",
        "Each region has its own site, accounts and data. These pages only set side by side what they publish to everybody.",
    ),
    "map_about": ("Peta kasar letak wilayah-wilayah", "Rough map of where the regions are"),
    "map_words": ("Garis luar melingkupi titik tengah desa-desa; ini bukan batas resmi. Angkanya kode wilayah.", "The outlines go around the middles of the villages; they are no official borders. The numbers are the regions' codes."),
    "c_region": ("Wilayah", "Region"), "c_owner": ("Pemilik data", "Who owns the data"), "c_villages": ("Desa", "Villages"),
    "c_people": ("Penduduk", "People"), "c_data": ("Data per", "Data of"), "c_taken": ("diambil {day}", "taken {day}"),
    "never": ("belum pernah", "never"), "unknown_day": ("tidak diketahui", "not known"),
    "no_data": ("Belum ada datanya.", "No data of it yet."),
    "stale": ("Tidak dapat diambil yang terbaru; yang dipakai adalah yang terakhir diambil.", "The newest could not be taken; what was taken last is used."),
    "no_regions": ("Belum ada wilayah.", "There is no region yet."),
    "h_compare": ("Bandingkan yang serupa", "Compare like with like"),
    "compare_lead": (
        "Wilayah yang kaya dan datar lebih mudah dilayani daripada yang pegunungan dan terpencil. Karena itu yang disandingkan adalah tempat yang serupa. Urutannya menurut kode, bukan peringkat.",
        "A rich, flat region is easier to serve than a mountainous, remote one. So places that are alike are set side by side. They stand in order of code; it is no ranking.",
    ),
    "how": ("Cara menghitung", "How it is reckoned"), "files": ("Berkas", "Files"),
    "all": ("Semua wilayah", "All regions"),
    "interval": ("{low}–{high}", "{low}–{high}"), "more_than_seen": ("lebih lama dari yang terlihat", "longer than was seen"),
    "too_few": ("terlalu sedikit untuk dinilai", "too few to say"),
    "none_yet": ("Belum ada data untuk ini.", "There is no data for this yet."),
    "not_alike": ("tempatnya terlalu lain untuk dibandingkan", "its places are too unlike to compare"),
    "covered": ("mencakup {share} bobot provinsi", "covers {share} of the province's weight"),
    "why_differ": ("Mengapa bisa berbeda", "Where differences may come from"),
    "ref_words": ("Garis tebal adalah selang 95%, tanda tegak nilainya, garis putus-putus semua wilayah bersama.", "The thick line is the 95% interval, the upright mark the value, the dashed line all regions together."),
    "h_access": ("Akses", "Access"),
    "access_lead": ("Berapa bagian penduduk yang mencapai tingkat layanan yang dijanjikan wilayahnya.", "What share of the people reach the service level that their region promises."),
    "access_level": ("Penduduk menurut tingkat layanan sekarang", "People by service level now"),
    "access_raw": ("Mencapai janji", "Reach the promise"),
    "access_alike": ("Bila tempatnya seperti di seluruh provinsi", "As if its places were as in the whole province"),
    "access_alike_words": ("Bagian di setiap jenis tempat dirata-ratakan dengan bobot penduduk provinsi di jenis itu (standardisasi langsung).", "The share in each kind of place, averaged with the province's people in that kind as weights (direct standardisation)."),
    "promised": ("janji: {levels}", "promise: {levels}"),
    "promised_differ": ("Wilayah-wilayah menjanjikan tingkat yang berbeda: bandingkan juga tabel menurut tingkat layanan.", "The regions promise different levels: compare the table by service level too."),
    "access_kinds": ("Menurut jenis tempat", "By kind of place"),
    "access_why": (
        "Selang menunjukkan seberapa pasti pengetahuan kita: wilayah yang banyak mengukur memiliki selang yang lebih sempit. Beda juga dapat berasal dari janji yang berbeda, listrik, menara yang sudah ada, dan uang yang diterima, bukan hanya dari kerja kantornya.",
        "The interval shows how sure the knowledge is: a region that measures much has narrower ones. Differences may also come from other promises, electricity, towers that were there, and money received, not only from the work of the office.",
    ),
    "h_inequality": ("Ketimpangan", "Inequality"),
    "inequality_lead": ("Seberapa merata akses tersebar antardesa di dalam setiap wilayah. Gini 0 berarti sama bagi semua.", "How evenly access is spread between the villages of each region. Gini 0 means the same for all."),
    "gini": ("Indeks Gini", "Gini index"), "worst_tenth": ("Akses sepersepuluh warga terbawah", "Access of the worst-off tenth of people"),
    "between": ("Bagian ketimpangan antara jenis tempat", "Share of inequality between kinds of place"),
    "inequality_why": (
        "Bagian antara jenis tempat adalah yang sejalan dengan medan dan keterpencilan; sisanya terjadi antara desa-desa yang serupa. Hanya beda antardesa yang terlihat di sini, bukan di dalam desa. Di wilayah yang hampir semua warganya tanpa akses, Gini bisa tinggi karena segelintir yang punya.",
        "The share between kinds is what goes with terrain and remoteness; the rest is between villages that are alike. Only differences between villages show here, not within them. Where nearly all are without access, the Gini can be high because of the few who have it.",
    ),
    "h_cost": ("Biaya per orang", "Cost per person"),
    "cost_lead": ("Biaya menurut rencana untuk setiap orang yang dinaikkan ke janji, menurut cara melayani dan medan.", "The plan's cost for each person brought to the promise, by how they are served and by terrain."),
    "once": ("sekali", "once"), "each_year": ("tiap tahun", "each year"),
    "cost_why": (
        "Ini biaya rencana, bukan kuitansi: dimodelkan dari harga setiap wilayah. Beda dapat berasal dari jarak ke serat optik, ukuran desa, harga setempat, dan sumber dana. Kelompok dengan kurang dari lima desa hanya masuk dalam semua wilayah.",
        "These are the plans' costs, no receipts: modelled from each region's prices. Differences may come from the distance to fibre, the size of villages, local prices and funds. Groups of fewer than five villages are in all regions only.",
    ),
    "h_connect": ("Hari sampai tersambung", "Days to connect"),
    "connect_lead": ("Dari kontrak sampai titik layanan beroperasi: separuh sudah tersambung setelah sekian hari.", "From contract to service: half were connected after so many days."),
    "connect_why": (
        "Titik yang masih menunggu ikut dihitung selama ia menunggu; tanpa itu wilayah yang lambat tampak cepat. Beda dapat berasal dari musim, sungai dan jalan, serta peralatan yang harus diimpor.",
        "Points that still wait count for as long as they have waited; without that a slow region would look fast. Differences may come from seasons, rivers and roads, and equipment that is imported.",
    ),
    "days": ("{n} hari", "{n} days"), "hours": ("{n} jam", "{n} hours"),
    "cases": ("{n} kasus, {open} belum selesai", "{n} cases, {open} still open"),
    "h_repair": ("Waktu perbaikan", "Time to repair"),
    "repair_lead": ("Dari tautan mati sampai hidup lagi, menurut pengukuran tiga bulan terakhir: separuh pulih setelah sekian jam.", "From a link's failure until it works again, as measured in the last three months: half were repaired after so many hours."),
    "repair_why": (
        "Hanya gangguan tautan yang dihitung; pemadaman listrik dan pekerjaan yang diberitahukan tidak. Beda dapat berasal dari perjalanan teknisi, suku cadang, dan cuaca.",
        "Only failures of links count; power cuts and announced work do not. Differences may come from the technician's way, spare parts and weather.",
    ),
    "h_kept": ("Janji yang ditepati", "Promises kept"),
    "kept_lead": ("Dari janji yang tahunnya sudah lewat, berapa yang ditepati pada tahun itu.", "Of promises whose year is over, how many were kept in that year."),
    "funnel_about": ("Bagian janji yang ditepati menurut banyaknya janji, dengan batas kebetulan", "Share of promises kept over their number, with the limits of chance"),
    "funnel_axis": ("janji", "promises"),
    "funnel_words": (
        "Di antara garis dalam terletak 95% wilayah yang sebenarnya sama dengan semua, di antara garis luar 99,8%: yang ada di dalamnya tidak dapat dibedakan dari kebetulan.",
        "Between the inner lines lie 95% of regions that are in truth as all are, between the outer ones 99.8%: what is inside can't be told from chance.",
    ),
    "of_due": ("{kept} dari {due}; {moved} diundur", "{kept} of {due}; {moved} put off"),
    "kept_alike": ("Bila janjinya di tempat seperti di seluruh provinsi", "As if promised to places as in the whole province"),
    "kept_why": (
        "Janji yang diundur tetap dihitung pada tahun semula, sehingga mengubah janji tidak memperindah angka. Yang menjanjikan banyak di tempat sulit menepati lebih sedikit; bandingkan karena itu di tempat serupa, dan lihat alasan di situs wilayahnya.",
        "A promise put off still counts in its first year, so changing promises does not improve the figure. Who promises much in hard places keeps fewer; so compare in like places, and see the reasons on the region's site.",
    ),
    "h_how": ("Cara menghitung", "How it is reckoned"),
    "how_data": (
        "Yang diambil dari setiap wilayah hanyalah data terbukanya, yang dapat diunduh siapa pun. Berkas yang isinya tidak sesuai ditolak seluruhnya, dan yang terakhir baik tetap dipakai.",
        "All that is taken of each region is its open data, which anybody can download. Files that are not as they should be are refused as a whole, and the last good ones stay in use.",
    ),
    "how_kinds": (
        "Jenis tempat: medan menurut beda tinggi dalam 3 km dari tempat tinggal warga (datar sampai {hilly} m, berbukit sampai {mountainous} m, pegunungan di atasnya; menurut Hammond 1964 dan Karagulle dkk. 2017), keterpencilan menurut orang dalam 10 km (dekat mulai {middle}, jauh di bawah {far}). Batas-batas ini dipilih, bukan diukur.",
        "Kinds of place: terrain by the difference of heights within 3 km of where people live (flat up to {hilly} m, hilly up to {mountainous} m, mountainous above; after Hammond 1964 and Karagulle et al. 2017), remoteness by people within 10 km (near from {middle} on, far below {far}). These bounds are chosen, not measured.",
    ),
    "how_standard": (
        "Standardisasi langsung: Σ wₖ rₖ / Σ wₖ; rₖ adalah bagian wilayah di jenis tempat k, wₖ penduduk (atau janji) seluruh provinsi di jenis itu (Breslow dan Day 1987). Jenis dengan kurang dari {least} desa dilewati; bila yang tersisa kurang dari {cover} bobot, tidak ada angka.",
        "Direct standardisation: Σ wₖ rₖ / Σ wₖ, where rₖ is the region's share in the kind of place k and wₖ the whole province's people (or promises) in it (Breslow and Day 1987). Kinds with fewer than {least} villages are left out; where less than {cover} of the weight remains, there is no figure.",
    ),
    "how_sure": (
        "Selang 95%: bagian penduduk dari peluang setiap desa; biaya sebagai nisbah jumlah (Cochran 1977); waktu menurut Kaplan dan Meier (1958); janji menurut Wilson (1927), corong menurut Spiegelhalter (2005). Ketimpangan dari {draws} tarikan acak atas ketidakpastian peluang.",
        "95% intervals: shares of people from each village's chance; costs as a ratio of sums (Cochran 1977); times after Kaplan and Meier (1958); promises after Wilson (1927), funnels after Spiegelhalter (2005). Inequality from {draws} random draws of the chances' uncertainty.",
    ),
}  # fmt: skip

CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "terrain": {"flat": ("datar", "flat"), "hilly": ("berbukit", "hilly"), "mountainous": ("pegunungan", "mountainous"), "unknown": ("medan tidak diketahui", "terrain not known")},
    "remoteness": {"near": ("dekat orang banyak", "near many people"), "middle": ("agak terpencil", "rather remote"), "far": ("terpencil", "remote"), "unknown": ("letak tidak diketahui", "place not known")},
}  # fmt: skip
