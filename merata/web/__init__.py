"""The web site: what everybody sees of the programme, and where staff run it. Django over a region folder."""
