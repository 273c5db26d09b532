"""Looking at a family and its account's basket, over an offer that is no older than the look."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.driver import DriverTransaction
from preau.common.errors import NotFound
from preau.common.http.permissions import FamilyCaller
from preau.common.http.unit_of_work import LookAgain
from preau.reservations.basket import look_repository, repository
from preau.reservations.basket.domain import Basket, Line
from preau.reservations.basket.look_repository import NO_DAYS, Look
from preau.reservations.basket.schemas import BasketOut
from preau.reservations.basket.service import basket_out, empty_basket
from preau.reservations.catalogue.offer import Offer, OfferBook
from preau.reservations.rules.context import BookingContext


async def read(transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook) -> BasketOut:
    """The basket, each line judged as if it were validated now."""
    look = await look_repository.look(transaction, family, NO_DAYS)
    basket, lines = held(look, family), look.lines()
    if not lines:
        return empty_basket(basket, look.children())
    return shown(basket, lines, look.context(offer_of(look, family, offers), lines))


def held(look: Look, family: FamilyCaller) -> Basket:
    """The account's basket; raises ``LookAgain`` when it has to be made first."""
    if look.basket is not None:
        return look.basket

    async def make(session: AsyncSession) -> None:
        await repository.ensure(session, family.commune_id, family.family_id, family.account_id)

    raise LookAgain(make)


def offer_of(look: Look, family: FamilyCaller, offers: OfferBook) -> Offer:
    """The offer at the instant of the look; raises ``LookAgain`` when we know none or another.

    Raises ``NotFound`` while no copy of the family has come.
    """
    if not look.family_is_known:
        raise NotFound("Cette famille n’est pas encore connue ici.")
    offer = offers.known(family.commune_id, look.offer_version)
    if offer is None:
        raise LookAgain(lambda session: offers.read(session, family.commune_id))
    return offer


def shown(basket: Basket, lines: Sequence[Line], context: BookingContext) -> BasketOut:
    """The basket over a context that holds all children of the family.

    Raises ``NotFound`` for a child who has left it.
    """
    if any(line.wish.child_id not in context.children for line in lines):
        raise NotFound("Cet enfant n’existe pas.")
    return basket_out(basket, lines, context, context.children)
