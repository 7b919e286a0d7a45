"""Sentences of the pages for everybody."""

from __future__ import annotations

PUBLIC: dict[str, tuple[str, str]] = {
    # where to go
    "menu_short": ("Yang paling dicari", "Most looked for"),
    "menu_people": ("Untuk warga", "For residents"),
    "menu_programme": ("Program", "Programme"),
    "menu_data": ("Data", "Data"),
    "nav_home": ("Depan", "Home"),
    "nav_districts": ("Kecamatan dan desa", "Districts and villages"),
    "nav_districts_short": ("Kecamatan", "Districts"),
    "nav_plans": ("Rencana", "Plans"),
    "nav_budget": ("Anggaran", "Budget"),
    "nav_gap": ("Kesenjangan", "The gap"),
    "nav_sectors": ("Bidang", "Sectors"),
    "nav_providers": ("Penyedia", "Providers"),
    "nav_method": ("Cara menghitung", "How it is reckoned"),
    "nav_data": ("Data terbuka", "Open data"),
    "nav_more": ("Lainnya", "More"),
    # where a village stands
    "stands_served": ("sudah terlayani", "served"),
    "stands_promised": ("dijanjikan", "promised"),
    "stands_late": ("terlambat", "late"),
    "stands_unserved": ("belum ada rencana", "no plan yet"),
    # home
    "home_title": ("Internet di {region}", "Internet in {region}"),
    "home_lead": (
        "Desa mana yang sudah terlayani, mana yang dijanjikan dan kapan, dan ke mana uangnya.",
        "Which villages are served, which are promised and when, and where the money goes.",
    ),
    "home_known": (
        "Keadaan sekarang di desa-desa itu diketahui begini:",
        "How the present state of these villages is known:",
    ),
    "home_map": ("Peta {count} desa menurut keadaannya", "Map of {count} villages by where they stand"),
    "home_people": ("{people} tinggal di desa-desa ini.", "{people} live in these villages."),
    "home_districts": ("Lihat per kecamatan", "See them by district"),
    "home_budget": ("Lihat per tahun dan sumber dana", "See it by year and fund"),
    "money_title": ("Uang", "Money"),
    "money_planned": ("direncanakan {first}–{last}", "planned {first}–{last}"),
    "money_contracted": ("sudah dikontrak", "contracted"),
    "money_paid": ("sudah dibayar", "paid"),
    # search
    "find_label": ("Cari desa Anda", "Find your village"),
    "find_go": ("Cari", "Find"),
    "find_title": ("Cari desa", "Find a village"),
    "find_hint": (
        "Tulis nama desa seperti diucapkan, boleh dengan kecamatannya, atau kodenya.",
        "Write the village's name as it is spoken, with its district if you like, or its code.",
    ),
    "find_found": ("{count} yang mungkin dimaksud dengan “{asked}”:", "{count} that “{asked}” may mean:"),
    "find_none": (
        "Tidak ada desa yang namanya mirip “{asked}”. Coba sebagian namanya saja, atau pilih kecamatannya di halaman Kecamatan.",
        "No village has a name like “{asked}”. Try a part of the name, or choose its district on the page Districts.",
    ),
    # the map that moves
    "map_open": ("Buka peta yang bisa digeser dan diperbesar", "Open the map that moves and zooms"),
    "map_title": ("Peta desa", "Map of the villages"),
    "map_lead": ("Ketuk sebuah desa untuk melihat keadaannya.", "Tap a village to see where it stands."),
    "map_show": ("Tampilkan peta (sekitar {kb} kB)", "Show the map (about {kb} kB)"),
    "map_wait": ("Peta sedang diambil …", "The map is on its way …"),
    "map_failed": (
        "Peta gagal diambil. Coba lagi nanti; daftar di bawah tetap bisa dipakai.",
        "The map did not arrive. Try again later; the list below works all the same.",
    ),
    "map_none": (
        "Peta ini butuh skrip. Tanpa skrip, pakai daftar kecamatan:",
        "This map needs scripts. Without them, use the list of districts:",
    ),
    # a village
    "village_now": ("Sekarang", "Now"),
    "village_since": (
        "{place}: titik layanan program beroperasi sejak {date}.",
        "{place}: the programme's service point is in service since {date}.",
    ),
    "village_before": (
        "Yang berikut diketahui dari data per {date}, sebelum itu:",
        "What follows is known from the data of {date}, before that:",
    ),
    "village_level": (
        "Tingkat layanan: {level}. Yang dijanjikan: {promised}.",
        "Service level: {level}. What is promised: {promised}.",
    ),
    "village_means": (
        "“{level}” berarti sedikitnya unduh {down} Mbit/s dan unggah {up} Mbit/s.",
        "“{level}” means {down} Mbit/s down and {up} Mbit/s up at least.",
    ),
    "village_sure": (
        "Peluang layanan desa ini masih di bawah yang dijanjikan: {chance}.",
        "Chance that the village's service is below what is promised: {chance}.",
    ),
    "village_wants": ("Yang kurang:", "What is lacking:"),
    "village_evidence": ("Dasarnya:", "What says so:"),
    "village_people": ("Penduduk: {people}", "Population: {people}"),
    "village_power": ("Listrik: {what}", "Electricity: {what}"),
    "village_when": ("Kapan giliran desa ini", "When its turn comes"),
    "village_year": ("Tahun {year}: {option}.", "In {year}: {option}."),
    "village_money": (
        "Biaya {capex} sekali dan {opex} setahun, dari {fund}.",
        "It costs {capex} once and {opex} a year, from {fund}.",
    ),
    "village_served_already": (
        "Sebagian besar warganya sudah terlayani; rencana tidak memuat yang baru untuk desa ini.",
        "Most of its people are served already; the plan holds nothing new for this village.",
    ),
    "village_no_plan": ("Belum ada dalam rencana {first}–{last}.", "Not in the plan for {first}–{last}."),
    "village_why": ("Mengapa begitu, dan mengapa tidak lebih awal", "Why so, and why not earlier"),
    "village_who": ("Siapa yang bertanggung jawab", "Who is responsible"),
    "who_provider": (
        "Penyedia yang memasang dan menjalankan tautannya:",
        "The provider that installs and runs the link:",
    ),
    "who_owner": ("Yang berjanji:", "Who promised it:"),
    "who_fund": ("Pengelola dana {fund}", "Whoever keeps the fund {fund}"),
    "who_nobody": (
        "Belum ada yang ditunjuk: belum ada titik layanan, janji, atau dana untuk desa ini.",
        "Nobody is named yet: there is no service point, promise or fund for this village.",
    ),
    "village_places": ("Kantor, sekolah, dan fasilitas lain", "Offices, schools and other facilities"),
    "village_points": ("Titik layanan program", "Service points of the programme"),
    "open_since": ("sejak {date}", "since {date}"),
    "open_tested": ("saat diuji unduh {down} Mbit/s", "{down} Mbit/s down when tested"),
    "village_promises": ("Yang dijanjikan, dan yang berubah", "What was promised, and what changed"),
    "promise_is": (
        "{place}: {level} pada {year}, dengan {option}.",
        "{place}: {level} in {year}, by {option}.",
    ),
    "promise_replaced": ("Diganti {date}: {reason}.", "Replaced on {date}: {reason}."),
    "village_nearest": ("Tempat terdekat dengan internet yang layak", "Nearest place with a working link"),
    "village_nearest_is": ("{name}, {km} km garis lurus", "{name}, {km} km in a straight line"),
    "village_nearest_none": ("belum diketahui", "not known"),
    "village_nearest_here": ("di desa ini sendiri", "in this village itself"),
    "village_nearest_place": ("di desa ini: {place}", "in this village: {place}"),
    "village_nearest_live": ("titik layanan program", "a service point of the programme"),
    "village_unknown": (
        "Belum ada keterangan tentang internet di desa ini.",
        "Nothing is known yet of the internet in this village.",
    ),
    "village_late": (
        "Tahun yang dijanjikan sudah lewat dan janjinya belum ditepati. Rencana yang berlaku sekarang:",
        "The year that was promised went by, and the promise is not kept. The plan in force now:",
    ),
    "village_no_promises": (
        "Belum ada janji yang tercatat untuk desa ini.",
        "No promise is on record for this village yet.",
    ),
    "village_map": (
        "Peta kecamatan {district}; desa {name} bergaris tebal",
        "Map of the district {district}; the village {name} has a thick line",
    ),
    "village_earlier": (
        "Desa ini dalam rencana sebelumnya, nomor:",
        "This village in earlier plans, number:",
    ),
    "head_place": ("Tempat", "Place"),
    "head_now": ("Sekarang", "Now"),
    "head_promised": ("Janji", "Promise"),
    "head_year": ("Tahun", "Year"),
    "head_how": ("Cara", "How"),
    "head_state": ("Tahap", "State"),
    "head_provider": ("Penyedia", "Provider"),
    "head_stands": ("Keadaan", "Where it stands"),
    "share_title": ("Bagikan halaman ini", "Share this page"),
    "share_qr": ("Kode QR untuk dicetak", "QR code to print"),
    "report_link": ("Laporkan masalah", "Report a problem"),
    "poster_title": ("Internet di", "Internet in"),
    "poster_words": (
        "Sudah tersambung? Kapan giliran kita? Sedang rusak? Lihat dan laporkan di sini:",
        "Are we connected? When is our turn? Is it broken? See it and report it here:",
    ),
    "poster_code": ("Kode QR halaman desa {name}", "QR code of the page of {name}"),
    # districts
    "districts_lead": (
        "Berapa desa di setiap kecamatan yang sudah terlayani, dijanjikan, terlambat, dan belum ada rencananya.",
        "How many villages of each district are served, promised, late, and without a plan.",
    ),
    "district_title": ("Kecamatan {name}", "District {name}"),
    "district_map": ("Peta desa-desa kecamatan {name}", "Map of the villages of the district {name}"),
    "district_villages": ("Desa", "Villages"),
    # providers
    "providers_lead": (
        "Siapa yang memasang dan menjalankan tautan, berapa titik layanannya, dan berapa yang sudah dibayar.",
        "Who installs and runs the links, how many service points they have, and how much was paid.",
    ),
    "providers_none": ("Belum ada penyedia yang tercatat.", "No provider is on record yet."),
    "provider_contact": ("Hubungi: {contact}", "Contact: {contact}"),
    "provider_points": ("Titik layanan menurut tahapnya", "Service points by state"),
    "provider_no_points": ("Belum ada titik layanan.", "No service points yet."),
    "provider_contracts": ("Kontrak, dan yang dijanjikan", "Contracts, and what they promise"),
    "provider_no_contracts": ("Belum ada kontrak.", "No contracts yet."),
    "contract_number": ("Nomor", "Number"),
    "contract_time": ("Masa berlaku", "From, until"),
    "contract_promise": ("Yang dijanjikan setiap titik", "What each point is promised"),
    "contract_is": (
        "unduh {down} Mbit/s, unggah {up}, beroperasi {share} waktu, diperbaiki dalam {hours} jam",
        "{down} Mbit/s down, {up} up, working {share} of the time, repaired within {hours} hours",
    ),
    "contract_fee": ("Biaya sebulan satu titik", "Monthly fee of a point"),
    "provider_paid": ("Pembayaran per bulan", "Payments by month"),
    "provider_nothing_paid": ("Belum ada pembayaran.", "No payments yet."),
    "head_month": ("Bulan", "Month"),
    "head_payments": ("Pembayaran", "Payments"),
    "head_amount": ("Jumlah", "Amount"),
    "provider_where": ("Desa yang dilayani", "Villages"),
    # plans
    "plans_lead": (
        "Setiap rencana yang pernah disahkan tetap bisa dibaca di sini, seperti waktu diterbitkan.",
        "Every plan that was ever approved stays readable here, as it was when it was published.",
    ),
    "plan_approved": ("disahkan {date}", "approved {date}"),
    "plan_withdrawn": ("Rencana ini ditarik kembali", "This plan was withdrawn"),
    "plan_old": ("Ini rencana lama. Yang berlaku sekarang:", "This is an older plan. The one in force now:"),
    "plan_in_short": (
        "{villages} mendapat titik layanan sampai {last}, dan {people} naik ke tingkat yang dijanjikan di rumahnya. Biayanya {spent} dari {budget} yang tersedia.",
        "{villages} get a service point by {last}, and {people} are brought to the promise at home. It costs {spent} of {budget} that there is.",
    ),
    "plan_proof": ("Seberapa baik rencana ini", "How good this plan is"),
    "plan_years": ("Tahun demi tahun", "Year by year"),
    "plan_years_words": (
        "Desa dan jiwa dihitung seluruhnya sampai akhir tahun itu.",
        "Villages and people are counted all together by the end of that year.",
    ),
    "plan_others": ("Dibandingkan dengan rencana lain", "Compared with other plans"),
    "plan_compare_with": ("Bandingkan dengan rencana nomor {number}", "Compare with plan number {number}"),
    "plan_village_then": (
        "Begini desa ini dalam rencana nomor {number}, dengan data per {date}.",
        "This is how plan number {number} had the village, with data of {date}.",
    ),
    "plan_village_today": ("Lihat keadaannya hari ini", "See how it is today"),
    # two plans
    "compare_title": ("Rencana {a} dan rencana {b}", "Plan {a} and plan {b}"),
    "compare_lead": (
        "Apa yang berubah dari rencana nomor {a} (data per {from}) ke rencana nomor {b} (data per {to}).",
        "What changed from plan number {a} (data of {from}) to plan number {b} (data of {to}).",
    ),
    "compare_moved": ("Desa yang berubah", "Villages that changed"),
    "compare_count": (
        "{count} berubah tahun atau cara melayaninya.",
        "{count} changed their year or how they are served.",
    ),
    "compare_what": ("Perubahan", "Change"),
    "compare_more": (
        "{count} lagi ada dalam berkas CSV di bawah ini.",
        "{count} more are in the CSV file below.",
    ),
    "compare_money": ("Uang per tahun dan sumber dana", "Money by year and fund"),
    "compare_difference": ("Selisih", "Difference"),
    "compare_people": ("Jiwa terlayani sampai akhir tahun", "People served by the end of the year"),
    # budget
    "budget_lead": (
        "Anggaran per tahun dan sumber dana, dan ke mana perginya: yang direncanakan, dikontrak, dan dibayar.",
        "The budget by year and fund, and where it goes: planned, contracted, paid.",
    ),
    "budget_planned": ("Direncanakan", "Planned"),
    "budget_contracted": ("Dikontrak", "Contracted"),
    "budget_paid": ("Dibayar", "Paid"),
    "budget_no_fund": ("tanpa sumber dana", "no fund named"),
    "budget_words": (
        "Dikontrak: biaya bulanan titik yang kontraknya berlaku, kali bulan dalam tahun itu. Dibayar: menurut bulan yang dibayar.",
        "Contracted: the monthly fee of points under contract, times the months of that year. Paid: by the month that it was for.",
    ),
    "budget_providers": ("Pembayaran per penyedia", "Payments by provider"),
    # the gap
    "gap_lead": (
        "{below} sejauh diketahui berada di bawah tingkat layanan yang dijanjikan; diperkirakan {people} dari {total} belum terlayani di tempat tinggalnya.",
        "As far as is known {below} are below the service level that is promised; an estimated {people} of {total} are unserved where they live.",
    ),
    "gap_wants_words": (
        "Desa yang mungkin sekali di bawah janji, menurut apa yang kurang. Satu desa bisa kekurangan lebih dari satu hal.",
        "Villages that are probably below the promise, by what they want for. A village may want for more than one thing.",
    ),
    "gap_share": ("Bagian penduduk", "Share of people"),
    "gap_over_time": ("Dari waktu ke waktu", "Over time"),
    "gap_data_of": ("Data per", "Data of"),
    "gap_villages_below": ("Desa di bawah janji", "Villages below the promise"),
    # sectors
    "sectors_lead": (
        "Kantor, sekolah, pos kesehatan, pasar dan usaha: berapa yang belum mendapat internet yang dijanjikan, dan berapa yang ada dalam rencana.",
        "Offices, schools, health posts, markets and businesses: how many lack the internet that is promised, and how many are in the plan.",
    ),
    "sector_title": ("Bidang {name}", "Sector: {name}"),
    "sector_count": ("Fasilitas", "Facilities"),
    "sector_planned": ("Dalam rencana", "In the plan"),
    "sector_kind": ("Jenis", "Kind"),
    "sector_now": ("Tingkat layanan sekarang", "Service level now"),
    "sector_years": ("Fasilitas yang direncanakan per tahun", "Facilities planned by year"),
    "sector_no_years": ("Tidak ada yang direncanakan.", "Nothing is planned."),
    # method
    "method_lead": (
        "Bagaimana angka-angka di situs ini didapat, apa yang diketahui, dan apa yang hanya dikira.",
        "How the figures on this site come about, what is known, and what is only assumed.",
    ),
    "method_levels": (
        "Tingkat layanan adalah janji dengan angka. Sebuah tempat terlayani bila sambungannya cukup kuat, listriknya ada, dan perangkatnya ada.",
        "A service level is a promise with numbers. A place is served when its link is strong enough, and there is power and a device.",
    ),
    "method_known": (
        "Di samping angka tertulis bagaimana angka itu diketahui. Hitungan jangkauan sinyal memberi dugaan awal; laporan terbaru mengubahnya (dianggap benar 85 dari 100 kali), dan pengukuran di tempat mengubahnya lebih jauh lagi. Laporan dan pengukuran yang lama berangsur berkurang bobotnya.",
        "Beside figures stands how they are known. The computed reach of signals gives a first guess; the newest report changes it (it is taken to be right 85 times in 100), and measurements on the spot change it further. Old reports and measurements weigh less and less.",
    ),
    "method_chance_title": ("Peluang, bukan kepastian", "Chances, not certainties"),
    "method_chance": (
        "Tidak ada yang tahu pasti keadaan setiap rumah. Karena itu setiap desa diberi peluang berada di bawah janji, dari semua yang diketahui tentangnya; angka setelah ± menyatakan seberapa pasti peluang itu sendiri.",
        "Nobody knows for certain how things are in every house. So each village has a chance of being below the promise, from all that is known of it; what stands after ± says how sure the chance itself is.",
    ),
    "method_stands": (
        "Desa disebut sudah terlayani bila titik layanannya beroperasi atau peluangnya di bawah janji kurang dari 50%; terlambat bila tahun yang dijanjikan sudah lewat; dijanjikan bila ada dalam rencana.",
        "A village is called served when its service point works or its chance of being below the promise is less than 50%; late when the year that was promised went by; promised when it is in the plan.",
    ),
    "method_radio_title": ("Jangkauan sinyal", "How far signals reach"),
    "method_radio": (
        "Kekuatan sinyal dari setiap menara dihitung menurut Rekomendasi ITU-R P.1812 atas bukit, lembah, dan hutan, lalu dikoreksi dengan sinyal yang diukur di tempat.",
        "The strength of each tower's signal is computed by Recommendation ITU-R P.1812 over hills, valleys and forest, and then corrected by signal that was measured on the spot.",
    ),
    "method_plan_title": ("Rencana, dan buktinya", "The plan, and its proof"),
    "method_plan": (
        "Rencana memilih untuk setiap desa cara, tahun, dan dana, sehingga paling banyak kantor, sekolah, pos kesehatan, dan warga terlayani paling awal dengan uang yang ada. Tidak ada dana yang membayar lebih dari yang dimilikinya.",
        "The plan chooses a way, a year and a fund for each village, so that most offices, schools, health posts and people are served the earliest with the money that there is. No fund pays more than it has.",
    ),
    "method_proof": (
        "Bersama rencana dihitung juga batas yang tidak bisa dilampaui rencana mana pun.",
        "With the plan comes a bound that no plan whatever can exceed.",
    ),
    "method_changes_title": ("Janji yang tidak berubah diam-diam", "Promises that do not change in silence"),
    "method_changes": (
        "Setiap rencana disahkan orang kedua sebelum terbit dan tetap bisa dibaca untuk selamanya. Janji tidak pernah dihapus: yang baru menggantikannya dan menyebut alasannya.",
        "Each plan is approved by a second person before it is published, and stays readable for ever. A promise is never erased: a later one replaces it and says why.",
    ),
    "method_sources": ("Berkas yang menjadi dasar", "Files that all of it rests on"),
    # open data
    "open_lead": (
        "Semua tabel di situs ini boleh diunduh dan dipakai siapa saja. Tidak ada data pribadi di dalamnya.",
        "All tables of this site may be downloaded and used by anybody. There is no personal data in them.",
    ),
    "open_format": (
        "CSV memakai UTF-8, koma sebagai pemisah, dan titik sebagai tanda desimal; uang dalam rupiah penuh. GeoJSON memakai WGS 84.",
        "CSV is in UTF-8, with commas between cells and a point for decimals; money is in whole rupiah. GeoJSON is in WGS 84.",
    ),
    "open_plans": (
        "Tabel setiap rencana yang pernah terbit ada di halaman rencana itu.",
        "The tables of each plan that was ever published are on that plan's page.",
    ),
    "open_compared": (
        "Ada di halaman yang membandingkan dua rencana:",
        "On the page that compares two plans:",
    ),
    "open_standards": ("Dalam standar terbuka", "In open standards"),
    "open_standards_lead": (
        "Isi yang sama dengan tabel kontrak, pembayaran, desa, dan bangunan, dalam bentuk yang dibaca pemantau anggaran dan peta jaringan di seluruh dunia. Tidak ada yang ditambah: yang tidak diketahui tidak disebut.",
        "The same as in the tables of contracts, payments, villages and works, in the form that budget monitors and network maps all over the world read. Nothing is added: what is not known is not said.",
    ),
    "open_dictionary": ("Arti semua kolom, CSV", "What all columns mean, CSV"),
    "open_bundle": (
        "Untuk wilayah lain: harga yang dibayar, hasilnya, dan catatan praktik, ditandatangani wilayah ini:",
        "For other regions: prices paid, what came of it, and practice notes, signed by this region:",
    ),
    "open_columns": ("Arti kolom", "What the columns mean"),
    "open_of_table": ("Data lengkap:", "The full data:"),
    "open_of_plan": ("Data rencana ini:", "Data of this plan:"),
}

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "point_state": {
        "proposed": ("diusulkan", "proposed"),
        "verified": ("diperiksa", "verified"),
        "contracted": ("dikontrak", "contracted"),
        "installed": ("terpasang", "installed"),
        "accepted": ("diterima", "accepted"),
        "in service": ("beroperasi", "in service"),
        "suspended": ("dihentikan sementara", "suspended"),
        "replaced": ("diganti", "replaced"),
        "ended": ("berakhir", "ended"),
    },
    "commitment_state": {
        "promised": ("dijanjikan", "promised"),
        "on the way": ("sedang dikerjakan", "on the way"),
        "kept": ("ditepati", "kept"),
        "late": ("terlambat", "late"),
        "broken": ("tidak ditepati", "broken"),
        "changed": ("diubah", "changed"),
    },
    "move": {
        "new": ("masuk rencana", "newly planned"),
        "dropped": ("keluar dari rencana", "no longer planned"),
        "earlier": ("lebih awal", "earlier"),
        "later": ("lebih lambat", "later"),
        "other way": ("tahun sama, cara lain", "the same year, another way"),
        "gone": ("tidak ada lagi dalam daftar desa", "no longer in the list of villages"),
    },
}
