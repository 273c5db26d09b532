"""The client of requests: categories, requests, messages and documents."""

from __future__ import annotations

from preau.gateway.api.calls import Body, Calls, FamilyCalls
from preau.gateway.api.client import Download, Upload
from preau.gateway.api.models.requests import (
    AgentRequestDetail,
    ChangesOut,
    DocumentOut,
    MessageOut,
    PageAgentCategoryOut,
    PageAgentRequestSummary,
    PageCategoryOut,
    PageDocumentOut,
    PageRequestSummary,
    RequestDetail,
)


class FamilyRequests(FamilyCalls):
    """Of one family, for its parents."""

    service = "requests"

    async def categories(self) -> PageCategoryOut:
        """What may be asked for."""
        return await self._get(PageCategoryOut, f"{self._family}/categories")

    async def documents(self) -> PageDocumentOut:
        """The documents that the family has given."""
        return await self._get(PageDocumentOut, f"{self._family}/documents")

    async def give_document(self, file: Upload, kind: str) -> DocumentOut:
        return await self._upload(DocumentOut, f"{self._family}/documents", file, {"kind": kind})

    async def document(self, document_id: str) -> Download:
        return await self._download(f"{self._family}/documents/{document_id}")

    async def requests(self) -> PageRequestSummary:
        """The family's requests, newest first."""
        return await self._get(PageRequestSummary, f"{self._family}/requests")

    async def file(self, body: Body, *, key: str) -> RequestDetail:
        return await self._post(RequestDetail, f"{self._family}/requests", body, key=key)

    async def request(self, request_id: str) -> RequestDetail:
        return await self._get(RequestDetail, f"{self._family}/requests/{request_id}")

    async def change(self, request_id: str, body: Body) -> RequestDetail:
        return await self._patch(RequestDetail, f"{self._family}/requests/{request_id}", body)

    async def submit(self, request_id: str) -> RequestDetail:
        return await self._post(RequestDetail, f"{self._family}/requests/{request_id}/submit")

    async def write(self, request_id: str, text: str) -> MessageOut:
        """Write to the commune about the request."""
        return await self._post(MessageOut, f"{self._family}/requests/{request_id}/messages", {"text": text})

    async def withdraw(self, request_id: str) -> RequestDetail:
        return await self._post(RequestDetail, f"{self._family}/requests/{request_id}/withdrawal")


class AgentRequests(Calls):
    """Of the commune, for its agents."""

    service = "requests"

    async def changes(self, record_id: str) -> ChangesOut:
        """Who changed a record, the last change first."""
        return await self._get(ChangesOut, "/agent/changes", record_id=record_id, limit=1)

    async def requests(
        self,
        *,
        q: str = "",
        status: str = "",
        category_id: str = "",
        family_id: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageAgentRequestSummary:
        """The requests sent, oldest first; ``q`` searches references and families."""
        return await self._get(
            PageAgentRequestSummary,
            "/agent/requests",
            q=q,
            status=status,
            category_id=category_id,
            family_id=family_id,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def categories(self) -> PageAgentCategoryOut:
        """All categories of the commune, those in use and those no longer."""
        return await self._get(PageAgentCategoryOut, "/agent/categories")

    async def request(self, request_id: str) -> AgentRequestDetail:
        return await self._get(AgentRequestDetail, f"/agent/requests/{request_id}")

    async def take_up(self, request_id: str) -> AgentRequestDetail:
        return await self._post(AgentRequestDetail, f"/agent/requests/{request_id}/review")

    async def ask_family(self, request_id: str, message: str) -> AgentRequestDetail:
        """Ask the family to complete its request."""
        path = f"/agent/requests/{request_id}/info-request"
        return await self._post(AgentRequestDetail, path, {"message": message})

    async def write(self, request_id: str, text: str) -> MessageOut:
        return await self._post(MessageOut, f"/agent/requests/{request_id}/messages", {"text": text})

    async def decide(self, request_id: str, body: Body) -> AgentRequestDetail:
        return await self._post(AgentRequestDetail, f"/agent/requests/{request_id}/decision", body)

    async def document(self, document_id: str) -> Download:
        return await self._download(f"/agent/documents/{document_id}")
