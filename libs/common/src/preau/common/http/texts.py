"""Texts that people type, without control characters: nothing shows them, PostgreSQL stores no NUL."""

from typing import Annotated

from pydantic import StringConstraints

ONE_LINE = r"^[^\u0000-\u001f\u007f]*$"
"""Pattern of a text without control characters."""

LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
"""Pattern of a text that may have line breaks and tabs, and no other control character."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=ONE_LINE)]
"""One line of text."""
