"""Alembic's entry for the billing service."""

from preau.common.db.migrations import run_environment

run_environment("billing", temporary_tables=True)  # a chunk of a run lays its work out
