"""Alembic's entry for the billing service."""

from preau.common.db.migrations import run_environment

run_environment("billing")
