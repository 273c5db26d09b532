"""Problems (RFC 9457) that services answered the gateway."""

from typing import Any

from preau.common.errors import PROBLEM_BASE

UNREACHABLE = {
    "type": PROBLEM_BASE + "unavailable",
    "title": "Service indisponible",
    "detail": "Le service ne répond pas pour le moment. Réessayez dans un instant.",
}
UNREADABLE = {
    "type": PROBLEM_BASE + "bad-gateway",
    "title": "Réponse illisible",
    "detail": "Le service a répondu autrement que prévu. Réessayez dans un instant.",
}
FOR_PEOPLE = {
    "idempotency-key-reused": "Ce formulaire a déjà été envoyé avec d’autres valeurs."
    " Vérifiez ce qui a été enregistré, puis recommencez.",
}
"""What is said instead of a problem whose own sentence speaks to programs, by its type."""


class UpstreamProblem(Exception):
    """A service answered 4xx or 5xx, or could not answer (status 502, 503, 504)."""

    def __init__(self, status: int, content: dict[str, Any], retry_after_seconds: int | None = None) -> None:
        self.status = status
        self.content = content
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{status} {self.type}: {self.detail}")

    @property
    def type(self) -> str:
        """The last part of the problem's type, "slot-full" for instance; "" when there is none."""
        return str(self.content.get("type") or "").rsplit("/", 1)[-1]

    @property
    def title(self) -> str:
        """A few words in French."""
        return str(self.content.get("title") or "")

    @property
    def detail(self) -> str:
        """A sentence in French, for the person; "" when there is none."""
        return FOR_PEOPLE.get(self.type) or str(self.content.get("detail") or "")

    def extension(self, name: str) -> str:
        """An extension member of the problem (RFC 9457, 3.2) as text; "" when it is not there."""
        return str(self.content.get(name) or "")

    @property
    def field_errors(self) -> dict[str, str]:
        """What is wrong by field ("children.0.birth_date"), {} unless the service said so."""
        errors = self.content.get("errors")
        if not isinstance(errors, list):
            return {}
        found: dict[str, str] = {}
        for each in errors:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(each, dict) and "field" in each:
                found.setdefault(str(each["field"]), str(each.get("message", "")))  # pyright: ignore[reportUnknownArgumentType]
        return found
