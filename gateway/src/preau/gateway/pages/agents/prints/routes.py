"""Many invoices in one file: asked for, followed, fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.billing import PagePrintOut, PrintCountsOut, PrintOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.labels import PRINT
from preau.gateway.pages.agents.runs.routes import last_month
from preau.gateway.pages.agents.workbench.columns import Column, Link
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Listing
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.form_fields import Month, Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other
from preau.wording.dates import month, of_period

router = APIRouter()

DELIVERY = (
    ("paper", "Factures sur papier"),
    ("mail", "Factures par courriel"),
    ("all", "Toutes les familles"),
)
LETTERS = "Lettres de relance"
TOLD = {"paper": "sur papier seulement", "mail": "par courriel seulement"}
WHICH = (("all", "Toutes les factures"), ("open", "Factures à régler"), ("overdue", "Factures en retard"))


class PrintForm(OnceForm):
    """Which invoices to print."""

    run_id: Annotated[str, Field(title="Facturation")] = ""
    regie_id: Annotated[str, Field(title="Régie")] = ""
    period: Annotated[Month | None, Field(title="Mois")] = None
    which: Annotated[
        Literal["all", "open", "overdue"], Field(title="Factures"), Needed("Choisissez les factures.")
    ]
    delivery: Annotated[
        Literal["paper", "mail", "all"], Field(title="Envoi"), Needed("Choisissez pour quelles familles.")
    ]

    def body(self) -> dict[str, Any]:
        stated = self.model_dump(mode="json", exclude={"cle"})
        return {name: value for name, value in stated.items() if value}


class LettersForm(OnceForm):
    """Which reminder letters to print."""

    letters_of: Annotated[str, Field(title="Régie")] = ""

    def body(self) -> dict[str, Any]:
        return {"document": "reminders", **({"regie_id": self.letters_of} if self.letters_of else {})}


async def _fetch(agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int) -> PagePrintOut:
    return await agent.billing.prints(sort=asked.order, cursor=asked.cursor, limit=limit)


def _what(made: PrintOut) -> str:
    about = made.about
    if about.document == "reminders":
        return LETTERS
    parts = [dict(WHICH)[about.which]]
    parts += [month(about.period)] if about.period else []
    parts += ["d’une facturation"] if about.run_id else []
    parts += [TOLD[about.delivery]] if about.delivery in TOLD else []
    return ", ".join(parts)


def _file(made: PrintOut) -> list[Link]:
    if made.status != "ready":
        return [(f"{made.rendered} sur {made.invoices}", "/agent/impressions")]
    return [("Télécharger le PDF", f"/api/agent/billing/prints/{made.print_id}/pdf")]


PRINTS = Listing[PrintOut](
    path="/agent/impressions",
    caption="Impressions des trente derniers jours",
    given_by="-created_at",
    fetch=_fetch,
    columns=(
        Column("created_at", "Demandée", lambda made: made.created_at, "moment", sortable=True),
        Column("what", "Factures", _what),
        Column("invoices", "Nombre", lambda made: made.invoices, "number"),
        Column("status", "État", lambda made: made.status, "state", PRINT),
        Column("file", "Fichier", lambda made: f"{made.rendered}/{made.invoices}", links=_file),
    ),
    empty=Empty("Aucune impression", "Choisissez ci-dessus les factures à réunir dans un fichier."),
)


@router.get("/agent/impressions")
async def list_prints(agent: BillingAgent, facturation: UUID | None = None) -> Response:
    """The files asked for, with how far each is; ``facturation`` names the run to print."""
    about = {"run_id": str(facturation)} if facturation else {}
    return await _page(agent, Form({"delivery": "paper", "which": "all", **about}))


@router.get("/agent/impressions.{kind}")
async def prints_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same list, for a spreadsheet."""
    return await sheet_response(agent, PRINTS, kind)


async def _page(agent: AgentContext, form: Form, letters: Form | None = None) -> Response:
    run_id, period = form.value("run_id"), form.value("period") or last_month(agent.today)
    table, regies, counts = await asyncio.gather(
        PRINTS.table(agent), agent.billing.regies(), _counts(agent, run_id, period)
    )
    return agent.page(
        "prints/list",
        "invoices",
        status=(letters or form).status,
        table=table,
        form=form,
        letters=letters or Form(),
        key=str(uuid4()),
        regies=[(each.regie_id, each.label) for each in regies.items],
        delivery=DELIVERY,
        which=WHICH,
        ways=counts,
        counted=of_period(period) if counts and not run_id else "",
        moving=any(each.status == "rendering" for each in table.rows),
    )


@router.post("/agent/impressions/relances")
async def begin_letters(agent: BillingAgent) -> Response:
    """Have the reminder letters that wait printed into one file."""
    form, stated = LettersForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing({"regie_id": "letters_of"}.get):
            made = await agent.billing.begin_print(stated.body(), key=stated.cle or str(uuid4()))
            count = f"{made.invoices} lettre{'s' if made.invoices > 1 else ''}"
            done = f"L’impression de {count} est en cours. Notez-les ensuite comme remises."
            flash.add(agent.request, "success", done)
            return see_other("/agent/impressions")
    return await _page(agent, Form({"delivery": "paper", "which": "all"}), form)


async def _counts(agent: AgentContext, run_id: str, period: str) -> PrintCountsOut | None:
    """How the invoices of the run, else of the month, go; none where what was typed names neither."""
    try:
        return await agent.billing.print_counts(run_id=run_id, period="" if run_id else period)
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        return None


@router.post("/agent/impressions")
async def begin_print(agent: BillingAgent) -> Response:
    """Have invoices printed into one file; workers render it meanwhile."""
    form, stated = PrintForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            made = await agent.billing.begin_print(stated.body(), key=stated.cle or str(uuid4()))
            count = f"{made.invoices} facture{'s' if made.invoices > 1 else ''}"
            done = f"L’impression de {count} est en cours. Vous pouvez quitter cette page et y revenir."
            flash.add(agent.request, "success", done)
            return see_other("/agent/impressions")
    return await _page(agent, form)
