"""A family's record between two versions of its readers and its publisher."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from preau.contracts.identity import FamilyUpdatedV1

EXAMPLE = json.loads((Path(__file__).parent / "fixtures/identity.family.updated.v1.json").read_text())
ADDED = {
    "residencies",
    "payers",
    "schoolings",
    "category",
    "counts_from",
    "counts_to",
    "cents",
    "recorded_on",
    "custodies",
    "shared_children",
}


class Former(BaseModel):
    """A part of the record as its first readers have it."""

    model_config = ConfigDict(extra="ignore")


class FormerGuardian(Former):
    guardian_id: UUID
    is_payer: bool = False


class FormerChild(Former):
    child_id: UUID
    birth_date: date
    school: str = ""
    class_name: str = ""
    level: Literal["nursery", "elementary", "other"] = "elementary"


class FormerQuotient(Former):
    value: int = Field(ge=0)
    effective_from: date
    effective_to: date | None = None


class FormerFamily(Former):
    residency: Literal["resident", "non_resident"] = "resident"
    guardians: tuple[FormerGuardian, ...]
    children: tuple[FormerChild, ...]
    quotients: tuple[FormerQuotient, ...] = ()


def without(part: Any, names: set[str]) -> Any:
    match part:
        case dict():
            return {name: without(value, names) for name, value in part.items() if name not in names}
        case list():
            return [without(each, names) for each in part]
        case _:
            return part


def test_what_the_former_publisher_tells_has_no_histories() -> None:
    told = FamilyUpdatedV1.model_validate(without(EXAMPLE, ADDED))
    assert (told.residencies, told.payers) == ((), ())
    (child,) = told.children
    assert (child.schoolings, child.category, child.counts_from, child.counts_to) == ((), "", None, None)
    assert (child.custodies, told.shared_children) == ((), ())
    (quotient,) = told.quotients
    assert (quotient.value, quotient.cents, quotient.recorded_on) == (612, None, None)


def test_a_reader_of_the_former_version_reads_what_holds_today() -> None:
    read = FormerFamily.model_validate(EXAMPLE)
    assert (read.residency, read.guardians[0].is_payer) == ("resident", True)
    assert (read.children[0].school, read.children[0].class_name) == ("École Jules-Ferry", "CE2 B")
    assert read.quotients[0].value == 612
