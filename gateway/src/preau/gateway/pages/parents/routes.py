"""The parents' pages, one folder a group of pages."""

from fastapi import APIRouter

from preau.gateway.pages.parents.accounts.routes import router as accounts
from preau.gateway.pages.parents.home.routes import router as home
from preau.gateway.pages.parents.invoices.routes import router as invoices
from preau.gateway.pages.parents.payments.routes import router as payments
from preau.gateway.pages.parents.profile.routes import router as profile
from preau.gateway.pages.parents.requests.routes import router as requests
from preau.gateway.pages.parents.reservations.routes import router as reservations
from preau.gateway.pages.parents.sandbox.routes import router as sandbox


def parents_routes(*, development: bool) -> APIRouter:
    """Every page of the parents; the sandbox's mails in development only."""
    router = APIRouter(include_in_schema=False)
    for group in (accounts, home, reservations, invoices, payments, requests, profile):
        router.include_router(group)
    if development:
        router.include_router(sandbox)
    return router
