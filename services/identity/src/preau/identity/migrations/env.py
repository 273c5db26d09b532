"""Alembic's entry: the common environment, with the version table of this service."""

from preau.common.db.migrations import run_environment

run_environment("identity")
