"""Facts of a family that have dates: what holds today, what comes, what was; changing and removing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import Field

from preau.common.errors import NotFound
from preau.gateway.api.models.identity import (
    AgentCommuneOut,
    ChildOut,
    CustodyOut,
    FamilyOut,
    GuardianOut,
    SchoolingOut,
    SharedChildOut,
)
from preau.gateway.pages.agents import labels
from preau.gateway.pages.agents.families.forms import Level
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import Needed, PerhapsDay, PerhapsWhole, Ticked
from preau.gateway.pages.form_models import FormModel
from preau.wording import custodies
from preau.wording.amounts import quotient_familial
from preau.wording.dates import full_date
from preau.wording.kinds import LEVEL
from preau.wording.typography import sentence

State = Literal["past", "now", "coming"]
History = Literal["residencies", "payers", "schoolings", "quotients", "custodies"]


class Entry(Protocol):
    """An entry of a history, of whichever kind."""

    @property
    def effective_from(self) -> date | None: ...
    @property
    def effective_to(self) -> date | None: ...


Held = TypeVar("Held", bound=Entry)


class Line(NamedTuple):
    """An entry of a history as a page tells it."""

    text: str
    effective_from: date | None
    effective_to: date | None
    state: State


def held_on(history: Sequence[Held], day: date | None) -> Held | None:
    """What holds on a day, None: since always."""
    return next((each for each in history if _state(each, day or date.min) == "now"), None)


def _state(entry: Entry, day: date) -> State:
    if (entry.effective_from or date.min) > day:
        return "coming"
    return "past" if entry.effective_to is not None and entry.effective_to <= day else "now"


def lines(history: Sequence[Held], text: Callable[[Held], str], today: date) -> list[Line]:
    """A history as it is told, the latest entry first."""
    return [
        Line(text(each), each.effective_from, each.effective_to, _state(each, today))
        for each in reversed(history)
    ]


@dataclass(frozen=True, slots=True)
class Record:
    """What the family's record says of one day (None: since always), on one of its versions."""

    version: int
    facts: Mapping[str, Any]
    day: date | None = None

    def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
        """The facts by name."""
        return dict(self.facts)


class DatedForm(EditForm):
    """A change that holds from a day on; ticked, since always."""

    effective_from: Annotated[PerhapsDay, Field(title="À compter du")] = None
    since_always: Ticked = False

    def facts(self) -> dict[str, Any]:
        """What the form states, apart from when it holds."""
        return self.model_dump(exclude_unset=True, exclude={"version", "effective_from", "since_always"})

    def day(self, today: date) -> date | None:
        """The day that the form is about, None: since always."""
        return None if self.since_always else self.effective_from or today

    def dated(self, changed: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The change as identity takes it."""
        day = self.day(today)
        return {**changed, **({"since_always": True} if day is None else {"effective_from": str(day)})}


class ResidencyForm(DatedForm):
    """Where the family lives, as prices see it."""

    residency: Annotated[str, Field(title="Résidence"), Needed("Choisissez la résidence.")]


class PayerForm(DatedForm):
    """Who receives the invoices."""

    guardian_id: Annotated[UUID, Field(title="Reçoit les factures"), Needed("Choisissez un responsable.")]


class SchoolingForm(DatedForm):
    """Where a child is at school."""

    school: Annotated[str, Field(title="École")] = ""
    class_name: Annotated[str, Field(title="Classe")] = ""
    level: Annotated[Level, Field(title="Niveau"), Needed("Choisissez le niveau.")]
    category: Annotated[str, Field(title="Catégorie")] = ""


class SiblingsForm(EditForm):
    """Between which days a child counts among the siblings."""

    counts_from: Annotated[PerhapsDay, Field(title="Compte dans la fratrie à compter du")] = None
    counts_to: Annotated[PerhapsDay, Field(title="Ne compte plus dans la fratrie à compter du")] = None


class RemovalForm(FormModel):
    """An entry of a history to take away: by the day on which it begins, a custody also since always."""

    version: PerhapsWhole = None
    history: History
    effective_from: PerhapsDay = None
    since_always: Ticked = False
    child_id: UUID | None = None

    @property
    def names_an_entry(self) -> bool:
        """Whether the form says which entry."""
        return self.effective_from is not None or (self.since_always and self.history == "custodies")


SHOWN = {
    "school": Shown("École"),
    "class_name": Shown("Classe"),
    "level": Shown("Niveau", among(labels.LEVEL)),
    "counts_from": Shown("Compte dans la fratrie à compter du", lambda day: full_date(str(day))),
    "counts_to": Shown("Ne compte plus dans la fratrie à compter du", lambda day: full_date(str(day))),
}
"""What the summary before saving tells of these facts."""


def shown_of(family: FamilyOut, commune: AgentCommuneOut) -> dict[str, Shown]:
    """The same in words of the family's and the commune's own."""
    return SHOWN | {
        "guardian_id": Shown("Reçoit les factures", among(payers_of(family))),
        "residency": Shown("Résidence", among(residencies_of(commune))),
        "category": Shown("Catégorie", among(categories_of(commune))),
    }


def residencies_of(commune: AgentCommuneOut) -> list[tuple[str, str]]:
    """The commune's classes of residency: code and name."""
    return [(each.code, each.label) for each in commune.residency_classes]


def categories_of(commune: AgentCommuneOut) -> list[tuple[str, str]]:
    """The commune's categories of children: code and name; none while codes are free."""
    return [(each.code, each.label) for each in commune.child_categories]


def payers_of(family: FamilyOut) -> list[tuple[str, str]]:
    """Who may receive the invoices: id and name."""
    return [(person.guardian_id, name_of(person)) for person in family.guardians]


def child_of(family: FamilyOut, child_id: UUID) -> ChildOut:
    """A child of the record. Raises ``NotFound``."""
    child = next((each for each in family.children if each.child_id == str(child_id)), None)
    if child is None:
        raise NotFound("Cet enfant n’est pas dans la fiche.")
    return child


def name_of(person: GuardianOut | ChildOut) -> str:
    """First and last name."""
    return f"{person.first_name} {person.last_name}"


def residency_lines(family: FamilyOut, commune: AgentCommuneOut, today: date) -> list[Line]:
    """The residencies."""
    word = among(residencies_of(commune))
    return lines(family.residencies, lambda each: word(each.residency), today)


def payer_lines(family: FamilyOut, today: date) -> list[Line]:
    """Who received the invoices, does and will."""
    return lines(family.payers, lambda each: among(payers_of(family))(each.guardian_id), today)


def quotient_lines(family: FamilyOut, today: date) -> list[Line]:
    """The quotients."""
    return lines(family.quotients, lambda each: quotient_familial(each.cents), today)


def schooling_lines(child: ChildOut, commune: AgentCommuneOut, today: date) -> list[Line]:
    """The schoolings."""
    word = among(categories_of(commune))
    return lines(child.schoolings, lambda each: _schooling(each, word), today)


def custody_lines(child: ChildOut | SharedChildOut, home: str, today: date) -> list[Line]:
    """Who had the child, has and will, and who pays; ``home`` is the label of the family of its record."""
    return lines(child.custodies, lambda each: _custody(each, home), today)


def _custody(entry: CustodyOut, home: str) -> str:
    when = custodies.custody(entry, entry.family_label)
    return f"{sentence(when)}. {custodies.payers(entry, home, entry.family_label)}"


def _schooling(entry: SchoolingOut, word: Callable[[str], str]) -> str:
    level, category = LEVEL[entry.level], f"catégorie {word(entry.category)}" if entry.category else ""
    return ", ".join(each for each in (entry.school, entry.class_name, level, category) if each)


def begins(day: date | None) -> str:
    """From when something holds, inside a sentence."""
    return "depuis toujours" if day is None else f"à compter du {full_date(day)}"


def concerns(day: date | None, today: date) -> str:
    """What follows from a change that holds from a day on, None: since always."""
    text = f"Ce changement vaut {begins(day)}. Le tarif des réservations peut changer."
    if day is None or day < today:
        text += " Ce qui est déjà facturé ne change pas : un complément montre l’écart."
    return text
