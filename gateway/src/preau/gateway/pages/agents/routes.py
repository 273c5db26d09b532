"""All pages of the back office."""

from __future__ import annotations

from fastapi import APIRouter

from preau.gateway.pages.agents.accounts.routes import router as accounts
from preau.gateway.pages.agents.activities.routes import router as activities
from preau.gateway.pages.agents.activities.sites import router as sites
from preau.gateway.pages.agents.attendance.routes import router as attendance
from preau.gateway.pages.agents.closures.routes import router as closures
from preau.gateway.pages.agents.commune.routes import router as commune
from preau.gateway.pages.agents.families.certificate import router as certificate
from preau.gateway.pages.agents.families.routes import router as families
from preau.gateway.pages.agents.home.routes import router as home
from preau.gateway.pages.agents.invoices.plans import router as plans
from preau.gateway.pages.agents.invoices.routes import router as invoices
from preau.gateway.pages.agents.invoices.write_offs import router as write_offs
from preau.gateway.pages.agents.ledger.accounts import router as family_accounts
from preau.gateway.pages.agents.ledger.credits import router as credits
from preau.gateway.pages.agents.ledger.debts import router as debts
from preau.gateway.pages.agents.ledger.journal import router as journal
from preau.gateway.pages.agents.ledger.manual import router as manual_invoices
from preau.gateway.pages.agents.ledger.pes import router as pes
from preau.gateway.pages.agents.ledger.refunds import router as refunds
from preau.gateway.pages.agents.ledger.reminders import router as reminders
from preau.gateway.pages.agents.ledger.unpaid import router as unpaid
from preau.gateway.pages.agents.ledger.years import router as years
from preau.gateway.pages.agents.payments.routes import router as payments
from preau.gateway.pages.agents.prints.routes import router as prints
from preau.gateway.pages.agents.requests.routes import router as requests
from preau.gateway.pages.agents.reservations.routes import router as reservations
from preau.gateway.pages.agents.runs.carried import router as carried_months
from preau.gateway.pages.agents.runs.families import router as families_of_run
from preau.gateway.pages.agents.runs.progress import router as run_progress
from preau.gateway.pages.agents.runs.regies import router as regies
from preau.gateway.pages.agents.runs.routes import router as runs
from preau.gateway.pages.agents.search.routes import router as search
from preau.gateway.pages.agents.tariffs.new import router as new_tariff
from preau.gateway.pages.agents.tariffs.record import router as tariff
from preau.gateway.pages.agents.tariffs.routes import router as tariffs


def agents_routes() -> APIRouter:
    """Every page of the agents, under /agent."""
    router = APIRouter(include_in_schema=False)
    for group in (
        accounts,
        home,
        search,
        manual_invoices,
        debts,
        families,
        certificate,
        activities,
        sites,
        closures,
        reservations,
        attendance,
        runs,
        run_progress,
        families_of_run,
        carried_months,
        regies,
        invoices,
        prints,
        write_offs,
        plans,
        payments,
        credits,
        family_accounts,
        unpaid,
        reminders,
        refunds,
        journal,
        years,
        pes,
        requests,
        tariffs,
        new_tariff,
        tariff,
        commune,
    ):
        router.include_router(group)
    return router
