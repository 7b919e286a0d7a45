"""The addresses of the programme's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.programme import (
    board,
    bulk,
    cases,
    history,
    money,
    now,
    payment_file,
    photographs,
    points,
    probes,
    promises,
    reports,
    sheet,
)

_P = "staf/program"

PAGES: list[URLPattern] = [
    path(f"{_P}/", board.board, name="programme"),
    path(f"{_P}/sekarang/", now.now, name="programme_now"),
    path(f"{_P}/titik/", points.points, name="programme_points"),
    path(f"{_P}/titik/baru/", points.point_new, name="programme_point_new"),
    path(f"{_P}/titik/massal/", bulk.bulk, name="programme_bulk"),
    path(f"{_P}/titik/<int:number>/", points.point, name="programme_point"),
    path(f"{_P}/titik/<int:number>/ubah/", points.point_edit, name="programme_point_edit"),
    path(f"{_P}/titik/<int:number>/langkah/<str:to>/", points.point_step, name="programme_point_step"),
    path(f"{_P}/titik/<int:number>/foto/", photographs.photograph_add, name="programme_photograph_add"),
    path(f"{_P}/titik/<int:number>/komitmen/", promises.fulfil, name="programme_fulfil"),
    path(f"{_P}/titik/<int:number>/alat-ukur/", probes.probe_new, name="programme_probe_new"),
    path(f"{_P}/alat-ukur/<int:number>/cabut/", probes.probe_revoke, name="programme_probe_revoke"),
    path(f"{_P}/foto/<int:number>.jpg", photographs.photograph, name="programme_photograph"),
    path(f"{_P}/foto/<int:number>/hapus/", photographs.photograph_remove, name="programme_photograph_remove"),
    path(f"{_P}/kontrak/", money.contracts, name="programme_contracts"),
    path(f"{_P}/kontrak/baru/", money.contract_new, name="programme_contract_new"),
    path(f"{_P}/kontrak/<int:number>/", money.contract, name="programme_contract"),
    path(f"{_P}/kontrak/<int:number>/ubah/", money.contract_edit, name="programme_contract_edit"),
    path(f"{_P}/pembayaran/", money.payments, name="programme_payments"),
    path(f"{_P}/pembayaran/baru/", money.payment_new, name="programme_payment_new"),
    path(f"{_P}/pembayaran/daftar/", payment_file.payment_file, name="programme_payment_file"),
    path(
        f"{_P}/pembayaran/daftar/simpan/",
        payment_file.payment_file_apply,
        name="programme_payment_file_apply",
    ),
    path(f"{_P}/komitmen/", promises.commitments, name="programme_commitments"),
    path(f"{_P}/komitmen/desa/<str:code>/", promises.village, name="programme_village"),
    path(f"{_P}/target/", promises.targets, name="programme_targets"),
    path(f"{_P}/lembar/", sheet.sheet, name="programme_sheet"),
    path(f"{_P}/lembar/isian.xlsx", sheet.sheet_to_fill, name="programme_sheet_to_fill"),
    path(f"{_P}/lembar/periksa/", sheet.preview, name="programme_sheet_preview"),
    path(f"{_P}/lembar/terapkan/", sheet.sheet_apply, name="programme_sheet_apply"),
    path(f"{_P}/laporan/", reports.reports, name="programme_reports"),
    path(f"{_P}/laporan/<int:number>/", reports.answer, name="programme_report_answer"),
    path(f"{_P}/laporan/<int:number>/foto/", cases.report_photo, name="programme_report_photo"),
    path(f"{_P}/kasus/", cases.cases, name="programme_cases"),
    path(f"{_P}/kasus/terburuk/", cases.worst, name="programme_cases_worst"),
    path(f"{_P}/kasus/sp4n-lapor.csv", cases.lapor_file, name="programme_cases_lapor"),
    path(f"{_P}/kasus/piket/", cases.duty, name="programme_duty"),
    path(f"{_P}/kasus/<int:number>/", cases.case, name="programme_case"),
    path(f"{_P}/kasus/<int:number>/langkah/", cases.case_step, name="programme_case_step"),
    path(f"{_P}/perubahan/<int:number>/batal/", history.undo_one, name="programme_undo"),
    path(f"{_P}/paket/<str:batch>/", history.batch_page, name="programme_batch"),
    path(f"{_P}/paket/<str:batch>/batal/", history.undo_batch_page, name="programme_undo_batch"),
]
