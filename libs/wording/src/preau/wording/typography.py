"""The spaces and signs of French typography (Lexique des règles typographiques de l'Imprimerie nationale)."""

NBSP = "\N{NO-BREAK SPACE}"
NARROW_NBSP = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def sentence(text: str) -> str:
    """A text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def counted(count: int, one: str, several: str) -> str:
    """``0 facture``, ``1 facture``, ``2 factures``: French has its plural from two on."""
    return f"{count}{NBSP}{several if abs(count) >= 2 else one}"
