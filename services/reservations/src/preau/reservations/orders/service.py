"""Placing an order: one look, one decision, one write; the database's clock decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from preau.common.db.driver import DriverTransaction
from preau.common.errors import Conflict, NotFound
from preau.common.http.idempotency import REUSED, Claim, KeyReused, Replay
from preau.common.http.permissions import FamilyCaller
from preau.common.http.unit_of_work import LookAgain
from preau.common.ids import new_id
from preau.contracts.reservations import OrderPlacedV1
from preau.reservations.bookings.domain import Booking, by_day
from preau.reservations.bookings.refusals import problem
from preau.reservations.bookings.schemas import BookingOut
from preau.reservations.bookings.service import BookingMoved, check_all_made, check_no_slot_full, row_of
from preau.reservations.catalogue.offer import OfferBook
from preau.reservations.orders import checkout_repository as repository
from preau.reservations.orders.domain import Checkout, Placement, decide
from preau.reservations.orders.schemas import PlacedOrderOut
from preau.reservations.slots import repository as slots


class BasketEmpty(Conflict):
    """There is nothing to validate."""

    type, title = "basket-empty", "Panier vide"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who validates a basket, under which key."""

    family: FamilyCaller
    claim: Claim


async def place(transaction: DriverTransaction, buyer: Buyer, offers: OfferBook) -> bytes | Replay:
    """Validate the account's basket: bookings made, places taken, cancellations done, the basket emptied.

    The answer as JSON, or the one that the key has had already. Raises :class:`BasketEmpty`,
    ``TooManyUnpaidOrders``, and with the lines concerned ``SlotFull``, ``DeadlinePassed``,
    ``RefusedByRule``, having done nothing; ``LookAgain`` when it has to begin anew.
    """
    looked = await _look(transaction, buyer, offers)
    if isinstance(looked, Replay):
        return looked
    checkout, version = looked
    placement = decide(checkout, new_id())
    if placement.is_held:
        # Others of the family may hold places too: how many, one at a time finds out.
        await repository.lock_family(transaction, buyer.family.family_id)
        looked = await _look(transaction, buyer, offers)
        if isinstance(looked, Replay):
            return looked
        checkout, version = looked
        placement = decide(checkout, new_id())
    return await _write(transaction, buyer, checkout, placement, version)


async def _look(
    transaction: DriverTransaction, buyer: Buyer, offers: OfferBook
) -> tuple[Checkout, int] | Replay:
    family = buyer.family
    commune_id = family.commune_id
    look = await repository.look(transaction, commune_id, family.family_id, family.account_id, buyer.claim)
    if replay := buyer.claim.replay(**look.stored()):
        return replay
    if look.is_empty:
        raise BasketEmpty("Votre panier est vide.")
    if not look.family_is_known:
        raise NotFound("Cette famille n’est pas encore connue ici.")
    offer = offers.known(commune_id, look.offer_version)
    if offer is None:
        raise LookAgain(lambda session: offers.read(session, commune_id))
    return repository.checkout(look, offer, commune_id, family.family_id), offer.version


async def _write(
    transaction: DriverTransaction, buyer: Buyer, checkout: Checkout, placement: Placement, version: int
) -> bytes:
    """Write all of it, each part under its guard.

    Raises ``SlotFull``, ``AlreadyBooked`` and ``BookingMoved`` when others were first since the look, and
    ``DeadlinePassed`` when waiting for them took us past a cut-off: the clock once places are ours decides.
    """
    made = _made(checkout, placement)
    answer = _answer(placement, made)
    outcome = await repository.place(
        transaction,
        checkout,
        placement,
        [row_of(booking) for booking in made],
        account_id=buyer.family.account_id,
        offer_version=version,
        claimed=buyer.claim.values(answer, 201),
        event=_placed(buyer.family, placement, made),
    )
    if not outcome.is_claimed and not await repository.is_stored(transaction, buyer.claim):
        raise KeyReused(REUSED)  # the subject used it in another commune, which this one does not see
    if not outcome.is_open:
        raise LookAgain
    check_all_made(placement.drafts, {one.key for one in made if one.booking_id in outcome.made})
    check_no_slot_full(placement.drafts, {one.key for one in made if one.booking_id in outcome.full})
    if len(outcome.moved) < sum(wish.action == "cancel" for wish in checkout.wishes):
        raise BookingMoved("Une réservation à annuler a changé entre-temps. Vérifiez votre panier.")
    if late := checkout.context.at(outcome.at).late(checkout.wishes):
        raise problem(late)
    return answer


def _made(checkout: Checkout, placement: Placement) -> list[Booking]:
    """The bookings as they will stand, each in its slot; raises ``LookAgain`` once slots are to be made."""
    missing = {
        (draft.activity.activity_id, draft.day): draft.activity.default_capacity
        for draft in placement.drafts
        if draft.slot_id is None
    }
    if missing:
        raise LookAgain(lambda session: slots.make(session, checkout.commune_id, missing))
    return [
        draft.booking(new_id(), checkout.commune_id, draft.slot_id)
        for draft in placement.drafts
        if draft.slot_id is not None
    ]


def _answer(placement: Placement, made: Sequence[Booking]) -> bytes:
    order = placement.order
    out = PlacedOrderOut(
        order_id=order.order_id,
        status="awaiting_payment" if placement.is_held else "confirmed",
        held_until=order.held_until,
        bookings=[BookingOut.model_validate(one) for one in by_day(made)],
        cancellations=[BookingOut.model_validate(one) for one in by_day(placement.cancelled)],
    )
    return out.model_dump_json().encode()


def _placed(family: FamilyCaller, placement: Placement, made: Sequence[Booking]) -> OrderPlacedV1:
    order = placement.order
    return OrderPlacedV1(
        commune_id=order.commune_id,
        aggregate_id=order.order_id,
        aggregate_version=order.version,
        family_id=order.family_id,
        account_id=family.account_id,
        placed_at=placement.placed_at,
        status="awaiting_payment" if placement.is_held else "confirmed",
        held_until=order.held_until,
        bookings=tuple(booking.facts() for booking in made),
        cancellations=tuple(booking.facts() for booking in placement.cancelled),
    )
