"""Errors named after what happened, each with its problem type and status (RFC 9457).

``detail`` is French and shown to people; keyword arguments become members of the problem document.
"""

from typing import Any, ClassVar

PROBLEM_BASE = "https://preau.example/problems/"


class Problem(Exception):
    """Something that a client is told about as ``application/problem+json``."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "Erreur interne"

    def __init__(self, detail: str = "", *, retry_after: int | None = None, **extras: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after = retry_after
        self.extras = extras

    def document(self, instance: str = "") -> dict[str, Any]:
        """The problem document, without ``None``."""
        return {
            **self.extras,
            "type": PROBLEM_BASE + self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **({"instance": instance} if instance else {}),
        }


class BadRequest(Problem):
    status, type, title = 400, "bad-request", "Requête incorrecte"


class Unauthenticated(Problem):
    status, type, title = 401, "unauthenticated", "Connexion nécessaire"


class Forbidden(Problem):
    status, type, title = 403, "forbidden", "Accès refusé"


class NotFound(Problem):
    """Also for what belongs to someone else: nobody learns that it exists."""

    status, type, title = 404, "not-found", "Introuvable"


class Conflict(Problem):
    status, type, title = 409, "conflict", "Impossible dans l’état actuel"


class Unprocessable(Problem):
    status, type, title = 422, "invalid", "Données incorrectes"


class FieldErrors(Unprocessable):
    """What is wrong, field by field: ``FieldErrors({"email": "Cette adresse n’est pas valide."})``."""

    def __init__(self, fields: dict[str, str], detail: str = "") -> None:
        super().__init__(
            detail or "Certains champs sont à corriger.",
            errors=[{"field": field, "message": message} for field, message in fields.items()],
        )


class TooManyRequests(Problem):
    status, type, title = 429, "too-many-requests", "Trop de demandes"


class Unavailable(Problem):
    status, type, title = 503, "unavailable", "Service momentanément indisponible"
