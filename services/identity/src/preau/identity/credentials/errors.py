"""What is wrong with a credential that somebody presents."""

from preau.common.errors import NotFound


class LinkNotValid(NotFound):
    """The link is unknown, used or expired: the answer does not say which."""

    type, title = "link-not-valid", "Lien non valable"

    def __init__(self) -> None:
        super().__init__("Ce lien n’est plus valable : merci d’en demander un nouveau.")
