"""Days that agents close: what is booked on them is freed, once the agent has seen how much that is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.reservations import ClosureOut, ConcernedOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.closures.forms import NAMES, ClosureForm
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.labels import CLOSURE
from preau.gateway.pages.agents.workbench.confirming import confirmation, goes_back, is_confirmed
from preau.gateway.pages.forms import Change, Form
from preau.gateway.pages.rendering import see_other
from preau.wording.dates import days_from_to
from preau.wording.typography import counted, sentence

router = APIRouter()

BACK = timedelta(days=60)
"""How long a closure that is over is still listed."""
EVERY_SITE = "Tous les sites"
TITLES = {
    "closure": "Fermer des jours",
    "day_off": "Ajouter un jour chômé",
    "school_holidays": "Ajouter des vacances scolaires",
    "class_held": "Maintenir la classe",
}
"""What is asked for, by the kind of the days."""
STAYS = "Rien n’est annulé : ce qui est réservé ces jours-là reste."


@router.get("/agent/fermetures")
async def list_closures(agent: ReservationsAgent) -> Response:
    """The closures to come and those of late, with what each freed."""
    return await _list(agent, Form())


async def _list(agent: AgentContext, form: Form) -> Response:
    sites, closures = await asyncio.gather(
        agent.reservations.sites(), agent.reservations.closures(agent.today - BACK)
    )
    return agent.page(
        "closures/list",
        "closures",
        status=form.status,
        form=form,
        sites=[(site.site_id, site.label) for site in sites.items],
        site_labels={site.site_id: site.label for site in sites.items},
        closures=closures.items,
        kinds=CLOSURE,
        zone_is_published=closures.school_holidays_are_published,
        days_from_to=days_from_to,
    )


@router.post("/agent/fermetures")
async def add_closure(agent: ReservationsAgent) -> Response:
    """Close days, once what that frees has been told."""
    data = await agent.request.form()
    form, stated = ClosureForm.sent(data)
    if stated is None or goes_back(data):
        return await _list(agent, form)
    with form.refusing(NAMES.get):
        if not is_confirmed(data):
            concerned = await agent.reservations.preview_closure(stated.body())
            changes = await _told(agent, stated, concerned)
            return confirmation(
                agent,
                "closures",
                data,
                changes,
                title=TITLES[stated.kind],
                concerns=_concerns(stated.kind, concerned),
            )
        added = await agent.reservations.add_closure(stated.body())
        flash.add(agent.request, "success", done(added))
        return see_other("/agent/fermetures")
    return await _list(agent, form)


async def _told(agent: AgentContext, stated: ClosureForm, concerned: ConcernedOut) -> list[Change]:
    sites = await agent.reservations.sites()
    labels = {site.site_id: site.label for site in sites.items}
    closed = sentence(days_from_to(stated.first_day, stated.last_day))
    return [
        Change(dict(CLOSURE)[stated.kind], "–", closed),
        Change("Site", "–", labels.get(stated.site_id, EVERY_SITE)),
        Change("Motif", "–", stated.label),
        Change("Réservations annulées", "–", _freed(concerned)),
    ]


def _freed(concerned: ConcernedOut | ClosureOut) -> str:
    """How much is freed, and of whom."""
    if not concerned.bookings:
        return "Aucune"
    bookings = counted(concerned.bookings, "réservation", "réservations")
    whose = "d’une famille" if concerned.families == 1 else f"de {concerned.families} familles"
    return f"{bookings} {whose}"


def _concerns(kind: str, concerned: ConcernedOut) -> str:
    """Whom a closure touches, and what becomes of it."""
    if kind in ("school_holidays", "class_held"):
        return STAYS
    parts = ["Aucune réservation n’est à annuler."]
    if concerned.bookings:
        one = concerned.bookings == 1
        parts = [
            f"{_freed(concerned)}{' sera annulée' if one else ' seront annulées'}, sans condition de délai.",
            "Rien n’en sera facturé, et chaque famille en est prévenue par un seul e-mail.",
        ]
    if concerned.marked:
        marked = counted(
            concerned.marked, "réservation déjà pointée reste", "réservations déjà pointées restent"
        )
        parts.append(f"{marked} comme pointée{'s' if concerned.marked > 1 else ''}.")
    return " ".join(parts)


def done(added: ClosureOut) -> str:
    """What closing days did."""
    if added.kind in ("school_holidays", "class_held"):
        return f"C’est enregistré. {STAYS}"
    if not added.bookings:
        return "La fermeture est enregistrée. Aucune réservation n’était à annuler."
    were = "est annulée" if added.bookings == 1 else "sont annulées"
    told = "la famille est prévenue" if added.families == 1 else "les familles sont prévenues"
    return f"La fermeture est enregistrée. {_freed(added)} {were}, et {told}."


@router.post("/agent/fermetures/{closure_id}/retrait")
async def remove_closure(agent: ReservationsAgent, closure_id: UUID) -> Response:
    """Open the days again, once it has been told that nothing is booked anew."""
    data = await agent.request.form()
    closures = await agent.reservations.closures(agent.today - BACK)
    closure = next((each for each in closures.items if each.closure_id == str(closure_id)), None)
    if goes_back(data) or closure is None:
        if closure is None:
            flash.add(agent.request, "error", "Cette fermeture n’existe plus.")
        return see_other("/agent/fermetures")
    if not is_confirmed(data):
        word = "Fermé" if closure.kind == "closure" else sentence(dict(CLOSURE)[closure.kind])
        closed = f"{word} {days_from_to(closure.from_, closure.to)} ({closure.label})"
        return confirmation(
            agent,
            "closures",
            data,
            [Change("Jours", closed, "Ouvert" if closure.kind == "closure" else "Comme publié")],
            title="Rouvrir ces jours" if closure.kind == "closure" else "Retirer ces jours",
            concerns=_reopened(closure),
        )
    form = Form()
    with form.refusing():
        await agent.reservations.remove_closure(str(closure_id))
        done = "Ces jours sont rouverts." if closure.kind == "closure" else "Ces jours sont retirés."
        flash.add(agent.request, "success", f"{done} {_reopened(closure)}")
        return see_other("/agent/fermetures")
    flash.add(agent.request, "error", form.failure)
    return see_other("/agent/fermetures")


def _reopened(closure: ClosureOut) -> str:
    if closure.kind in ("school_holidays", "class_held"):
        return STAYS
    if not closure.bookings:
        return "Les familles peuvent de nouveau réserver."
    stay = "reste annulée" if closure.bookings == 1 else "restent annulées"
    return (
        f"Rien n’est réservé de nouveau : {_freed(closure)} {stay}, et les familles réservent elles-mêmes si"
        " elles le veulent."
    )
