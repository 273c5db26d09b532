"""What a document of billing is called, and how it stands: below zero it is an avoir, whatever made it.

What takes an avoir back asks for money again: it is none.
"""


def kind_shown(kind: str, total_cents: int) -> str:
    """The key of `kinds.DOCUMENT` that names a document."""
    if kind == "credit_note" and total_cents > 0:
        return "avoir_undone"
    return "credit_note" if total_cents < 0 else kind


def status_shown(status: str, total_cents: int) -> str:
    """The key of `statuses.DOCUMENT` that says how a document stands: nobody pays an avoir."""
    return "in_favour" if total_cents < 0 and status == "paid" else status
