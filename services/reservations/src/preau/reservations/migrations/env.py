from preau.common.db.migrations import run_environment

run_environment("reservations")
