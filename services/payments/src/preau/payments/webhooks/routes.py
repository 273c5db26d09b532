"""Where providers post their notifications."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from preau.common.errors import BadRequest, NotFound, Problem, Unauthenticated
from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.common.logging import logger
from preau.payments.agreements.repository import agreements_of
from preau.payments.payments.repository import ask_soon, payment_named
from preau.payments.providers.dependencies import InstalledProviders
from preau.payments.providers.protocols import ForgedNotification, MalformedNotification, Notify
from preau.payments.webhooks.repository import keep_webhook

log = logger(__name__)
router = APIRouter(tags=["webhooks"])

LARGEST_BODY = 64 * 1024
KEPT_HEADERS = ("content-type", "user-agent", "x-request-id")


class TooLarge(Problem):
    status, type, title = 413, "too-large", "Notification trop longue"


@router.post("/hooks/{provider}/{regie_id}", status_code=204)
async def receive(
    _anyone: Anyone,
    database: Databases,
    providers: InstalledProviders,
    request: Request,
    provider: str,
    regie_id: UUID,
) -> Response:
    """Keep a notification and have the provider asked about its payment; the answer never waits for that.

    401 when it is forged: nothing is kept. 404 when it names no payment of ours (yet): the provider will
    send it again.
    """
    body = await _bounded_body(request)
    adapter = providers.named(provider) if provider in providers else None
    if not isinstance(adapter, Notify):
        raise NotFound("Prestataire inconnu.")
    async with database.system_transaction() as session:
        agreement = (await agreements_of(session, [regie_id], provider))[regie_id]
        try:
            provider_ref = adapter.transaction_named(agreement, request.headers, body)
        except ForgedNotification as error:
            log.warning("forged notification", provider=provider, regie_id=str(regie_id))
            raise Unauthenticated("Signature incorrecte.") from error
        except MalformedNotification as error:
            raise BadRequest("Notification illisible.") from error
        payment = await payment_named(session, provider, provider_ref, regie_id)
        if payment is None:
            raise NotFound("Opération inconnue.")
        headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
        await keep_webhook(session, payment.commune_id, payment.payment_id, headers, body)
        await ask_soon(session, payment.payment_id)
    return Response(status_code=204)


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise TooLarge
    return bytes(body)
