"""SQL scripts in migrations."""

from alembic import op


def execute_script(script: str) -> None:
    """Run several SQL statements, separated by semicolons at a line's end (not inside ``$$``)."""
    statement: list[str] = []
    quoted = False
    for line in script.strip().splitlines():
        statement.append(line)
        quoted ^= line.count("$$") % 2 == 1
        if not quoted and line.rstrip().endswith(";"):
            op.execute("\n".join(statement))
            statement = []
    if rest := "\n".join(statement).strip():
        op.execute(rest)
