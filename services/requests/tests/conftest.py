"""A running requests service with two families in one commune and one in another."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pikepdf
import pytest

from preau.requests import demo
from preau.requests.app import create_app
from preau.requests.settings import RequestsSettings
from preau.testing import town as builders
from preau.testing.services import ServiceUnderTest, running_service


def make_pdf(text: str = "") -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Title"] = text
    written = BytesIO()
    document.save(written)
    return written.getvalue()


@dataclass
class Household(builders.Household):
    """A family and a parent of it."""

    service: ServiceUnderTest = field(kw_only=True)

    @property
    def headers(self) -> dict[str, str]:
        return self.service.parent(self.membership, account_id=self.account_id)

    def url(self, path: str) -> str:
        return f"/parent/families/{self.family_id}/{path}"

    async def get(self, path: str) -> httpx2.Response:
        return await self.service.client.get(self.url(path), headers=self.headers)

    async def post(self, path: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return await self.service.client.post(self.url(path), headers=headers, json=body)

    async def patch(self, path: str, body: Any) -> httpx2.Response:
        return await self.service.client.patch(self.url(path), headers=self.headers, json=body)

    async def delete(self, path: str) -> httpx2.Response:
        return await self.service.client.delete(self.url(path), headers=self.headers)

    async def upload(
        self, data: bytes | None = None, filename: str = "carte.pdf", kind: str = "identity"
    ) -> httpx2.Response:
        return await self.service.client.post(
            self.url("documents"),
            headers=self.headers,
            files={"file": (filename, make_pdf() if data is None else data, "text/html")},
            data={"kind": kind},
        )

    async def document(self) -> str:
        answer = await self.upload()
        assert answer.status_code == 201, answer.text
        return answer.json()["document_id"]

    async def category(self, code: str = "pickup") -> str:
        items = (await self.get("categories")).json()["items"]
        return next(item["category_id"] for item in items if item["code"] == code)

    def answers(self, **changed: str) -> dict[str, str]:
        return {
            "child": str(self.child_id),
            "person_name": "Jeanne Petit",
            "relation": "Grand-parent",
            "phone": "06 12 34 56 78",
            "valid_from": "2026-12-01",
        } | changed

    async def file(self, *, submit: bool = True, **body: Any) -> dict[str, Any]:
        """A pick-up request as the service answers it."""
        answer = await self.post(
            "requests",
            {
                "category_id": await self.category(),
                "answers": self.answers(),
                "documents": {"identity": await self.document()},
                "submit": submit,
            }
            | body,
        )
        assert answer.status_code == 201, answer.text
        return answer.json()


@dataclass
class Town:
    """An agent's side of a commune."""

    service: ServiceUnderTest
    commune_id: UUID
    roles: tuple[str, ...] = ("requests",)

    @property
    def headers(self) -> dict[str, str]:
        return self.service.agent(self.commune_id, *self.roles)

    async def get(self, path: str) -> httpx2.Response:
        return await self.service.client.get(f"/agent/{path}", headers=self.headers)

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        return await self.service.client.post(f"/agent/{path}", headers=self.headers, json=body)

    async def patch(self, path: str, body: Any) -> httpx2.Response:
        return await self.service.client.patch(f"/agent/{path}", headers=self.headers, json=body)

    async def decide(self, request_id: str, decision: str = "accepted", **body: Any) -> httpx2.Response:
        return await self.post(f"requests/{request_id}/decision", {"decision": decision} | body)


async def settle(service: ServiceUnderTest, commune_id: UUID) -> Household:
    """A family known to the service."""
    family = Household(commune_id, "Famille Petit", service=service)
    await service.deliver(family.event())
    return family


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[ServiceUnderTest]:
    async with running_service(
        "requests",
        create_app,
        RequestsSettings,
        documents_url=f"file:{tmp_path}/objects",
        document_max_bytes=2_000_000,
        family_max_bytes=3_000_000,
    ) as running:
        for commune_id, slug in ((demo.JOLIEVILLE, "jolieville"), (demo.BEAUVAL, "beauval")):
            await running.deliver(builders.commune_event(commune_id, slug))
        await demo.seed(running.database)
        yield running


@pytest.fixture
async def family(service: ServiceUnderTest) -> Household:
    return await settle(service, demo.JOLIEVILLE)


@pytest.fixture
async def neighbours(service: ServiceUnderTest) -> Household:
    return await settle(service, demo.JOLIEVILLE)


@pytest.fixture
async def strangers(service: ServiceUnderTest) -> Household:
    return await settle(service, demo.BEAUVAL)


@pytest.fixture
def town(service: ServiceUnderTest) -> Town:
    return Town(service, demo.JOLIEVILLE)


@pytest.fixture
def other_town(service: ServiceUnderTest) -> Town:
    return Town(service, demo.BEAUVAL)
