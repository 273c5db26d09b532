"""Passwords: argon2id with OWASP's parameters (19 MiB, two passes), always in a bulkhead of bounded width."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from preau.common.errors import FieldErrors
from preau.identity.credentials.bulkheads import Bulkhead
from preau.identity.credentials.domain import password_weakness

HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


def check_new_password(password: str, confirmation: str, email: str) -> None:
    """Raise ``FieldErrors`` for a weak password or a confirmation that differs."""
    errors: dict[str, str] = {}
    if weakness := password_weakness(password, email):
        errors["password"] = weakness
    if password != confirmation:
        errors |= {"password_confirmation": "Les deux mots de passe ne sont pas identiques."}
    if errors:
        raise FieldErrors(errors)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("the password of an account that does not exist")


async def hash_password(password: str, bulkhead: Bulkhead) -> str:
    """The hash to store. Raises ``BulkheadFull``."""
    return await bulkhead.run(HASHER.hash, password)


async def password_matches(password: str, stored: str | None, bulkhead: Bulkhead) -> bool:
    """Whether the password is the stored one; the same work when there is none (unknown e-mail).

    Raises ``BulkheadFull``.
    """
    return await bulkhead.run(_verify, password, stored)


def _verify(password: str, stored: str | None) -> bool:
    matches = HASHER.verify(password, stored or _nobodys_hash())
    return matches and stored is not None
