"""Tokens for tests: a key of the test's own, trusted by the service under test."""

import time
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from preau.common.auth.subjects import Membership
from preau.common.auth.tokens import (
    AGENT_AUDIENCE,
    ALGORITHM,
    ISSUER,
    PARENT_AUDIENCE,
    StaticKeys,
    TokenVerifier,
)
from preau.common.ids import new_id

LIFETIME_SECONDS = 6 * 3600
"""Longer than a run of the tests: some tokens are minted when it begins."""


class TokenMint:
    """Mints access tokens as the identity service does."""

    def __init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519", {"kid": "test", "use": "sig"})
        self.public = KeySet.import_key_set({"keys": [self.key.as_dict(private=False)]})

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(StaticKeys(self.public))

    def mint(self, **claims: object) -> str:
        whole = {
            "iss": ISSUER,
            "exp": int(time.time()) + LIFETIME_SECONDS,
            "sid": str(new_id()),
            "sub": str(new_id()),
            **claims,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": "test"}, whole, self.key, algorithms=[ALGORITHM])

    def parent(self, *memberships: Membership, account_id: UUID | None = None) -> dict[str, str]:
        """Headers of a parent with these memberships."""
        token = self.mint(
            aud=PARENT_AUDIENCE,
            sub=str(account_id or new_id()),
            memberships=[
                {
                    "commune_id": str(item.commune_id),
                    "family_id": str(item.family_id),
                    "guardian_id": str(item.guardian_id),
                }
                for item in memberships
            ],
        )
        return {"Authorization": f"Bearer {token}"}

    def agent(
        self, commune_id: UUID, *roles: str, agent_id: UUID | None = None, name: str = "Agent"
    ) -> dict[str, str]:
        """Headers of an agent of the commune; without roles, an admin."""
        token = self.mint(
            aud=AGENT_AUDIENCE,
            sub=str(agent_id or new_id()),
            commune_id=str(commune_id),
            roles=list(roles or ("admin",)),
            name=name,
        )
        return {"Authorization": f"Bearer {token}"}
