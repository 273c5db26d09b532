"""Alembic's entry: the shared environment."""

from preau.common.db.migrations import run_environment

run_environment("payments")
