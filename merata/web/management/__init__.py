"""What `django COMMAND` finds of the site."""
