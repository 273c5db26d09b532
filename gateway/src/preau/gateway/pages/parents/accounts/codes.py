"""Adhesion codes as people type them."""

import re


def tidy_code(typed: str) -> str:
    """ "abcd efgh" becomes "ABCD-EFGH"; what cannot be a code stays as it was, in capitals."""
    signs = re.sub(r"[\s-]+", "", typed.upper())
    return f"{signs[:4]}-{signs[4:]}" if len(signs) == 8 else typed.upper().strip()
