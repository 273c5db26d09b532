"""What a document of billing is called, and how it stands: below zero it is an avoir, whatever made it."""


def kind_shown(kind: str, total_cents: int) -> str:
    """The key of `kinds.INVOICE` that names a document."""
    return "credit_note" if total_cents < 0 else kind


def status_shown(status: str, total_cents: int) -> str:
    """The key of `statuses.DOCUMENT` that says how a document stands: nobody pays an avoir."""
    return "in_favour" if total_cents < 0 and status == "paid" else status
