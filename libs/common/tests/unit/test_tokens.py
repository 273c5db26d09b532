"""Access tokens: only what identity signed with Ed25519, for this audience and for now, is a subject."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OKPKey

from preau.common.auth.subjects import Agent, Membership, Parent
from preau.common.auth.tokens import AGENT_AUDIENCE, ALGORITHM, ISSUER, PARENT_AUDIENCE, TokenVerifier
from preau.common.errors import Unauthenticated
from preau.common.ids import new_id
from preau.testing.tokens import TokenMint

MINT = TokenMint()
VERIFIER = MINT.verifier()
COMMUNE, FAMILY, GUARDIAN = new_id(), new_id(), new_id()
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": PARENT_AUDIENCE,
    "sub": str(new_id()),
    "sid": str(new_id()),
    "exp": int(time.time()) + 86_400,  # made once for all tests, however long they take
    "memberships": [{"commune_id": str(COMMUNE), "family_id": str(FAMILY), "guardian_id": str(GUARDIAN)}],
}
AGENT = {**CLAIMS, "aud": AGENT_AUDIENCE, "commune_id": str(COMMUNE), "roles": ["billing"]}


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


async def refuse(token: str) -> None:
    """Neither a parent nor an agent, and told so as one: not by any other error."""
    for as_subject in (VERIFIER.parent, VERIFIER.agent):
        with pytest.raises(Unauthenticated):
            await as_subject(token)


async def test_what_identity_signed_is_a_subject() -> None:
    parent = await VERIFIER.parent(MINT.mint(**CLAIMS))
    assert isinstance(parent, Parent)
    assert parent.memberships == (Membership(COMMUNE, FAMILY, GUARDIAN),)
    agent = await VERIFIER.agent(MINT.mint(**AGENT))
    assert isinstance(agent, Agent)
    assert (agent.commune_id, agent.roles) == (COMMUNE, {"billing"})


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "EdDSA", ALGORITHM])
async def test_a_token_without_signature_is_refused(algorithm: str) -> None:
    await refuse(f"{part({'alg': algorithm, 'kid': 'test'})}.{part(CLAIMS)}.")


@pytest.mark.parametrize("algorithm", ["HS256", ALGORITHM])
async def test_the_public_key_is_no_secret_to_sign_with(algorithm: str) -> None:
    public = MINT.key.as_dict(private=False)
    raw = base64.urlsafe_b64decode(str(public["x"]) + "=")
    signed = f"{part({'alg': algorithm, 'kid': 'test'})}.{part(CLAIMS)}"
    for secret in (raw, str(public["x"]).encode(), json.dumps(public).encode(), MINT.key.as_pem(False)):
        await refuse(f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}")


@pytest.mark.parametrize("kid", ["test", "other", "", "../../../dev/null", "/proc/environ", "' OR 1=1"])
async def test_a_key_that_identity_does_not_publish_is_refused(kid: str) -> None:
    foreign = OKPKey.generate_key("Ed25519", {"kid": kid})
    header = {"alg": ALGORITHM, "kid": kid}
    await refuse(jwt.encode(header, CLAIMS, foreign, algorithms=[ALGORITHM]))


async def test_a_token_brings_no_key_along() -> None:
    foreign = OKPKey.generate_key("Ed25519", {"kid": "test"})
    header = {"alg": ALGORITHM, "kid": "test", "jwk": foreign.as_dict(private=False)}
    await refuse(jwt.encode(header, CLAIMS, foreign, algorithms=[ALGORITHM]))
    linked = {"alg": ALGORITHM, "kid": "test", "jku": "https://attacker.example/keys"}
    await refuse(jwt.encode(linked, CLAIMS, foreign, algorithms=[ALGORITHM]))


async def test_a_claim_changed_after_signing_is_refused() -> None:
    header, _, signature = MINT.mint(**CLAIMS).split(".")
    await refuse(f"{header}.{part({**CLAIMS, 'sub': str(new_id())})}.{signature}")


@pytest.mark.parametrize("audience", ["preau-operator", "", None, [PARENT_AUDIENCE, AGENT_AUDIENCE]])
async def test_another_audience_is_refused(audience: Any) -> None:
    await refuse(MINT.mint(**{**AGENT, "aud": audience}))


async def test_a_parent_is_no_agent_and_an_agent_no_parent() -> None:
    with pytest.raises(Unauthenticated):
        await VERIFIER.agent(MINT.mint(**{**AGENT, "aud": PARENT_AUDIENCE}))
    with pytest.raises(Unauthenticated):
        await VERIFIER.parent(MINT.mint(**{**CLAIMS, "aud": AGENT_AUDIENCE}))


async def test_another_issuer_is_refused() -> None:
    await refuse(MINT.mint(**{**CLAIMS, "iss": "someone-else"}))


@pytest.mark.parametrize(
    "expires",
    [pytest.param(time.time() - 1, id="a second ago"), 0, None, "2100-01-01", True, [9**12], float("nan")],
)
async def test_an_expired_or_timeless_token_is_refused(expires: Any) -> None:
    await refuse(MINT.mint(**{**CLAIMS, "exp": expires}))


@pytest.mark.parametrize(
    "odd",
    [
        {"sub": None},
        {"sub": "me"},
        {"sid": 7},
        {"memberships": None},
        {"memberships": ["all"]},
        {"memberships": [{"family_id": str(FAMILY)}]},
        {"memberships": {"family_id": str(FAMILY)}},
    ],
)
async def test_odd_claims_of_a_parent_are_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await VERIFIER.parent(MINT.mint(**{**CLAIMS, **odd}))


@pytest.mark.parametrize("odd", [{"commune_id": "*"}, {"commune_id": None}, {"roles": None}, {"roles": 1}])
async def test_odd_claims_of_an_agent_are_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await VERIFIER.agent(MINT.mint(**{**AGENT, **odd}))


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "sid", "exp", "commune_id", "roles"])
async def test_no_claim_may_be_missing(missing: str) -> None:
    claims = {name: value for name, value in AGENT.items() if name != missing}
    token = jwt.encode({"alg": ALGORITHM, "kid": "test"}, claims, MINT.key, algorithms=[ALGORITHM])
    with pytest.raises(Unauthenticated):
        await VERIFIER.agent(token)


async def test_roles_that_do_not_exist_give_nothing() -> None:
    for roles in (["root", "*"], "admin"):
        assert (await VERIFIER.agent(MINT.mint(**{**AGENT, "roles": roles}))).roles == frozenset()


@pytest.mark.parametrize("claims", [["a", "list"], "text", 1, None])
async def test_claims_that_are_no_object_are_refused(claims: Any) -> None:
    signed = jws.serialize_compact(
        {"alg": ALGORITHM, "kid": "test"}, json.dumps(claims), MINT.key, algorithms=[ALGORITHM]
    )
    await refuse(signed)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "....",
        "a.b.c",
        f"{part(b'[' * 40_000)}.{part(CLAIMS)}.x",
        f"{part({'alg': ALGORITHM, 'kid': ['test']})}.{part(CLAIMS)}.x",
        f"{part({'alg': ALGORITHM, 'kid': 'test', 'crit': ['b64'], 'b64': False})}.{part(CLAIMS)}.x",
        f"{part([])}.{part(CLAIMS)}.x",
        f"{part({'alg': {}, 'kid': 'test'})}.{part(CLAIMS)}.x",
        f"{part({'alg': 'dir', 'enc': 'A128GCM', 'zip': 'DEF'})}....",
    ],
)
async def test_garbage_is_refused(token: str) -> None:
    await refuse(token)


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=200))
async def test_any_text_is_refused(token: str) -> None:
    await refuse(token)


class ChangingKeys:
    """A source that can be told to publish others."""

    def __init__(self, *mints: TokenMint) -> None:
        self.now = KeySet([mint.key for mint in mints])

    async def keys(self, *, fresh: bool = False) -> KeySet:
        return self.now


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(time.time(), tick=False) as traveller:
        yield traveller


async def test_a_token_is_verified_once() -> None:
    verifier, token, agents = MINT.verifier(), MINT.mint(**CLAIMS), MINT.mint(**AGENT)
    assert await verifier.parent(token) is await verifier.parent(token)
    assert await verifier.agent(agents) is await verifier.agent(agents)


async def test_no_other_token_profits_from_one_that_was_verified() -> None:
    verifier, token = MINT.verifier(), MINT.mint(**CLAIMS)
    await verifier.parent(token)
    header, claims, signature = token.split(".")
    changed = part({**CLAIMS, "sub": str(new_id())})
    foreign = part({"alg": ALGORITHM, "kid": "test", "typ": "JWT"})
    middle = len(signature) // 2
    turned = signature[:middle] + ("A" if signature[middle] != "A" else "B") + signature[middle + 1 :]
    for forged in (
        f"{header}.{changed}.{signature}",
        f"{foreign}.{claims}.{signature}",
        f"{header}.{claims}.{turned}",
        f"{header}.{claims}.",
        f"{header}.{claims}",
    ):
        with pytest.raises(Unauthenticated):
            await verifier.parent(forged)
    assert await verifier.parent(token)


async def test_a_remembered_parent_is_no_agent_and_an_agent_no_parent() -> None:
    verifier, token, agents = MINT.verifier(), MINT.mint(**CLAIMS), MINT.mint(**AGENT)
    await verifier.parent(token)
    await verifier.agent(agents)
    with pytest.raises(Unauthenticated):
        await verifier.agent(token)
    with pytest.raises(Unauthenticated):
        await verifier.parent(agents)


async def test_a_remembered_token_expires(clock: time_machine.Traveller) -> None:
    verifier, token = MINT.verifier(), MINT.mint(**{**CLAIMS, "exp": int(time.time()) + 300})
    await verifier.parent(token)
    clock.shift(299)
    assert await verifier.parent(token)
    clock.shift(2)
    with pytest.raises(Unauthenticated):
        await verifier.parent(token)


async def test_a_remembered_token_goes_with_its_key() -> None:
    source = ChangingKeys(MINT)
    verifier, token = TokenVerifier(source), MINT.mint(**CLAIMS)
    await verifier.parent(token)
    source.now = KeySet([OKPKey.generate_key("Ed25519", {"kid": "next"})])
    with pytest.raises(Unauthenticated):
        await verifier.parent(token)


async def test_what_is_remembered_is_bounded() -> None:
    verifier = TokenVerifier(ChangingKeys(MINT), kept=3)
    tokens = [MINT.mint(**CLAIMS, jti=str(number)) for number in range(5)]
    first = await verifier.parent(tokens[0])
    for token in tokens[1:]:
        await verifier.parent(token)
    assert await verifier.parent(tokens[0]) is not first
