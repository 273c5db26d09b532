"""Texts that agents type: one line, without control characters (PostgreSQL cannot store a NUL)."""

from typing import Annotated

from pydantic import StringConstraints

NO_CONTROL_CHARACTER = r"^[^\u0000-\u001f\u007f]*$"

Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=NO_CONTROL_CHARACTER)]
"""One line of text."""
