"""The check that a human registers: a proof of work (ALTCHA v2), no picture to read.

The browser searches a number whose PBKDF2 hash begins as asked; the server checks one hash. Each challenge is
signed, expires, and can be spent once.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import altcha
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import FieldErrors
from preau.identity.credentials import bulkheads
from preau.identity.human_check import repository

_ALGORITHM = "PBKDF2/SHA-256"
_LIFETIME = timedelta(minutes=20)
_SECRET = "human-check"  # noqa: S105 the name of the secret, not its value
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class HumanCheckFailed(FieldErrors):
    """The proof of work is missing, wrong, expired or spent."""

    type, title = "human-check-failed", "Vérification à refaire"

    def __init__(self) -> None:
        super().__init__({"altcha": "La vérification n’a pas abouti : merci de la refaire."})


async def _secret(session: AsyncSession) -> str:
    """The key that signs challenges."""
    return await repository.shared_secret(session, _SECRET, secrets.token_hex(32))


async def new_challenge(session: AsyncSession, *, now: datetime, cost: int) -> dict[str, Any]:
    """A challenge as the ALTCHA widget reads it; ``cost`` is PBKDF2 rounds a try."""
    challenge = altcha.create_challenge(
        _ALGORITHM, cost, expires_at=now + _LIFETIME, hmac_secret=await _secret(session)
    )
    return cast("dict[str, Any]", challenge.to_dict())


async def spend_solution(session: AsyncSession, payload: str, *, max_cost: int) -> None:
    """Accept a solution, once. Raises ``HumanCheckFailed``, ``BulkheadFull``."""
    secret = await _secret(session)
    try:
        solution = altcha.Payload.from_base64(payload)
        parameters = solution.challenge.parameters
        if (
            parameters.algorithm != _ALGORITHM
            or parameters.cost > max_cost
            or not solution.challenge.signature
        ):
            raise HumanCheckFailed
        result = await bulkheads.HUMAN_CHECK.run(altcha.verify_solution, solution, secret)
        expires_at = datetime.fromtimestamp(float(parameters.expires_at or 0), UTC)
    except _MALFORMED as error:
        raise HumanCheckFailed from error
    if not result.verified:
        raise HumanCheckFailed
    if not await repository.spend(session, str(solution.challenge.signature), expires_at):
        raise HumanCheckFailed
