"""All pages of the back office."""

from __future__ import annotations

from fastapi import APIRouter

from preau.gateway.web.agents import (
    activities,
    attendance,
    bookings,
    commune,
    desk,
    families,
    invoices,
    payments,
    registration,
    requests,
    runs,
    sign_in,
    tariffs,
)


def agents_routes() -> APIRouter:
    """The routes under /agent."""
    router = APIRouter(include_in_schema=False)
    for subject in (
        sign_in,
        desk,
        registration,
        families,
        activities,
        bookings,
        attendance,
        runs,
        invoices,
        payments,
        requests,
        tariffs,
        commune,
    ):
        router.include_router(subject.router)
    return router
