"""Django's PostgreSQL backend, patient while the server restarts."""
