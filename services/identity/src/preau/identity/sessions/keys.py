"""The keys that sign access tokens: kept in the database, so that every replica signs with the same."""

import json
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from joserfc.jwk import KeySet, OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.auth.tokens import ALGORITHM, KeptKeys
from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.identity.sessions import key_repository
from preau.identity.sessions.domain import KEY_LIFETIME, KEY_RETIREMENT
from preau.identity.sessions.tables import SigningKey


async def active_key(session: AsyncSession) -> OKPKey:
    """The key that signs now; the first call ever makes it."""
    stored = await key_repository.active(session)
    if stored is None:
        await key_repository.one_at_a_time(session)
        stored = await key_repository.active(session) or await _add_key(session)
    return _signing_key(stored)


@lru_cache(maxsize=4)
def _imported(private_jwk: str) -> OKPKey:
    return OKPKey.import_key(json.loads(private_jwk))


def _signing_key(stored: SigningKey) -> OKPKey:
    """The key as it signs: reading one anew costs more than a signature."""
    return _imported(json.dumps(stored.private_jwk, sort_keys=True))


async def _add_key(session: AsyncSession) -> SigningKey:
    kid = secrets.token_hex(8)
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)
    return await key_repository.add(
        session,
        kid=kid,
        private_jwk=dict(key.as_dict(private=True)),
        created_at=await database_now(session),
    )


async def rotate(session: AsyncSession) -> None:
    """Retire the active key and let a new one sign; tokens signed before stay good until they expire."""
    await key_repository.one_at_a_time(session)
    await key_repository.retire_active(session, await database_now(session))
    await _add_key(session)


async def rotate_when_due(database: Database) -> None:
    """The periodic rotation: a new key when the active one is old, and no trace of those long retired."""
    async with database.system_transaction() as session:
        now = await database_now(session)
        active = await key_repository.active(session)
        if active is not None and active.created_at < now - KEY_LIFETIME:
            await rotate(session)
        await key_repository.delete_retired(session, before=now - KEY_RETIREMENT)


async def published_keys(session: AsyncSession) -> Sequence[dict[str, Any]]:
    """The public halves of the active key and of those retired not long ago."""
    since = await database_now(session) - KEY_RETIREMENT
    await active_key(session)
    stored = await key_repository.published(session, retired_after=since)
    return [dict(OKPKey.import_key(key.private_jwk).as_dict(private=False)) for key in stored]


class OwnKeys(KeptKeys):
    """Keys in this service's own database, kept a minute: identity asks nobody else who calls."""

    kept_seconds = 60
    pause_seconds = 0

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    async def read(self) -> KeySet:
        async with self._database.system_transaction() as session:
            return KeySet.import_key_set({"keys": [*await published_keys(session)]})
