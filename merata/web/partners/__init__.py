"""What partners bring: operators' submissions, comments on draft plans, companies' funds."""
