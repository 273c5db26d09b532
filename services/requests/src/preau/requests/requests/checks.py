"""Whether what a family wrote and joined may be kept, or sent."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import FieldErrors, NotFound
from preau.requests.categories.forms import Form, faults
from preau.requests.categories.schemas import EXTRA_CODES, RequiredDocument
from preau.requests.copies.repository import find_family
from preau.requests.documents.repository import owned
from preau.requests.requests.errors import FamilyNotYetKnown


def check_fields(
    form: Form,
    required: tuple[RequiredDocument, ...],
    answers: Mapping[str, str],
    documents: Mapping[str, UUID],
    *,
    complete: bool,
) -> None:
    """Answers fit the form, documents the list; all that must be there is, when ``complete``.

    Raises:
        FieldErrors: what is wrong, as ``answers.<name>`` and ``documents.<code>``.
    """
    found = {f"answers.{name}": text for name, text in faults(form, answers, complete=complete).items()}
    asked = {document.code: document.label for document in required}
    for code in documents.keys() - asked.keys() - set(EXTRA_CODES):
        found[f"documents.{code}"] = "Cette pièce n’est pas demandée."
    for code in (asked.keys() - documents.keys()) if complete else ():
        found[f"documents.{code}"] = f"Joignez la pièce « {asked[code]} »."
    if found:
        raise FieldErrors(found)


async def check_family(
    session: AsyncSession,
    family_id: UUID,
    form: Form,
    answers: Mapping[str, str],
    documents: Mapping[str, UUID],
) -> None:
    """The children named and the documents joined are this family's own.

    Raises:
        NotFound: a child or a document is another family's, or nobody's.
        FamilyNotYetKnown: the family's record has not arrived here.
    """
    named = {answers[field.name] for field in form.fields if field.kind == "child" and field.name in answers}
    if named:
        family = await find_family(session, family_id)
        if family is None:
            raise FamilyNotYetKnown
        if {UUID(child_id) for child_id in named} - {UUID(child["child_id"]) for child in family.children}:
            raise NotFound("Cet enfant n’est pas dans votre famille.")
    wanted = set(documents.values())
    if wanted and wanted - await owned(session, family_id, wanted):
        raise NotFound("Ce document n’existe pas.")
