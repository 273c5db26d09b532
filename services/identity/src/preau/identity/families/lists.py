"""The lists of the commune's own that describe its families: what may be entered, and changing them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import FieldErrors
from preau.common.http.seen_version import refuse_if_changed
from preau.identity.communes import repository as communes
from preau.identity.communes import service as commune_service
from preau.identity.communes.domain import Rows, codes_of, residents, wrong_categories, wrong_classes
from preau.identity.communes.tables import Commune
from preau.identity.families import history_repository
from preau.identity.families.domain import Residency

NO_RESIDENCY = "Choisissez parmi les résidences de la commune."
NO_CATEGORY = "Choisissez parmi les catégories de la commune."


async def check_residency(session: AsyncSession, commune_id: UUID, code: str) -> Residency:
    """Whether the class counts as resident. Raises ``FieldErrors`` when the commune has no such class."""
    commune = await communes.commune_to_go_by(session, commune_id)
    if code not in codes_of(commune.residency_classes):
        raise FieldErrors({"residency": NO_RESIDENCY})
    return "resident" if code in residents(commune.residency_classes) else "non_resident"


async def check_categories(session: AsyncSession, commune_id: UUID, by_field: dict[str, str]) -> None:
    """Raises ``FieldErrors`` for each category that the commune has not; while it has none, all are free."""
    commune = await communes.commune_to_go_by(session, commune_id)
    known = codes_of(commune.child_categories)
    wrong = {field: NO_CATEGORY for field, code in by_field.items() if code and known and code not in known}
    if wrong:
        raise FieldErrors(wrong)


async def change_lists(
    session: AsyncSession, commune_id: UUID, classes: Rows, categories: Rows, *, seen: int | None
) -> Commune:
    """Change the lists and emit the commune.

    Raises ``ChangedMeanwhile``, and ``FieldErrors`` for what families have and would lose.
    """
    present = await communes.lock_commune(session, commune_id)
    refuse_if_changed(seen, present.version)
    used = await history_repository.codes_in_use(session)
    wrong = wrong_classes(present.residency_classes, classes, used.residencies)
    wrong |= wrong_categories(present.child_categories, categories, used.categories)
    if wrong:
        raise FieldErrors(wrong)
    lists = {"residency_classes": [dict(row) for row in classes]}
    lists["child_categories"] = [dict(row) for row in categories]
    changed = {name: rows for name, rows in lists.items() if rows != getattr(present, name)}
    return await commune_service.change(session, commune_id, changed)
