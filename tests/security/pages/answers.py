"""What every answer of a page must be, whatever was asked."""

from typing import Any

SAFETY = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cache-control",
    "x-correlation-id",
)
BY_THE_SERVER = frozenset({400, 408, 414, 431})
"""Turned away before any page is asked, and the connection closed: what came was no request."""
PROBLEM = "application/problem+json"
FRENCH = ('<html lang="fr">', 'role="alert"')
TOLD = ("error-summary", 'role="alert"', "Quelque chose est à corriger")


def wrong_with(answer: Any, path: str) -> list[str]:
    """What is wrong with an answer of the page at ``path``: it failed, is not French, or lacks a header."""
    status: int = answer.status_code
    kind = answer.headers.get("content-type", "")
    wrong: list[str] = []
    if status in BY_THE_SERVER and answer.headers.get("connection") == "close" and kind == PROBLEM:
        return [] if "x-content-type-options" in answer.headers else [f"{status} without nosniff"]
    if status >= 500:
        wrong.append(f"it failed with {status}")
    if status >= 400 and not path.startswith("/theme/"):
        if not kind.startswith("text/html"):
            wrong.append(f"{status} is no page: {kind}")
        elif not any(sign in answer.text for sign in FRENCH):
            wrong.append(f"{status} is no page for people")
        if status == 422 and not any(sign in answer.text for sign in TOLD):
            wrong.append("422 and nothing tells what to correct")
    missing = [name for name in SAFETY if name not in answer.headers]
    if missing:
        wrong.append(f"{status} lacks {', '.join(missing)}")
    return wrong
