"""The identity service over a database of its own, and what its tests say often."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.policy import default as email_policy
from typing import Any

import altcha
import pytest
from aiosmtpd.controller import Controller
from joserfc.jwk import KeySet

from preau.common.auth.tokens import TokenVerifier
from preau.common.embedded.process import free_port
from preau.common.http.client_address import signed
from preau.common.ids import new_id
from preau.identity.app import create_app
from preau.identity.demo import DEMO_PASSWORD, seed
from preau.identity.sessions.keys import OwnKeys
from preau.identity.settings import IdentitySettings
from preau.testing.services import ServiceUnderTest, running_service


class _TestAndOwnKeys:
    """Trusts the test's mint and the service's own keys."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self._service = service

    async def keys(self, *, fresh: bool = False) -> KeySet:
        own = await OwnKeys(self._service.database).keys()
        return KeySet([*own.keys, *self._service.mint.public.keys])


GATEWAY_KEY = "identity-under-test-as-long-as-a-real-key"


class Relay:
    """A real SMTP server: takes mails, refuses ``nobody@``, is busy for ``busy@``."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.controller: Controller | None = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy@"):
            return "451 4.7.1 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        await asyncio.sleep(0.5 if b"Subject: Premier" in envelope.content else 0.05)
        self.taken.append(message_from_bytes(envelope.content, policy=email_policy))
        return "250 OK"

    @property
    def url(self) -> str:
        assert self.controller is not None
        return f"smtp://127.0.0.1:{self.controller.port}"


class Identity:
    """The running service, and the steps that tests take over and over."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.client = service.client
        self.database = service.database

    @staticmethod
    def at(address: str) -> dict[str, str]:
        """The headers by which the gateway tells a client's address."""
        return signed(GATEWAY_KEY, address)

    async def sign_in(
        self, email: str, password: str = DEMO_PASSWORD, subject: str = "parent"
    ) -> dict[str, Any]:
        answer = await self.client.post(
            "/public/sessions", json={"email": email, "password": password, "subject": subject}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def headers(
        self, email: str, password: str = DEMO_PASSWORD, subject: str = "parent"
    ) -> dict[str, str]:
        signed_in = await self.sign_in(email, password, subject)
        return {"Authorization": f"Bearer {signed_in['access_token']}"}

    async def agent(self, email: str = "accueil@jolieville.example") -> dict[str, str]:
        return await self.headers(email, subject="agent")

    async def mails(self, to: str, at_least: int = 1) -> list[dict[str, Any]]:
        """The mails that reached someone, newest first; waits for the sender."""
        for _ in range(300):
            items = (await self.client.get("/public/sandbox/mails", params={"to": to})).json()["items"]
            if len(items) >= at_least:
                return items
            await asyncio.sleep(0.1)
        raise AssertionError(f"{len(items)} mails for {to}, {at_least} expected")

    async def solved_challenge(self) -> str:
        answer = (await self.client.get("/public/challenge")).json()
        challenge = altcha.Challenge.from_dict(answer)
        solution = await asyncio.to_thread(altcha.solve_challenge, challenge)
        assert solution is not None
        return altcha.Payload(challenge, solution).to_base64()

    async def family(self, email: str | None = None, **changes: Any) -> dict[str, Any]:
        """A family that an agent registers: one guardian (with e-mail), two children, a quotient."""
        body = {
            "label": "Famille Essai",
            "guardians": [
                {
                    "civility": "mme",
                    "first_name": "Alice",
                    "last_name": "Essai",
                    "email": email or fresh_email(),
                }
            ],
            "children": [
                {"first_name": "Zoé", "last_name": "Essai", "birth_date": "2018-05-04", "class_name": "CE2"},
                {"first_name": "Max", "last_name": "Essai", "birth_date": "2020-02-03", "class_name": "CP"},
            ],
            "quotients": [{"value": 612, "effective_from": "2026-01-01"}],
            "known_family": True,
            **changes,
        }
        answer = await self.client.post("/agent/families", json=body, headers=await self.agent())
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def invitation(self, email: str) -> tuple[str, str]:
        """The newest invitation mailed there: (code, token)."""
        mail = (await self.mails(email))[0]
        (link,) = mail["links"]
        code = next(line for line in mail["text"].splitlines() if len(line) == 9 and line[4:5] == "-")
        return code, link.rpartition("/")[2]


def fresh_email() -> str:
    return f"parent-{new_id().hex}@jolieville.example"


def account_form(email: str, **changes: Any) -> dict[str, Any]:
    return {
        "account_name": "Alice Essai",
        "email": email,
        "password": "cheval-agrafe-pile",
        "password_confirmation": "cheval-agrafe-pile",
        "first_name": "Alice",
        "last_name": "Essai",
        **changes,
    }


@pytest.fixture(name="fresh_email")
def fresh_email_fixture() -> str:
    return fresh_email()


@pytest.fixture(name="account_form")
def account_form_fixture() -> Any:
    return account_form


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A mail relay on a port of its own."""
    handler = Relay()
    handler.controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    handler.controller.start()
    yield handler
    handler.controller.stop()


@pytest.fixture(scope="module")
async def identity() -> AsyncIterator[Identity]:
    """An identity service with the demonstration's communes and people; one a test module."""
    async with running_service(
        "identity", create_app, IdentitySettings, public_url="http://front", gateway_key=GATEWAY_KEY
    ) as service:
        await seed(service.database)
        service.app.state.verifier = TokenVerifier(_TestAndOwnKeys(service))
        yield Identity(service)
