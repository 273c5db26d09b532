"""The commune's own lists: classes of residency, categories of children."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar
from unicodedata import combining, normalize

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.identity import AgentCommuneOut
from preau.gateway.pages.agents.context import AdminAgent, AgentContext
from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import Edit, EditForm, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.rows import rows_shown
from preau.gateway.pages.form_fields import Needed, Ticked
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form

router = APIRouter()

PATH = "/agent/commune/listes"
MOST = 20
"""Rows of a list."""
LONGEST_CODE = 40
CONCERNS = "Les familles gardent ce qu’elles ont ; les tarifs et les fiches emploient les nouveaux noms."


class CategoryRow(FormModel):
    """A category of children; a new one has no code yet."""

    distinctive: ClassVar[tuple[str, ...]] = ("label",)

    code: str = ""
    label: Annotated[str, Field(title="Nom"), Needed("Indiquez un nom.")]


class ResidencyRow(CategoryRow):
    """A class of residency."""

    is_resident: Ticked = False


class ListsForm(EditForm):
    """Both lists, whole: a row whose name is emptied goes."""

    residency_classes: Annotated[
        list[ResidencyRow], Field(title="Résidence"), Needed("Indiquez au moins une résidence.")
    ]
    child_categories: list[CategoryRow] = Field(default_factory=list[CategoryRow], title="Catégorie")

    def body(self) -> dict[str, Any]:
        """The lists as identity takes them."""
        return {
            "residency_classes": _with_codes(row.model_dump() for row in self.residency_classes),
            "child_categories": _with_codes(row.model_dump() for row in self.child_categories),
        }


def _with_codes(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with a code: a new one has it from its name."""
    listed = list(rows)
    taken = {row["code"] for row in listed}
    for row in listed:
        if not row["code"]:
            row["code"] = _code(row["label"], taken)
            taken.add(row["code"])
    return listed


def _code(label: str, taken: set[str]) -> str:
    letters = "".join(each for each in normalize("NFKD", label.lower()) if not combining(each))
    plain = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[: LONGEST_CODE - 3] or "code"
    return next(code for code in (plain, *(f"{plain}_{n}" for n in range(2, MOST + 2))) if code not in taken)


def _names(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(
        f"{row['label']} (comme habitant)" if row.get("is_resident") else row["label"] for row in rows
    )


SHOWN = {
    "residency_classes": Shown("Résidences", _names),
    "child_categories": Shown("Catégories d’enfants", _names),
}


def _opened(commune: AgentCommuneOut) -> Form:
    values: dict[str, Any] = {"version": commune.version}
    for name, rows in (
        ("residency_classes", commune.residency_classes),
        ("child_categories", commune.child_categories),
    ):
        for place, row in enumerate(rows):
            facts = row.model_dump()
            values |= {
                f"{name}.{place}.{field}": value for field, value in facts.items() if value is not False
            }
    return Form({name: "yes" if value is True else value for name, value in values.items()})


@router.get(PATH)
async def lists_page(agent: AdminAgent) -> Response:
    """Both lists, row by row."""
    return await _page(agent)


async def _page(agent: AgentContext, form: Form | None = None) -> Response:
    commune, changed = await asyncio.gather(
        agent.identity.commune(), last_change(agent, agent.identity.changes(str(agent.session.commune_id)))
    )
    shown = form or _opened(commune)
    return agent.page(
        "commune/lists",
        "commune",
        status=shown.status,
        form=shown,
        changed=changed,
        rows={name: rows_shown(shown, name, 1, MOST) for name in SHOWN},
        most=MOST,
    )


@router.post(PATH)
async def change_lists(agent: AdminAgent) -> Response:
    """Keep the lists."""

    async def read(_: ListsForm) -> AgentCommuneOut:
        return await agent.identity.commune()

    async def told(_: ListsForm, __: AgentCommuneOut, ___: dict[str, Any]) -> Saving:
        return Saving("Modifier les listes de la commune", CONCERNS)

    async def save(stated: ListsForm, _: dict[str, Any], seen: int) -> object:
        return await agent.identity.write_lists(stated.body(), seen=seen)

    async def page(form: Form) -> Response:
        return await _page(agent, form)

    edit = Edit(
        tab="commune",
        model=ListsForm,
        shown=SHOWN,
        read=read,
        body=lambda stated, _: stated.body(),
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.identity.changes(str(agent.session.commune_id)),
        done="Les listes sont enregistrées.",
        to=PATH,
    )
    return await edited(agent, edit)
