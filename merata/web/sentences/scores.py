"""Sentences of what was measured: scorecards, outages, planned work, contests; for everybody and for staff."""

from __future__ import annotations

SCORES: dict[str, tuple[str, str]] = {
    "nav_outcome": ("Perkiraan dan kenyataan", "Predicted and measured"),
    "outcome_lead": (
        "Apa yang kami perkirakan, apa yang kemudian diukur, dan seberapa jauh kami keliru. Yang kecil di bawah angka: di antara mana angka sebenarnya, menurut banyaknya kasus; untuk harga, delapan dari sepuluh ada di antaranya.",
        "What we predicted, what was measured later, and by how much we were wrong. Small below a figure: between what the true one lies, by the number of cases; for prices, eight of ten are between.",
    ),
    "outcome_level": ("Tingkat layanan yang dijanjikan", "Promised service levels"),
    "outcome_level_words": (
        "Tautan yang sudah terpasang: berapa yang dalam bulan terakhir mencapai kecepatan, waktu tempuh, dan ketersediaan yang dijanjikan.",
        "Links that were built: how many had the promised speed, round trip and availability in the last month.",
    ),
    "outcome_signal": ("Sinyal di desa", "Signal in villages"),
    "outcome_signal_words": (
        "Desa menurut peluang, dalam rencana, bahwa warganya di bawah janji; dan berapa uji telepon di sana, lewat data seluler, yang memang di bawahnya.",
        "Villages by the chance, in the plan, that people there are below the promise; and how many phones' tests there, over mobile data, were below it.",
    ),
    "outcome_price": ("Biaya sebulan", "Cost a month"),
    "outcome_price_words": (
        "Biaya berjalan satu titik dalam rencana, dibanding biaya dalam kontraknya. Nilai tengah. Rencana menghitung juga listrik, kontrak tidak selalu.",
        "Running cost of a point in the plan, beside the fee in its contract. Medians. Plans count the power too, contracts not always.",
    ),
    "outcome_time": ("Tepat waktu", "In time"),
    "outcome_time_words": (
        "Janji yang tahunnya sudah lewat: berapa yang titik layanannya berfungsi sebelum tahun itu berakhir.",
        "Promises whose year is over: for how many a service point worked before that year ended.",
    ),
    "outcome_chance": ("Peluang di bawah janji", "Chance of being below"),
    "outcome_predicted": ("Perkiraan", "Predicted"),
    "outcome_measured": ("Kenyataan", "Measured"),
    "outcome_cases": ("Kasus", "Cases"),
    "outcome_none": (
        "Belum cukup untuk dibandingkan: paling sedikit {fewest} kasus.",
        "Not enough to compare yet: at least {fewest} cases.",
    ),
    "nav_scores": ("Rapor layanan", "What was delivered"),
    "scores_lead": (
        "Apa yang benar-benar diberikan tautan di desa, menurut alat ukur di tautan itu sendiri. Di belakang setiap angka tertulis rentang yang memuat nilai sebenarnya (95%).",
        "What the links in the villages truly delivered, by probes on these links themselves. Behind each figure stands the range that holds the true value (95%).",
    ),
    "scores_none": (
        "Belum ada pengukuran yang dinilai. Begitu alat ukur terpasang dan sebulan lewat, angkanya tampil di sini.",
        "No measurements were scored yet. Once probes stand at the links and a month has gone by, the figures are shown here.",
    ),
    "scores_made_up": (
        "Titik, gangguan, dan angka di sini dibuat-buat.",
        "Points, outages and figures are made up here.",
    ),
    "scores_of": ("Bulan {month}", "{month}"),
    "scores_as_of": (
        "Dihitung dari yang diterima sampai {when}.",
        "Reckoned from what was received until {when}.",
    ),
    "scores_other_months": ("Bulan lain:", "Other months:"),
    "scores_alike": (
        "Penyedia, dibandingkan dengan yang memakai cara yang sama",
        "Providers, compared with those that use the same technology",
    ),
    "scores_alike_words": (
        "Satelit tidak dibandingkan dengan serat optik. Selisih yang lebih kecil dari rentangnya bukan selisih.",
        "Satellites are not compared with fibre. A difference that is smaller than the ranges is none.",
    ),
    "scores_by_technology": ("Menurut cara melayani", "By technology"),
    "scores_by_district": ("Menurut kecamatan", "By district"),
    "scores_how": ("Cara menghitungnya", "How it is reckoned"),
    "scores_how_words": (
        "Waktu listrik desa padam, pekerjaan yang diberitahukan tepat waktu, dan keadaan kahar yang disepakati tidak dihitung sebagai gangguan penyedia. Yang tidak diketahui tetap tidak diketahui dan melebarkan rentangnya. Siapa pun yang memegang berkas pengukuran mendapat angka yang sama dengan perintah merata score.",
        "Village power cuts, work that was told in time and agreed force majeure do not count against the provider. What is unknown stays unknown, and widens the range. Whoever has the files of measurements gets the same figures by the command merata score.",
    ),
    "head_available": ("Hidup", "Available"),
    "head_known": ("Diketahui", "Known"),
    "head_down": ("Unduh jam sibuk, Mbit/s", "Download at busy hours, Mbit/s"),
    "head_latency": ("Jeda, ms", "Latency, ms"),
    "head_repair": ("Perbaikan, jam", "Repair, h"),
    "head_kept": ("Janji ditepati / tidak", "Promise kept / missed"),
    "head_outages": ("Gangguan", "Outages"),
    "head_verdict": ("Janji hidup", "Promised availability"),
    "head_technology": ("Cara", "Technology"),
    "scores_range": ("{value} ({low}–{high})", "{value} ({low}–{high})"),
    "scores_at_least": ("{value} (sedikitnya {low})", "{value} ({low} at least)"),
    "scores_too_little": ("bukti belum cukup", "too little evidence"),
    # a village, a provider, a district
    "village_delivered": ("Yang diberikan bulan {month}", "Delivered in {month}"),
    "village_delivered_is": (
        "{place}: hidup {available} dari waktu yang dihitung, {down}.",
        "{place}: available {available} of the time that counts, {down}.",
    ),
    "village_delivered_down": (
        "unduh pada jam sibuk {down} Mbit/s",
        "download at busy hours {down} Mbit/s",
    ),
    "village_delivered_no_down": (
        "laju pada jam sibuk: bukti belum cukup",
        "rate at busy hours: too little evidence",
    ),
    "village_delivered_promise": (
        "Dijanjikan {share} dan {down} Mbit/s.",
        "Promised: {share} and {down} Mbit/s.",
    ),
    "village_delivered_unknown": (
        "{place}: bukti belum cukup untuk menilai; {known} dari waktunya diketahui.",
        "{place}: too little evidence to judge; {known} of its time is known.",
    ),
    "village_measured_more": ("bulan demi bulan, dan gangguannya", "month by month, and its outages"),
    "village_work": (
        "Pekerjaan terencana di {place}: {begins} sampai {ends}. {what}",
        "Planned work at {place}: {begins} until {ends}. {what}",
    ),
    "provider_delivered": ("Yang diberikan, bulan demi bulan", "What was delivered, month by month"),
    "provider_delivered_more": ("Bandingkan dengan penyedia lain", "Compare with other providers"),
    "district_delivered": (
        "Titik yang diukur pada bulan {month}: {points}; hidup {available} dari waktu yang dihitung.",
        "Points that were measured in {month}: {points}; available {available} of the time that counts.",
    ),
    # a point
    "point_title": ("Titik layanan {code}", "Service point {code}"),
    "point_promised": (
        "Kontrak menjanjikan {share} dari waktu, unduh {down} Mbit/s dan unggah {up} pada jam sibuk, perbaikan dalam {hours} jam.",
        "The contract promises {share} of the time, {down} Mbit/s down and {up} up at busy hours, repair within {hours} hours.",
    ),
    "point_no_contract": (
        "Tanpa kontrak: tidak ada yang dijanjikan.",
        "Without a contract: nothing is promised.",
    ),
    "point_months": ("Bulan demi bulan", "Month by month"),
    "point_chart": (
        "Bagian waktu hidup per bulan dengan rentangnya; garis putus-putus: yang dijanjikan, {share}",
        "Share of time available by month with its range; the dashed line: what is promised, {share}",
    ),
    "point_not_measured": ("Titik ini belum diukur.", "This point is not measured yet."),
    "point_verdict": ("Bulan {month}: {verdict}.", "{month}: {verdict}."),
    "point_evidence": (
        "Diketahui {known} dari waktunya; {tests} uji laju pada jam sibuk, {beats} denyut.",
        "{known} of its time is known; {tests} speed tests at busy hours, {beats} heartbeats.",
    ),
    "point_use": (
        "Rata-rata {clients} perangkat sekaligus; {gb} GB sebulan; jam sibuk {hours}.",
        "{clients} devices at a time on average; {gb} GB in the month; busy hours {hours}.",
    ),
    "point_drivers": ("Yang paling menentukan bulan itu", "What drove that month most"),
    "point_driver": (
        "{cause}: {hours} jam, {share} dari waktu mati",
        "{cause}: {hours} hours, {share} of the time down",
    ),
    "point_outages": ("Gangguan tiga bulan terakhir", "Outages of the last three months"),
    "point_no_outages": ("Tidak ada gangguan yang terlihat.", "No outage was seen."),
    "point_outages_more": (
        "Yang terlama ditampilkan; semuanya ada dalam berkas.",
        "The longest ones are shown; the file has all of them.",
    ),
    "head_began": ("Mulai", "Began"),
    "head_hours": ("Jam", "Hours"),
    "head_cause": ("Sebab", "Cause"),
    "head_counts": ("Dihitung", "Counts"),
    "head_contest": ("Sanggahan", "Contested"),
    "api_scores": ("rapor", "scorecards"),
    "api_outages": ("gangguan", "outages"),
    # staff
    "nav_programme_scores": ("Rapor", "Scores"),
    "head_trend": ("Naik/turun, %", "Change, %"),
    "suspicions_title": ("Alasan untuk memeriksa", "Reasons to look"),
    "suspicions_lead": (
        "Yang tidak tampak seperti pengukuran tautan desa. Ini alasan untuk bertanya, bukan putusan: tidak ada angka yang berubah karenanya, dan tidak ditampilkan kepada umum.",
        "What does not look as measurements of a village's link do. These are reasons to ask, not verdicts: no figure changes by them, and they are not shown to the public.",
    ),
    "suspicion_who": ("Siapa", "Who"),
    "suspicion_what": ("Yang terlihat", "What was seen"),
    "suspicion_sure": ("Seberapa pasti", "How sure"),
    "suspicion_claims": (
        "Pengakuannya lebih tinggi daripada ujung rentang yang diukur pada {seen_share} dari {cases} bulan titik; karena kebetulan paling banyak {expected_share}.",
        "Claims more than the end of the measured range in {seen_share} of {cases} months of points; by chance {expected_share} at most.",
    ),
    "suspicion_never_fails": (
        "Tanpa gangguan dan tanpa listrik padam selama {cases} hari; yang lain mendapat {expected} dalam waktu itu.",
        "No outage and no power cut in {cases} days; others had {expected} in such a time.",
    ),
    "suspicion_night_tests": (
        "{seen_share} dari {cases} uji laju dilakukan pukul 17 sampai 23; pada yang lain {expected_share}.",
        "{seen_share} of {cases} speed tests were made from 17 to 23; of others' {expected_share}.",
    ),
    "suspicion_elsewhere": (
        "Jeda tengahnya {seen} ms; sembilan dari sepuluh titik lain dengan cara yang sama di atas {expected} ms. Mungkin alat ukurnya ada di tempat lain.",
        "Its median round trip is {seen} ms; nine of ten others of the same technology are above {expected} ms. The probe may stand elsewhere.",
    ),
    "suspicion_untouched": (
        "Tautannya hidup dalam {seen} gangguan luas yang mengenai sebagian besar titik penyedianya di kecamatan itu.",
        "Had its link in {seen} region-wide outages that took most of its provider's points in the district.",
    ),
    "suspicion_too_regular": (
        "{seen_share} jedanya persis sama dengan yang sebelumnya; pada yang lain {expected_share}.",
        "{seen_share} of its round trips equal the one before exactly; of others' {expected_share}.",
    ),
    # planned work
    "works_title": ("Pekerjaan terencana", "Planned work"),
    "works_lead": (
        "Pekerjaan yang diberitahukan di sini cukup lama sebelumnya, menurut kontraknya, tidak dihitung sebagai gangguan. Yang berlaku adalah saat dimasukkan; tidak bisa dimundurkan.",
        "Work that is told here long enough before, by the contract, does not count as an outage. What counts is when it was entered; it can't be backdated.",
    ),
    "work_new_title": ("Beritahukan pekerjaan", "Tell of planned work"),
    "work_noticed": ("Diberitahukan", "Told"),
    "work_withdraw": ("Tarik kembali", "Withdraw"),
    "work_withdrawn": ("ditarik {when}", "withdrawn {when}"),
    "f_begins": ("Mulai (WITA)", "Begins (WITA)"),
    "f_what": ("Pekerjaan apa", "What work"),
    "f_words": ("Apa yang terjadi", "What happened"),
    "hint_begins": ("Harus masih di depan.", "It must lie ahead."),
    "hint_words": (
        "Mengapa ini bukan tanggung jawab penyedia, dan apa buktinya. Jangan tulis nama orang.",
        "Why the provider does not answer for it, and what shows that. No names of persons.",
    ),
    "hint_file": (
        "Foto atau lembar kerja (JPEG, PNG, XLSX, ODS, CSV), paling besar 8 MB.",
        "A photograph or a spreadsheet (JPEG, PNG, XLSX, ODS, CSV), 8 MB at most.",
    ),
    "work_not_yours": ("Pekerjaan ini bukan milik penyedia Anda.", "This work is not your provider's."),
    "work_needs_provider": ("Pilih penyedianya.", "Choose the provider."),
    "work_has_begun": (
        "Pekerjaan yang sudah mulai tidak bisa lagi diberitahukan atau ditarik.",
        "Work that has begun can no longer be told or withdrawn.",
    ),
    "work_too_early": ("Lebih dari setahun di depan.", "More than a year ahead."),
    "work_too_long": ("Lebih lama dari {hours} jam.", "Longer than {hours} hours."),
    "point_of_other_provider": ("Titik ini milik penyedia lain.", "This point is another provider's."),
    # what contracts say of it
    "f_latency_ms": ("Jeda ke pusat (ms)", "Latency to the centre (ms)"),
    "f_notice_hours": ("Pemberitahuan pekerjaan (jam)", "Notice of planned work (hours)"),
    "f_power_by": ("Yang menanggung listrik", "Who answers for the power"),
    "hint_notice_hours": (
        "Pekerjaan yang diberitahukan sekurangnya sekian jam sebelumnya tidak dihitung sebagai gangguan.",
        "Work that is told at least so many hours before does not count as an outage.",
    ),
    "hint_power_by": (
        "Bila penyedia, listrik padam dihitung sebagai gangguannya.",
        "If the provider does, power cuts count as its outages.",
    ),
    # contests and force majeure
    "excuses_title": ("Sanggahan dan keadaan kahar", "Contests and force majeure"),
    "excuses_lead": (
        "Diajukan oleh satu orang dengan buktinya, diputus oleh orang lain di kantor program. Yang dikabulkan tidak lagi dihitung, dan rapornya dihitung ulang.",
        "Put forward by one person with evidence, decided by another in the programme's office. What is upheld no longer counts, and the scores are reckoned anew.",
    ),
    "excuses_waiting": ("{count} belum diputus", "{count} not decided"),
    "excuse_whose": ("Tentang", "Of"),
    "excuse_by": ("Diajukan oleh", "Put forward by"),
    "excuse_file": ("Unduh buktinya", "Download the evidence"),
    "excuse_decision": ("Putusan", "Decision"),
    "excuse_uphold": ("Kabulkan", "Uphold"),
    "excuse_reject": ("Tolak", "Reject"),
    "excuse_reason_hint": (
        "Apa yang menentukan putusan ini. Jangan tulis nama orang.",
        "What decides it. No names of persons.",
    ),
    "excuse_waits": ("Menunggu putusan orang lain.", "Waits for another person's decision."),
    "excuse_counted": (
        "Rapor sudah dihitung ulang dengan putusan ini.",
        "The scores were reckoned anew by this decision.",
    ),
    "excuse_not_counted": (
        "Rapor dihitung ulang dengan putusan ini dalam beberapa menit.",
        "The scores are reckoned anew by this decision within minutes.",
    ),
    "excuse_stays": ("Gangguannya tetap dihitung.", "The outage still counts."),
    "excuse_kept": ("Putusan tersimpan.", "The decision was saved."),
    "excuse_decided": ("Ini sudah diputus: {state}.", "It was decided already: {state}."),
    "excuse_not_yours": (
        "Yang mengajukan, dan siapa pun dari penyedia, tidak memutus.",
        "Who put it forward, and nobody of a provider, decides.",
    ),
    "excuse_needs_reason": ("Tulis alasan putusannya.", "Write the reason of the decision."),
    "excuse_letter_subject": (
        "{kind}: {of}, {when}: menunggu putusan",
        "{kind}: {of}, {when}: waits for a decision",
    ),
    "excuse_letter_text": (
        "Diajukan {kind}: {of}, dari {when} sampai {until}. Orang lain di kantor yang memutusnya; sampai saat itu gangguannya tetap dihitung.",
        "A {kind} was put forward: {of}, from {when} to {until}. Another person of an office decides it; until then the outage counts.",
    ),
    "excuse_decided_letter_subject": ("{kind}: {of}, {when}: {state}", "{kind}: {of}, {when}: {state}"),
    "excuse_decided_letter_text": (
        "{kind} tentang {of}, dari {when} sampai {until}: {state}. Alasannya: {reason}",
        "The {kind} of {of}, from {when} to {until}: {state}. Why: {reason}",
    ),
    "contest_title": ("Sanggah gangguan {code}, {when}", "Contest the outage of {code}, {when}"),
    "contest_go": ("Sanggah", "Contest"),
    "contest_kept": ("Tersimpan. Orang lain yang memutusnya.", "Saved. Another person decides it."),
    "contest_not_yours": ("Ini bukan titik penyedia Anda.", "This is not your provider's point."),
    "contest_counts_not": (
        "Gangguan ini tidak dihitung terhadap penyedia ({counts}).",
        "This outage does not count against the provider ({counts}).",
    ),
    "contest_twice": ("Gangguan ini sudah disanggah.", "This outage was contested already."),
    "contest_needs_words": ("Tulis apa yang terjadi.", "Write what happened."),
    "evidence_not_one": (
        "Berkasnya bukan foto atau lembar kerja yang bisa diterima.",
        "The file is no photograph or spreadsheet that is taken.",
    ),
    "majeure_new_title": ("Ajukan keadaan kahar", "Put force majeure forward"),
    "majeure_names_nothing": (
        "Sebutkan penyedia, titik, atau kecamatannya.",
        "Name the provider, the point or the district.",
    ),
    "majeure_too_long": ("Lebih lama dari {days} hari.", "Longer than {days} days."),
    "majeure_ahead": ("Belum terjadi.", "It has not happened yet."),
    "point_goes_on": ("belum berakhir", "goes on"),
}

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "cause": {
        "link": ("tautan", "link"),
        "region-wide": ("gangguan luas", "region-wide"),
        "power": ("listrik padam", "power cut"),
        "maintenance": ("pekerjaan terencana", "planned work"),
        "probe": ("alat ukur mati", "probe off"),
        "centre": ("pusat tidak terjangkau", "centre away"),
        "unknown": ("tidak diketahui", "not known"),
    },
    "counts": {
        "down": ("ya", "yes"),
        "excused": ("tidak: dimaafkan", "no: excused"),
        "unknown": ("tidak diketahui", "not known"),
        "up": ("tidak: tautan hidup", "no: the link was up"),
    },
    "excused_by": {
        "maintenance": ("pekerjaan yang diberitahukan", "work that was told"),
        "majeure": ("keadaan kahar", "force majeure"),
        "contest": ("sanggahan dikabulkan", "a contest that was upheld"),
        "suspended": ("layanan dihentikan", "service suspended"),
        "power": ("listrik desa", "the village's power"),
    },
    "verdict": {
        "kept": ("ditepati", "kept"),
        "missed": ("tidak ditepati", "missed"),
        "unsure": ("belum pasti", "unsure"),
        "too little": ("bukti belum cukup", "too little evidence"),
    },
    "excuse_state": {
        "open": ("belum diputus", "not decided"),
        "upheld": ("dikabulkan", "upheld"),
        "rejected": ("ditolak", "rejected"),
    },
    "suspicion": {
        "claims": ("Pengakuan", "Claims"),
        "never fails": ("Tidak pernah gagal", "Never fails"),
        "night tests": ("Uji di malam hari", "Tests at night"),
        "elsewhere": ("Melapor dari tempat lain", "Reports from elsewhere"),
        "untouched": ("Tidak tersentuh gangguan luas", "Untouched by region-wide outages"),
        "too regular": ("Terlalu teratur", "Too regular"),
    },
    "suspicion_sure": {"strong": ("kuat", "strong"), "likely": ("mungkin", "likely")},
    "power_by": {"village": ("desa", "the village"), "provider": ("penyedia", "the provider")},
    "excuse_kind": {
        "contest": ("sanggahan", "contest"),
        "majeure": ("keadaan kahar", "force majeure"),
    },
}
