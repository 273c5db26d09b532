"""The letterhead of a commune, and templates under it."""

from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository
from preau.billing.letterheads.domain import Letterhead


async def letterhead(session: AsyncSession, commune_id: UUID) -> Letterhead:
    """As the commune has it now, whenever the document was made: who writes stands in the document."""
    found = await repository.colour_and_logo(session, commune_id)
    return Letterhead(*found) if found else Letterhead()


@cache
def under_letterhead(package: str, name: str) -> bytes:
    """A package's template, which may use what ``letterhead.typ`` defines."""
    shared = files("preau.billing.letterheads") / "template" / "letterhead.typ"
    return shared.read_bytes() + (files(package) / "template" / name).read_bytes()
