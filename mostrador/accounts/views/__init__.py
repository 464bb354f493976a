"""Pages about signing in, one's own account, the staff and the record."""
