"""For who runs the site: whether it is well, and numbers to watch it by. Nothing of a person is in either."""

#: Where the processes of a site count together: a folder, which must be named before prometheus_client is imported.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
