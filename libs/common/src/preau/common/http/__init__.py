"""The edges over HTTP: access, errors, idempotency, pages, the app."""
