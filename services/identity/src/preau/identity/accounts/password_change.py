"""One's own password, changed by who knows the present one."""

from uuid import UUID

from preau.common.errors import FieldErrors
from preau.common.http.unit_of_work import UnitOfWork
from preau.identity.accounts import repository, service
from preau.identity.accounts.schemas import PasswordChangeIn
from preau.identity.credentials import bulkheads
from preau.identity.credentials.passwords import check_new_password, hash_password, password_matches
from preau.identity.throttles.guards import CURRENT_PASSWORD, begin_try, end_try
from preau.identity.throttles.keys import account_key


async def change_password(
    work: UnitOfWork,
    *,
    account_id: UUID,
    session_id: UUID,
    form: PasswordChangeIn,
    address: str,
    sign_in_link: str,
) -> None:
    """Change the password and end every other session.

    The try is counted in a transaction of its own, so that the count stays when the request fails; none is
    open while passwords are hashed.
    Raises ``FieldErrors``, ``TooManyRequests``, ``BulkheadFull``.
    """
    async with work.begin() as session:
        account = await repository.account_by_id(session, account_id)
    check_new_password(form.password, form.password_confirmation, account.email)
    async with work.database.system_transaction() as session:
        tried = await begin_try(session, CURRENT_PASSWORD, account_key("parent", account.email), address)
    if not await password_matches(form.current_password, account.password_hash, bulkheads.CURRENT_PASSWORD):
        raise FieldErrors({"current_password": "Ce n’est pas votre mot de passe actuel."})
    password_hash = await hash_password(form.password, bulkheads.NEW_PASSWORD)
    async with work.database.system_transaction() as session:
        await end_try(session, tried)
    async with work.begin() as session:
        await service.set_password(
            session, account, password_hash, keep=session_id, sign_in_link=sign_in_link
        )
