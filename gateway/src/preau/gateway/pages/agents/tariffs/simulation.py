"""A tariff tried on months that were: what it would have brought, and of whom more or less.

Like the summary before saving, the page keeps the form's fields hidden: one goes on or back with all of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field
from starlette.datastructures import FormData
from starlette.responses import Response

from preau.gateway.api.models.billing import AskedOut, ClassOut, SegmentOut, SimulationOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.runs.routes import last_month
from preau.gateway.pages.agents.tariffs.codes import own_codes
from preau.gateway.pages.agents.tariffs.faults import naming
from preau.gateway.pages.agents.tariffs.page import activity_labels
from preau.gateway.pages.agents.tariffs.terms import TermsForm, as_json
from preau.gateway.pages.agents.workbench.columns import SheetValue
from preau.gateway.pages.agents.workbench.confirming import kept_of
from preau.gateway.pages.agents.workbench.sheets import BYTE_ORDER_MARK, MEDIA_TYPES, csv_lines
from preau.gateway.pages.form_fields import Month, Needed, PerhapsMonth
from preau.gateway.pages.forms import Form
from preau.wording.amounts import euros, percentage, signed_euros
from preau.wording.dates import month, of_period

SIMULATE, SHEET = "simulate", "simulate-csv"
"""What the form is sent for: the page, or all families for a spreadsheet."""
MONTHS = ("first_month", "last_month")
TITLES = ("Famille", "Tarif actuel", "Tarif simulé", "Différence")
WIDEST = 80
"""The percents that the longest bar takes; its number stands beside it."""


class SimulationForm(TermsForm):
    """A tariff, an activity, and the months on which to try it; without a last one, the first alone."""

    activity_id: Annotated[str, Field(title="Prestation"), Needed("Choisissez une prestation.")]
    first_month: Annotated[Month, Field(title="Premier mois"), Needed("Choisissez un mois.")]
    last_month: Annotated[PerhapsMonth, Field(title="Dernier mois")] = None

    def asked(self) -> dict[str, str]:
        """Of which activity and which months."""
        last = self.last_month or self.first_month
        return {"activity_id": self.activity_id, "first_month": self.first_month, "last_month": last}


def asks_to_simulate(data: FormData) -> bool:
    """Whether the form was sent to be tried."""
    return data.get("action") in (SIMULATE, SHEET)


async def simulated(
    agent: AgentContext,
    data: FormData,
    editor: Callable[[Form], Awaitable[Response]],
    activity_id: UUID | None = None,
) -> Response:
    """The simulation's page or its sheet; what is wrong with the tariff itself is told in its ``editor``."""
    form, stated = SimulationForm.sent(_whole(agent, data, activity_id))
    made: SimulationOut | None = None
    if stated is not None:
        with form.refusing(naming(form)):
            definition = (await own_codes(agent)).coded(stated.definition())
            wants = "all" if data.get("action") == SHEET else "biggest"
            made = await agent.billing.simulate_tariff(
                {**stated.asked(), "definition": as_json(definition), "families": wants}
            )
    if form.failure or form.errors.keys() - set(MONTHS):
        return await editor(form)
    if made is not None and data.get("action") == SHEET:
        return _sheet(made)
    labels = await activity_labels(agent)
    return agent.page(
        "tariffs/simulation",
        "tariffs",
        status=form.status,
        form=form,
        to=agent.request.url.path,
        kept=kept_of(data, MONTHS),
        activity=labels.get(str(form.value("activity_id")), ""),
        period=_period(stated) if stated else "",
        is_early=stated is not None and (stated.last_month or stated.first_month) >= f"{agent.today:%Y-%m}",
        made=made,
        bars=bars(made.distribution) if made else [],
        parts=[part_of(each) for each in made.segments] if made else [],
        change=_change(made) if made else "",
    )


def _whole(agent: AgentContext, data: FormData, activity_id: UUID | None) -> FormData:
    """What was sent, with the activity of the page and, to begin with, the month before this one."""
    known = [*data.multi_items()]
    if activity_id is not None:
        known.append(("activity_id", str(activity_id)))
    if "first_month" not in data:
        known += [(name, last_month(agent.today)) for name in MONTHS]
    return FormData(known)


def _period(stated: SimulationForm) -> str:
    """ "en mars 2026", "de février 2026 à mars 2026"."""
    if stated.last_month in (None, stated.first_month):
        return f"en {month(stated.first_month)}"
    return f"{of_period(stated.first_month)} à {month(stated.last_month)}"


def _change(made: SimulationOut) -> str:
    """How much more it would have brought, "+120,00 € (+2,5 %)"."""
    difference = made.draft_cents - made.now_cents
    if not made.now_cents:
        return signed_euros(difference)
    share = (Decimal(difference) * 100 / made.now_cents).quantize(Decimal("0.1"))
    return f"{signed_euros(difference)} ({'+' if share > 0 else ''}{percentage(share)})"


class Bar(NamedTuple):
    """A class of families in the chart: its words, whether they pay more, and its width in percents."""

    words: str
    tone: str
    families: int
    width: float


def bars(classes: Sequence[ClassOut]) -> list[Bar]:
    """The classes as bars; the longest is as wide as can be."""
    most = max((each.families for each in classes), default=0) or 1
    return [
        Bar(_class_told(each), _tone(each), each.families, round(each.families * WIDEST / most, 2))
        for each in classes
    ]


def _tone(each: ClassOut) -> str:
    if each.least == each.most == 0:
        return "same"
    return "less" if each.least is None or each.least < 0 else "more"


def _class_told(each: ClassOut) -> str:
    """ "de 2,01 € à 2,50 € de moins", "plus de 10,00 € de plus"."""
    match each.least, each.most:
        case None, int(most):
            return f"plus de {euros(-most - 1)} de moins"
        case int(least), None:
            return f"plus de {euros(least - 1)} de plus"
        case int(least), int(most) if least > 0:
            return f"de {euros(least)} à {euros(most)} de plus"
        case int(least), int(most) if most < 0:
            return f"de {euros(-most)} à {euros(-least)} de moins"
        case _:
            return "inchangé"


class Part(NamedTuple):
    """A row or band of the tariffs, and what it asks for on both sides; None where one has none of it."""

    words: str
    now: AskedOut | None
    draft: AskedOut | None
    difference: str


def part_of(segment: SegmentOut) -> Part:
    """A segment as the table tells it: "hors commune", "Ligne 1, tranche B"."""
    head = segment.row_label or f"Ligne {segment.row + 1}"
    band = segment.band if segment.band in BOUNDS else f"tranche {segment.band}" if segment.band else ""
    words = ", ".join(
        each for each in (head, band, "sans quotient" if segment.quotient_is_missing else "") if each
    )
    now, draft = (each.cents if each else 0 for each in (segment.now, segment.draft))
    return Part(words, segment.now, segment.draft, signed_euros(draft - now))


BOUNDS = {"plancher", "plafond"}
"""The bands of an effort rate, which say themselves what they are."""


def _sheet(made: SimulationOut) -> Response:
    """All families, what they pay and would pay."""
    rows: list[Sequence[SheetValue]] = [
        (
            each.label,
            _euros(each.now_cents),
            _euros(each.draft_cents),
            _euros(each.draft_cents - each.now_cents),
        )
        for each in made.all_families
    ]
    headers = {"Content-Disposition": 'attachment; filename="simulation.csv"', "Cache-Control": "no-store"}
    body = BYTE_ORDER_MARK + csv_lines([TITLES, *rows])
    return Response(body.encode(), media_type=MEDIA_TYPES["csv"], headers=headers)


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100
