"""The pages for staff: data, plans, accounts. The programme's own are in `merata.web.programme`."""
