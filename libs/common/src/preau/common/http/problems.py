"""One place turns errors into problem documents (RFC 9457), in French, without a trace of the inside."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from preau.common.db.failures import database_is_away, database_is_busy, text_is_unstorable
from preau.common.errors import PROBLEM_BASE, Problem, Unavailable, Unprocessable
from preau.common.logging import logger

log = logger(__name__)

MEDIA_TYPE = "application/problem+json"

_MESSAGES = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n’est pas attendu.",
    "string_too_short": "Ce texte est trop court ({min_length} caractères au moins).",
    "string_too_long": "Ce texte est trop long ({max_length} caractères au plus).",
    "string_type": "Un texte est attendu.",
    "string_pattern_mismatch": "Le format n’est pas celui attendu.",
    "int_type": "Un nombre entier est attendu.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_from_float": "Un nombre entier est attendu.",
    "decimal_parsing": "Un nombre est attendu.",
    "decimal_type": "Un nombre est attendu.",
    "bool_parsing": "Oui ou non est attendu.",
    "bool_type": "Oui ou non est attendu.",
    "greater_than": "La valeur doit être supérieure à {gt}.",
    "greater_than_equal": "La valeur doit être d’au moins {ge}.",
    "less_than": "La valeur doit être inférieure à {lt}.",
    "less_than_equal": "La valeur doit être d’au plus {le}.",
    "uuid_parsing": "Cet identifiant n’est pas valide.",
    "uuid_type": "Cet identifiant n’est pas valide.",
    "date_from_datetime_parsing": "Une date (AAAA-MM-JJ) est attendue.",
    "date_parsing": "Une date (AAAA-MM-JJ) est attendue.",
    "date_type": "Une date (AAAA-MM-JJ) est attendue.",
    "datetime_parsing": "Une date et une heure sont attendues.",
    "literal_error": "Valeurs possibles : {expected}.",
    "enum": "Valeurs possibles : {expected}.",
    "list_type": "Une liste est attendue.",
    "too_short": "Il en faut au moins {min_length}.",
    "too_long": "Il en faut au plus {max_length}.",
    "json_invalid": "Ce n’est pas du JSON valide.",
    "value_error": "{reason}",
}


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOUNDS = {"gt", "ge", "lt", "le"}


def _bound(value: Any, in_cents: bool) -> str:
    """A bound as French readers write it: ``12/03/2026``, ``10\u202f000``, and euros for cents."""
    match value:
        case int() | Decimal() | float():
            told = f"{value / 100:,.2f}\u00a0€" if in_cents else f"{value:,}"
            return told.replace(",", "\u202f").replace(".", ",")
        case str() if _ISO_DATE.fullmatch(value):  # as Pydantic tells the bound of a date
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        case _:
            return str(value)


def field_errors(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Pydantic's errors as ``[{"field": "children.0.birth_date", "message": "…"}]``, without the values."""
    found: list[dict[str, str]] = []
    wrong = {tuple(error["loc"][:length]) for error in errors for length in range(len(error["loc"]))}
    for error in errors:
        if error["type"] == "too_short" and tuple(error["loc"]) in wrong:
            continue  # Pydantic does not count what is wrong: nobody has to give more of it
        where = [str(part) for part in error["loc"]]
        if where and where[0] in {"body", "query", "path", "header", "cookie"}:
            where = where[1:]
        context: dict[str, Any] = dict(error.get("ctx") or {})
        reason = context.get("error") or context.get("reason") or error.get("msg", "")
        context["reason"] = str(reason).removeprefix("Value error, ")
        for bound in _BOUNDS & context.keys():
            context[bound] = _bound(context[bound], in_cents=bool(where) and where[-1].endswith("_cents"))
        if "expected" in context:
            context["expected"] = str(context["expected"]).replace(" or ", " ou ")
        template = _MESSAGES.get(error["type"], "Cette valeur n’est pas valide.")
        try:
            message = template.format(**context)
        except (KeyError, IndexError):
            message = "Cette valeur n’est pas valide."
        found.append({"field": ".".join(where) or "body", "message": message})
    return found


def problem_response(problem: Problem, instance: str = "") -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(problem.document(instance), problem.status, headers, MEDIA_TYPE)


_TITLES = {
    400: ("bad-request", "Requête incorrecte", "Le contenu envoyé n’a pas pu être lu."),
    404: ("not-found", "Introuvable", "Cette adresse n’existe pas."),
    405: ("method-not-allowed", "Méthode refusée", "Cette adresse n’accepte pas cette méthode."),
    413: ("too-large", "Trop volumineux", "Le contenu envoyé est trop volumineux."),
}


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - registered for Problem
        return problem_response(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return problem_response(
            Unprocessable("Certains champs sont à corriger.", errors=field_errors(error.errors())),
            request.url.path,
        )

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        kind, title, detail = _TITLES.get(error.status_code, ("http", "Erreur", str(error.detail)))
        document = {
            "type": PROBLEM_BASE + kind,
            "title": title,
            "status": error.status_code,
            "detail": detail,
            "instance": request.url.path,
        }
        return JSONResponse(document, error.status_code, dict(error.headers or {}), MEDIA_TYPE)

    async def unexpected(request: Request, error: Exception) -> Response:
        if database_is_away(error) or database_is_busy(error):
            away = database_is_away(error)
            log.warning("database unavailable", path=request.url.path, away=away, error=type(error).__name__)
            return problem_response(
                Unavailable(
                    "Le service est momentanément indisponible. Réessayez dans quelques instants.",
                    retry_after=2 if away else 1,
                ),
                request.url.path,
            )
        if text_is_unstorable(error):
            return problem_response(
                Unprocessable("Un texte contient un caractère qui ne peut pas être enregistré."),
                request.url.path,
            )
        log.exception("unexpected error", path=request.url.path, method=request.method)
        return problem_response(
            Problem("Une erreur inattendue est survenue. L’équipe technique en a la trace."),
            request.url.path,
        )

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
    app.state.unexpected_error = unexpected
