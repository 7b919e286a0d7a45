"""What leaves as files: report, workbook, maps, tables."""
