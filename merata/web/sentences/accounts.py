"""Sentences of accounts: logging in, second factor, invitations, tokens, and the page about the API."""

from __future__ import annotations

ACCOUNTS: dict[str, tuple[str, str]] = {
    # what went wrong, what was done
    "error_log_in": ("Alamat surel atau kata sandi salah.", "The e-mail address or the password is wrong."),
    "error_too_many": ("Terlalu banyak percobaan. Coba lagi nanti.", "Too many tries. Try again later."),
    "error_password_now": ("Kata sandi Anda yang sekarang bukan itu.", "That is not your present password."),
    "error_own_words": (
        "Kata sandi ini hampir hanya kata yang mudah ditebak di sini. Tambahkan kata lain.",
        "This password is hardly more than words that are easily guessed here. Add other words.",
    ),
    "error_code": (
        "Kode salah atau sudah lewat. Tunggu kode berikutnya.",
        "The code is wrong or over. Wait for the next one.",
    ),
    "error_no_factor": ("Pasang dulu masuk dua langkah.", "Set up two-step log-in first."),
    "error_differ": ("Kedua kata sandi tidak sama.", "The two passwords differ."),
    "error_choose": ("Pilih salah satu.", "Choose one."),
    "error_village": (
        "Peran petugas desa memerlukan kode desa yang ada.",
        "A village officer needs the code of a village that exists.",
    ),
    "error_district": (
        "Peran kecamatan memerlukan nama kecamatan yang ada.",
        "The role district needs a district that exists.",
    ),
    "error_organisation": (
        "Peran ini memerlukan instansi atau penyedia.",
        "This role needs an office or a provider.",
    ),
    "error_organisation_kind": (
        "Peran penyedia memerlukan penyedia, peran mitra memerlukan mitra.",
        "The role provider needs a provider, the role partner a partner.",
    ),
    "error_has_account": (
        "Alamat ini sudah punya akun; ubah perannya di daftar akun.",
        "This address has an account already; change its role in the list of accounts.",
    ),
    "error_end_date": (
        "Tanggal berakhir harus antara besok dan setahun lagi.",
        "The end must lie between tomorrow and a year from now.",
    ),
    "too_many_title": ("Terlalu banyak permintaan", "Too many requests"),
    "too_many_text": ("Tunggu beberapa menit, lalu coba lagi.", "Wait a few minutes, then try again."),
    "said_logged_out": ("Anda sudah keluar.", "You are logged out."),
    "said_password_changed": (
        "Kata sandi sudah diganti. Semua sesi lain diakhiri.",
        "The password was changed. All other sessions were ended.",
    ),
    "said_factor_on": ("Masuk dua langkah sudah aktif.", "Two-step log-in is on."),
    "said_factor_off": ("Masuk dua langkah sudah dilepas.", "Two-step log-in was taken off."),
    "said_codes_made": ("Kode cadangan baru sudah dibuat.", "New recovery codes were made."),
    # logging in
    "login_title": ("Masuk petugas", "Staff log in"),
    "login_go": ("Masuk", "Log in"),
    "login_email": ("Alamat surel", "E-mail address"),
    "login_password": ("Kata sandi", "Password"),
    "login_forgot": ("Lupa kata sandi?", "Forgot your password?"),
    "login_invited": (
        "Akun dibuat dengan undangan dari kantor Anda.",
        "Accounts are made by an invitation from your office.",
    ),
    "logout_title": ("Keluar", "Log out"),
    "logout_ask": ("Keluar dari akun ini di perangkat ini?", "Log out of this account on this device?"),
    "locked_title": ("Tunggu dulu", "Wait a while"),
    "locked_text": (
        "Terlalu banyak kata sandi yang salah dari perangkat ini. Coba lagi setelah {when}.",
        "Too many wrong passwords from this device. Try again after {when}.",
    ),
    "again_title": ("Pastikan ini Anda", "Confirm that it is you"),
    "again_text": (
        "Sebelum lanjut, tulis sekali lagi kata sandi Anda.",
        "Before you go on, write your password once more.",
    ),
    "go_on": ("Lanjut", "Go on"),
    "cancel": ("Batal", "Cancel"),
    # passwords
    "password_title": ("Ganti kata sandi", "Change the password"),
    "password_now": ("Kata sandi sekarang", "Present password"),
    "password_new": ("Kata sandi baru", "New password"),
    "password_again": ("Kata sandi baru, sekali lagi", "New password, once more"),
    "password_rules": (
        "Paling sedikit 12 huruf atau angka. Beberapa kata yang tidak berhubungan mudah diingat dan sulit ditebak.",
        "At least 12 characters. A few unrelated words are easy to remember and hard to guess.",
    ),
    "password_keep": ("Simpan kata sandi", "Save the password"),
    "reset_title": ("Lupa kata sandi", "Forgotten password"),
    "reset_text": (
        "Tulis alamat surel Anda. Jika ada akunnya, surat berisi tautan dikirim ke sana.",
        "Write your e-mail address. If it has an account, a letter with a link goes there.",
    ),
    "reset_go": ("Kirim surat", "Send the letter"),
    "reset_new_title": ("Kata sandi baru", "A new password"),
    "reset_over_title": ("Tautan ini tidak berlaku lagi", "This link is not valid any more"),
    "reset_over_text": (
        "Tautan sudah dipakai atau sudah lewat waktunya.",
        "The link was used, or its time is over.",
    ),
    "reset_over_again": ("Minta surat baru", "Ask for a new letter"),
    "account_reset_sent_title": ("Periksa surel Anda", "Look into your e-mail"),
    "account_reset_sent_text": (
        "Jika alamat itu punya akun, surat dengan tautan sedang dikirim. Tidak datang? Periksa folder spam, atau hubungi kantor yang mengundang Anda.",
        "If that address has an account, a letter with a link is on its way. If it does not come, look among the spam, or ask the office that invited you.",
    ),
    "account_reset_done_title": ("Kata sandi sudah diganti", "The password was changed"),
    "account_reset_done_text": ("Masuklah dengan kata sandi yang baru.", "Log in with the new password."),
    "account_closed_title": ("Akun ini ditutup", "This account is closed"),
    "account_closed_text": (
        "Jika seharusnya tidak, hubungi kantor yang mengundang Anda.",
        "If it should not be, ask the office that invited you.",
    ),
    # second factor
    "factor_title": ("Masuk dua langkah", "Two-step log-in"),
    "factor_code": ("Kode 6 angka", "6-digit code"),
    "factor_code_or": (
        "Kode 6 angka dari aplikasi, atau satu kode cadangan",
        "6-digit code of the app, or one recovery code",
    ),
    "factor_on": ("Aktif", "On"),
    "factor_off": ("Belum dipasang", "Not set up"),
    "factor_needed": (
        "Peran Anda boleh mengubah sesuatu, jadi masuk dua langkah wajib.",
        "Your role may change things, so two-step log-in is required.",
    ),
    "factor_set_up": ("Pasang masuk dua langkah", "Set up two-step log-in"),
    "factor_why": (
        "Masuk dua langkah menjaga akun walau kata sandinya bocor. Wajib bagi peran yang boleh mengubah sesuatu.",
        "Two-step log-in guards an account even when its password leaks. Roles that may change things need it.",
    ),
    "factor_set_up_text": (
        "Pindai gambar ini dengan aplikasi kode di ponsel (misalnya Aegis, Google Authenticator, atau FreeOTP), lalu tulis kode yang tampil.",
        "Scan this picture with a code app on your phone (Aegis, Google Authenticator or FreeOTP, say), then write the code that it shows.",
    ),
    "factor_picture": ("Kode QR untuk aplikasi kode", "QR code for the code app"),
    "factor_secret": (
        "Tidak bisa memindai? Tulis kunci ini di aplikasi:",
        "Can't scan? Write this key into the app:",
    ),
    "factor_take_off": ("Lepas masuk dua langkah", "Take two-step log-in off"),
    "factor_take_off_text": (
        "Setelah dilepas, akun hanya dijaga kata sandi, dan kode cadangan tidak berlaku lagi.",
        "Afterwards only the password guards the account, and the recovery codes are void.",
    ),
    "codes_title": ("Kode cadangan", "Recovery codes"),
    "codes_text": (
        "Jika ponsel hilang, masuklah dengan salah satu kode ini; tiap kode sekali saja. Cetak atau tulis, dan simpan di tempat aman.",
        "If the phone is lost, log in with one of these codes; each works once. Print or write them down, and keep them safe.",
    ),
    "codes_none": ("Semua kode sudah dipakai.", "All codes have been used."),
    "codes_new": ("Buat kode cadangan baru", "Make new recovery codes"),
    "codes_new_text": (
        "Kode yang lama ({count} tersisa) tidak berlaku lagi.",
        "The old ones ({count} left) become void.",
    ),
    # one's own account
    "own_title": ("Akun saya", "My account"),
    "own_data": ("Unduh semua data tentang akun ini (JSON)", "Download all data about this account (JSON)"),
    "own_reach": ("Jangkauan", "Reach"),
    "own_all": ("seluruh wilayah", "the whole region"),
    "sessions_title": ("Sesi yang sedang berjalan", "Sessions that are going on"),
    "sessions_lead": (
        "Di sini akun ini sedang masuk. Akhiri sesi yang tidak Anda kenal, lalu ganti kata sandi.",
        "Where this account is logged in. End a session that you do not know, and change the password.",
    ),
    "sessions_times": ("mulai {began}, terakhir dipakai {seen}", "began {began}, last used {seen}"),
    "sessions_here": ("(sesi ini)", "(this one)"),
    "sessions_unknown": ("peramban lain", "another browser"),
    "sessions_end": ("Akhiri", "End it"),
    "sessions_end_others": ("Akhiri semua sesi lain", "End all other sessions"),
    "sessions_ended": ("Sesi sudah diakhiri.", "It is ended."),
    "sessions_over": ("Sesi itu sudah tidak ada.", "That session is over already."),
    "own_language": ("Bahasa", "Language"),
    "own_language_keep": ("Pakai bahasa ini", "Use this language"),
    # accounts
    "staff_accounts": ("Akun", "Accounts"),
    "accounts_title": ("Akun dan undangan", "Accounts and invitations"),
    "accounts_open": ("Undangan yang belum diterima", "Invitations not taken up"),
    "accounts_none_open": ("Tidak ada undangan terbuka.", "No open invitations."),
    "accounts_invite": ("Undang orang", "Invite a person"),
    "accounts_role": ("Peran", "Role"),
    "accounts_organisation": ("Instansi, penyedia, atau mitra", "Office, provider or partner"),
    "accounts_organisation_new": (
        "Atau nama yang belum ada di daftar",
        "Or a name that is not in the list yet",
    ),
    "accounts_district": ("Kecamatan", "District"),
    "accounts_village": ("Kode desa", "Code of the village"),
    "accounts_village_hint": (
        "seperti 64.02.01.2001; untuk petugas desa saja",
        "like 64.02.01.2001; for village officers only",
    ),
    "accounts_district_hint": ("untuk kecamatan saja", "for districts only"),
    "accounts_state": ("Keadaan", "State"),
    "accounts_active": ("aktif", "active"),
    "accounts_closed": ("ditutup", "closed"),
    "accounts_factor": ("Dua langkah", "Two steps"),
    "accounts_until": ("Berlaku sampai", "Valid until"),
    "accounts_change": ("Ubah akun {email}", "Change the account {email}"),
    "accounts_why": ("Alasan", "Reason"),
    "accounts_keep": ("Simpan", "Save"),
    "accounts_close": ("Tutup akun", "Close the account"),
    "accounts_close_text": (
        "Semua sesinya berakhir dan semua tokennya mati. Yang pernah dicatat atas namanya tetap ada.",
        "All its sessions end and all its tokens die. What was noted under it stays.",
    ),
    "accounts_open_again": ("Buka kembali akun", "Open the account again"),
    "accounts_not_self": ("Peran sendiri tidak diubah sendiri.", "Nobody changes one's own role."),
    "accounts_lost": ("Ponsel dan kode cadangan hilang", "Phone and recovery codes are lost"),
    "accounts_lost_text": (
        "Pastikan dulu bahwa yang meminta memang pemilik akun, misalnya lewat telepon kantornya.",
        "Make sure first that whoever asks is the owner of the account, by calling the office, say.",
    ),
    "accounts_factor_off": (
        "Langkah kedua akun {email} sudah dilepas.",
        "The second factor of the account {email} was taken off.",
    ),
    "accounts_kept": ("Akun {email} sudah diubah.", "The account {email} was changed."),
    "accounts_was_closed": ("Akun {email} sudah ditutup.", "The account {email} was closed."),
    "accounts_was_opened": ("Akun {email} dibuka kembali.", "The account {email} was opened again."),
    # invitations
    "invite_text": (
        "Surat dengan tautan sekali pakai dikirim ke alamat ini; berlaku 7 hari.",
        "A letter with a link that works once goes to this address; it is valid for 7 days.",
    ),
    "invite_go": ("Kirim undangan", "Send the invitation"),
    "invite_sent": ("Undangan dikirim ke {email}.", "The invitation was sent to {email}."),
    "withdraw": ("Tarik", "Withdraw"),
    "invite_withdraw": ("Tarik undangan untuk {email}", "Withdraw the invitation of {email}"),
    "invite_withdrawn": ("Undangan untuk {email} ditarik.", "The invitation of {email} was withdrawn."),
    "take_up_title": ("Terima undangan", "Take up the invitation"),
    "take_up_text": (
        "Anda diundang sebagai {role}. Pilih kata sandi untuk {email}.",
        "You are invited as {role}. Choose a password for {email}.",
    ),
    "take_up_go": ("Buat akun", "Make the account"),
    "take_up_used_title": ("Undangan ini sudah dipakai", "This invitation was used"),
    "take_up_used_text": (
        "Akunnya sudah ada: masuklah dengan kata sandi Anda.",
        "The account is there: log in with your password.",
    ),
    "take_up_ended_title": ("Undangan ini sudah lewat", "This invitation is over"),
    "take_up_ended_text": (
        "Berlakunya 7 hari. Mintalah undangan baru dari kantor Anda.",
        "It was valid for 7 days. Ask your office for a new one.",
    ),
    "take_up_withdrawn_title": ("Undangan ini sudah ditarik", "This invitation was withdrawn"),
    "take_up_withdrawn_text": (
        "Tanyakan kepada kantor yang mengundang Anda.",
        "Ask the office that invited you.",
    ),
    "take_up_unknown_title": ("Undangan ini tidak ada", "There is no such invitation"),
    "take_up_unknown_text": (
        "Tautannya mungkin terpotong. Salin seluruhnya dari surat.",
        "The link may be cut off. Copy all of it from the letter.",
    ),
    # letters
    "letter_invite_subject": ("undangan", "invitation"),
    "letter_invite": (
        "Anda diundang ke {site} sebagai {role}.\n\nBuka tautan ini untuk memilih kata sandi. Tautan berlaku sampai {until} dan hanya sekali:\n\n{link}\n\nTidak merasa diundang? Abaikan surat ini.",
        "You are invited to {site} as {role}.\n\nOpen this link to choose a password. It is valid until {until} and works once:\n\n{link}\n\nIf you did not expect this, ignore the letter.",
    ),
    "letter_reset_subject": ("kata sandi baru", "new password"),
    "letter_reset": (
        "Seseorang meminta kata sandi baru untuk akun ini di {site}.\n\nBuka tautan ini untuk memilihnya:\n\n{link}\n\nBukan Anda? Abaikan surat ini; tidak ada yang berubah.",
        "Somebody asked for a new password of this account at {site}.\n\nOpen this link to choose it:\n\n{link}\n\nIf it was not you, ignore the letter; nothing changes.",
    ),
    "letter_told_subject": ("perubahan akun Anda", "change of your account"),
    "letter_told": (
        "Akun Anda di {site}: {what}\n\nBukan Anda? Ganti kata sandi sekarang dan hubungi kantor yang mengundang Anda.",
        "Your account at {site}: {what}\n\nIf it was not you, change the password now and ask the office that invited you.",
    ),
    # tokens
    "staff_tokens": ("Token", "Tokens"),
    "tokens_title": ("Token untuk program", "Tokens for programs"),
    "tokens_text": (
        "Dengan token, sebuah program bertindak atas nama akun Anda, hanya untuk hal yang dicentang.",
        "With a token a program acts for your account, for the things ticked only.",
    ),
    "tokens_name": ("Untuk program apa", "For which program"),
    "tokens_scopes": ("Boleh untuk", "May be used to"),
    "tokens_ends": ("Berakhir pada", "Ends on"),
    "tokens_used": ("Terakhir dipakai", "Last used"),
    "tokens_never": ("belum pernah", "never"),
    "tokens_make": ("Buat token", "Make a token"),
    "tokens_new": ("Token baru untuk {name}", "New token for {name}"),
    "tokens_once": (
        "Salin sekarang: token ini tidak ditampilkan lagi.",
        "Copy it now: it is not shown again.",
    ),
    "tokens_none": ("Belum ada token.", "No tokens yet."),
    "tokens_withdraw": ("Tarik token {name}", "Withdraw the token {name}"),
    "tokens_withdrawn": ("Token {name} ditarik.", "The token {name} was withdrawn."),
    "tokens_state_valid": ("berlaku", "valid"),
    "tokens_state_ended": ("sudah berakhir", "ended"),
    "tokens_state_withdrawn": ("ditarik", "withdrawn"),
    # the page about the API
    "api_title": ("API: data untuk program", "API: data for programs"),
    "api_lead": (
        "Semua data terbuka dapat dibaca oleh program tanpa akun. Menulis memerlukan token.",
        "All open data can be read by programs without an account. Writing needs a token.",
    ),
    "api_schema": ("Uraian lengkap (OpenAPI)", "Full description (OpenAPI)"),
    "api_read": ("Membaca", "Reading"),
    "api_what": ("Isi", "What"),
    "api_paging": (
        "Tiap daftar datang per halaman: limit (paling banyak {most}) dan offset; total, next, dan previous ada di jawaban.",
        "Each list comes by pages: limit (at most {most}) and offset; total, next and previous are in the answer.",
    ),
    "api_geojson": (
        "Yang punya tempat datang sebagai GeoJSON dengan ?format=geojson atau Accept: application/geo+json.",
        "What has a place comes as GeoJSON with ?format=geojson or Accept: application/geo+json.",
    ),
    "api_etag": (
        "Jawaban membawa ETag; kirim kembali dalam If-None-Match, dan 304 berarti tidak ada yang berubah.",
        "Answers carry an ETag; send it back in If-None-Match, and 304 means that nothing changed.",
    ),
    "api_numbers": (
        "Uang dalam rupiah bulat, waktu UTC menurut ISO 8601, koordinat WGS 84.",
        "Money in whole rupiah, times UTC by ISO 8601, coordinates WGS 84.",
    ),
    "api_limits": (
        "Paling banyak {open} permintaan semenit tanpa token, {token} dengan token; sesudahnya 429 dengan Retry-After.",
        "At most {open} requests a minute without a token, {token} with one; then 429 with Retry-After.",
    ),
    "api_write": ("Menulis titik layanan", "Writing service points"),
    "api_write_text": (
        "Token dengan lingkup points bekerja dalam hak dan jangkauan akunnya, sama seperti di halaman petugas; setiap perubahan tercatat.",
        "A token of scope points works within its account's rights and reach, just as on the staff pages; every change is kept.",
    ),
    "api_errors": (
        "Galat datang sebagai application/problem+json (RFC 9457): apa yang salah dan apa yang harus dilakukan.",
        "Errors come as application/problem+json (RFC 9457): what is wrong and what to do.",
    ),
    "api_example": ("Contoh", "Example"),
    "api_villages": ("desa, keadaan dan rencananya", "villages, where they stand and what is planned"),
    "api_facilities": ("fasilitas dan aksesnya", "facilities and their access"),
    "api_points": ("titik layanan program", "service points of the programme"),
    "api_commitments": ("komitmen", "commitments"),
    "api_plans": ("rencana yang diterbitkan", "published plans"),
    "api_budget": (
        "anggaran menurut dana dan tahun, dan yang dibayar",
        "budget by fund and year, and what was paid",
    ),
    "api_contracts": ("kontrak", "contracts"),
    "api_providers": ("penyedia", "providers"),
    # what the API says when something is wrong
    "problem_invalid": (
        "Ada parameter atau isian yang tidak sah: lihat errors, perbaiki, dan kirim lagi.",
        "A parameter or field is not valid: look into errors, mend it and send it again.",
    ),
    "problem_body": ("Isi permintaan bukan JSON yang sah.", "The body of the request is not valid JSON."),
    "problem_plain": (
        "Panggil alamat ini dengan https. Token yang sudah dikirim tanpa https harus ditarik dan diganti.",
        "Call this by https. Withdraw and replace a token that was sent without it.",
    ),
    "problem_token": (
        "Perlu token yang berlaku: Authorization: Bearer …. Token dibuat di halaman /staf/token/.",
        "A valid token is needed: Authorization: Bearer …. Tokens are made on the page /staf/token/.",
    ),
    "problem_scope": (
        "Token ini tidak punya lingkup {scope}. Buat token lain.",
        "This token has no scope {scope}. Make another.",
    ),
    "problem_right": (
        "Peran akun ini tidak berhak atas itu.",
        "The role of this account has no right to that.",
    ),
    "problem_not_there": (
        "Tidak ada yang seperti itu, atau di luar jangkauan akun ini. Daftarnya menunjukkan apa yang ada.",
        "There is no such thing, or it is out of this account's reach. The list shows what there is.",
    ),
    "problem_no_address": (
        "API tidak punya alamat ini: lihat /api/v1/.",
        "The API has no such address: see /api/v1/.",
    ),
    "problem_many": (
        "Terlalu banyak permintaan. Tunggu selama detik dalam Retry-After.",
        "Too many requests. Wait for the seconds in Retry-After.",
    ),
    "problem_refused": (
        "Perubahan ini tidak bisa dilakukan sekarang: lihat errors.",
        "This change can't be made now: look into errors.",
    ),
    "problem_village": (
        "Tidak ada desa dengan kode {code}: lihat /api/v1/villages.",
        "There is no village with the code {code}: see /api/v1/villages.",
    ),
    "problem_other": ("{field}: {value} tidak ada.", "{field}: there is no {value}."),
}

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "scope": {
        "read": ("membaca titik layanan sejauh jangkauan akun, dengan semua isinya", "read service points within the account's reach, with all they hold"),
        "points": ("mengubah titik layanan", "change service points"),
        "challenges": ("mengirim koreksi data", "send corrections of the data"),
    },
    "tongue": {"id": ("Bahasa Indonesia", "Bahasa Indonesia"), "en": ("English", "English")},
}  # fmt: skip
