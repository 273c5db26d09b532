"""Signing in: two transactions, and none while the password is checked: a flood holds no connection."""

from preau.common.db.database import Database
from preau.common.errors import Unauthenticated
from preau.identity.authentication import service
from preau.identity.authentication.schemas import SessionOut, SignInIn
from preau.identity.credentials import bulkheads
from preau.identity.credentials.passwords import password_matches
from preau.identity.throttles.guards import SIGN_IN, begin_try, end_try
from preau.identity.throttles.keys import account_key
from preau.identity.throttles.known_network_repository import remember
from preau.identity.throttles.turns import turn_of


class BadCredentials(Unauthenticated):
    """The e-mail or the password is wrong: the answer does not say which."""

    type, title = "bad-credentials", "Identifiants incorrects"

    def __init__(self) -> None:
        super().__init__("L’adresse e-mail ou le mot de passe n’est pas correct.")


async def sign_in(database: Database, form: SignInIn, *, address: str) -> SessionOut:
    """A new session. Raises ``BadCredentials``, ``TooManyRequests`` (tries), ``BulkheadFull``."""
    account = account_key(form.subject, form.email)
    async with turn_of(address), database.system_transaction() as session:
        tried = await begin_try(session, SIGN_IN, account, address)
        found = await service.subject_by_login(session, form)
    stored = found.password_hash if found else None
    if not await password_matches(form.password, stored, bulkheads.SIGN_IN) or found is None:
        raise BadCredentials
    async with database.system_transaction() as session:
        await end_try(session, tried)
        await remember(session, account, address)
        return await service.open_session(session, found)
