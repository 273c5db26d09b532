"""Alembic's environment: the scripts run on the connection that ``migrate`` opened."""

from preau.common.db.migrations import run_environment

run_environment("requests")
