"""Tariffs: those in force, and stating a new one after seeing its prices for sample families."""

from __future__ import annotations

import asyncio
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import PreviewLine, TariffOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

ROWS = 6
AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
SAMPLES = [{"quotient": quotient} for quotient in (300, 612, 850, 1200)] + [
    {"quotient": None},
    {"quotient": 612, "sibling_rank": 2},
    {"quotient": 612, "resident": False},
]


@router.get("/agent/tarifs")
async def list_tariffs(agent: BillingAgent) -> Response:
    """The tariffs by activity, newest first."""
    return await _page(agent, Form({"kind": "brackets"}))


async def _page(
    agent: AgentContext, form: Form, preview: list[PreviewLine] | None = None, status: int = 200
) -> Response:
    tariffs, activities, sites = await asyncio.gather(
        agent.billing.tariffs(),
        agent.reservations.activities(),
        agent.reservations.sites(),
    )
    site_labels = {site.site_id: site.label for site in sites.items}
    labels = {
        each.activity_id: f"{site_labels.get(each.site_id, '')} · {each.label}" for each in activities.items
    }
    stated: dict[str, list[TariffOut]] = {}
    for tariff in sorted(tariffs.items, key=lambda each: each.effective_from, reverse=True):
        stated.setdefault(tariff.activity_id, []).append(tariff)
    return agent.page(
        "tariffs/list",
        "tariffs",
        status=status,
        labels=labels,
        stated=stated,
        form=form,
        rows=ROWS,
        preview=preview,
    )


@router.post("/agent/tarifs")
async def state_tariff(agent: BillingAgent) -> Response:
    """Show the prices for sample families, or state the tariff."""
    form = Form.sent(await agent.request.form())
    definition = definition_of(form)
    names = _names(definition)
    if not form.is_valid:
        return await _page(agent, form, status=422)
    try:
        if form.value("action") != "state":
            preview = await agent.billing.preview_tariff({"definition": definition, "facts": SAMPLES})
            return await _page(agent, form, preview.items)
        form.require({"activity_id": "Choisissez une prestation.", "effective_from": "Choisissez une date."})
        if form.is_valid:
            body = {name: form.value(name) for name in ("activity_id", "effective_from")}
            await agent.billing.state_tariff({**body, "definition": definition})
            flash.add(agent.request, "success", "Le tarif est enregistré.")
            return see_other("/agent/tarifs")
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem, names)
    return await _page(agent, form, status=422)


def cents_of(form: Form, name: str) -> int:
    """Euros as typed ("3,45") in cents; notes what is no amount."""
    typed = re.sub(r"[\s\u202f\u00a0]", "", str(form.value(name))).replace(",", ".")
    if not AMOUNT.fullmatch(typed):
        form.errors[name] = "Un montant est attendu, par exemple 3,45."
        return 0
    return int((Decimal(typed) * 100).to_integral_value(ROUND_HALF_UP))


def definition_of(form: Form) -> dict[str, Any]:
    """The declaration that the form states; notes what cannot be read."""
    definition: dict[str, Any] = {"kind": "flat" if form.value("kind") == "flat" else "brackets"}
    if definition["kind"] == "flat":
        definition["amount_cents"] = cents_of(form, "amount")
    else:
        definition |= {"base": "quotient", "missing_quotient": "highest", "brackets": _brackets(form)}
        if not definition["brackets"]:
            form.errors["brackets.0.amount"] = "Indiquez au moins une tranche."
    if form.value("sibling_percent"):
        percent = str(form.value("sibling_percent")).replace(",", ".").lstrip("-")
        definition["siblings"] = [{"rank": 2, "percent": f"-{percent}"}]
    if form.value("non_resident"):
        definition["non_resident"] = {"kind": "price", "amount_cents": cents_of(form, "non_resident")}
    return definition


def _brackets(form: Form) -> list[dict[str, Any]]:
    brackets: list[dict[str, Any]] = []
    for row in range(ROWS):
        if not form.value(f"brackets.{row}.amount"):
            continue
        bracket: dict[str, Any] = {
            "from": form.value(f"brackets.{row}.from") or 0,
            "label": form.value(f"brackets.{row}.label") or "ABCDEFGH"[len(brackets)],
            "amount_cents": cents_of(form, f"brackets.{row}.amount"),
        }
        if form.value(f"brackets.{row}.to"):
            bracket["to"] = form.value(f"brackets.{row}.to")
        brackets.append(bracket)
    return brackets


def _names(definition: dict[str, Any]) -> dict[str, str]:
    names = {
        "definition.amount_cents": "amount",
        "definition.flat.amount_cents": "amount",
        "definition.non_resident.amount_cents": "non_resident",
        "definition.siblings.0.percent": "sibling_percent",
    }
    for row in range(len(definition.get("brackets", ()))):
        for name, field in (("from", "from"), ("to", "to"), ("label", "label"), ("amount_cents", "amount")):
            for prefix in ("definition", "definition.brackets"):
                names[f"{prefix}.brackets.{row}.{name}"] = f"brackets.{row}.{field}"
    return names
