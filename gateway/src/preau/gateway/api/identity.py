"""The client of identity: accounts, sessions, communes and families."""

from __future__ import annotations

from datetime import date
from typing import Literal
from urllib.parse import quote

from preau.gateway.api.calls import Body, Calls
from preau.gateway.api.models.identity import (
    AccountOut,
    ActivationOut,
    AgentCommuneOut,
    ChangesOut,
    ColleaguesOut,
    CommunesOut,
    CustodyPreviewOut,
    FamilyOut,
    MembershipOut,
    PageFamilyOut,
    RegisteredOut,
    SandboxMailsOut,
    SessionOut,
    SessionStatusOut,
)

Resets = Literal["password-resets", "agent-password-resets"]
"""The resource of identity by which a parent's or an agent's lost password is changed."""


class PublicIdentity(Calls):
    """What is open to all."""

    service = "identity"

    async def sign_in(self, body: Body) -> SessionOut:
        """A new session: 401 on wrong credentials, 429 after too many attempts."""
        return await self._post(SessionOut, "/public/sessions", body)

    async def refresh(self, refresh_token: str) -> SessionOut:
        """The session's successor."""
        return await self._post(SessionOut, "/public/sessions/refresh", {"refresh_token": refresh_token})

    async def session_status(self, session_id: str) -> SessionStatusOut:
        return await self._get(SessionStatusOut, f"/public/sessions/{session_id}/status")

    async def communes(self) -> CommunesOut:
        return await self._get(CommunesOut, "/public/communes")

    async def challenge(self) -> bytes:
        """A proof of work for the browser to do, as JSON that it alone reads."""
        return await self._send("GET", "/public/challenge")

    async def register(self, body: Body) -> RegisteredOut:
        return await self._post(RegisteredOut, "/public/accounts", body)

    async def activation(self, token: str) -> ActivationOut:
        """What an activation link opens; 404 or 410 when it serves no more."""
        return await self._get(ActivationOut, f"/public/activations/{token}")

    async def activate(self, token: str, body: Body) -> RegisteredOut:
        return await self._post(RegisteredOut, f"/public/activations/{token}", body)

    async def confirm_email(self, token: str) -> None:
        await self._send("POST", f"/public/email-confirmations/{quote(token, safe='')}", {})

    async def ask_for_reset(self, resets: Resets, body: Body) -> None:
        """Send a link by mail, if the address has an account."""
        await self._send("POST", f"/public/{resets}", body)

    async def check_reset(self, resets: Resets, token: str) -> None:
        """Whether the link still works; 404 when it serves no more."""
        await self._send("GET", f"/public/{resets}/{quote(token, safe='')}")

    async def reset_password(self, resets: Resets, token: str, body: Body) -> None:
        await self._send("POST", f"/public/{resets}/{quote(token, safe='')}", body)

    async def sandbox_mails(self, to: str) -> SandboxMailsOut:
        """The mails that the sandbox took, to one address or to all; development only."""
        return await self._get(SandboxMailsOut, "/public/sandbox/mails", to=to)


class SessionIdentity(Calls):
    """What a session does to itself."""

    service = "identity"

    async def sign_parent_out(self) -> None:
        await self._send("DELETE", "/parent/sessions/current")

    async def sign_agent_out(self) -> None:
        await self._send("DELETE", "/agent/sessions/current")


class ParentIdentity(Calls):
    """A parent's account and families."""

    service = "identity"

    async def account(self) -> AccountOut:
        return await self._get(AccountOut, "/parent/account")

    async def change_account(self, body: Body) -> AccountOut:
        return await self._patch(AccountOut, "/parent/account", body)

    async def change_password(self, body: Body) -> None:
        await self._send("POST", "/parent/account/password", body)

    async def family(self, family_id: str) -> FamilyOut:
        """The family as the commune keeps it: guardians, children, address, quotients."""
        return await self._get(FamilyOut, f"/parent/families/{family_id}")

    async def choose_delivery(self, family_id: str, body: Body) -> FamilyOut:
        """How the family wants its invoices."""
        return await self._put(FamilyOut, f"/parent/families/{family_id}/delivery", body)

    async def join(self, body: Body) -> MembershipOut:
        """Join a family by the code or the activation link that the commune gave."""
        return await self._post(MembershipOut, "/parent/memberships", body)


class AgentIdentity(Calls):
    """The commune and its families, for agents."""

    service = "identity"

    async def changes(self, record_id: str) -> ChangesOut:
        """Who changed a record, the last change first."""
        return await self._get(ChangesOut, "/agent/changes", record_id=record_id, limit=1)

    async def colleagues(self) -> ColleaguesOut:
        """The names of the commune's agents."""
        return await self._get(ColleaguesOut, "/agent/colleagues")

    async def commune(self) -> AgentCommuneOut:
        return await self._get(AgentCommuneOut, "/agent/commune")

    async def change_commune(self, body: Body, *, seen: int) -> AgentCommuneOut:
        return await self._patch(AgentCommuneOut, "/agent/commune", body, seen=seen)

    async def set_logo(self, body: Body) -> AgentCommuneOut:
        """Take a picture as the commune's logo."""
        return await self._put(AgentCommuneOut, "/agent/commune/logo", body)

    async def remove_logo(self) -> AgentCommuneOut:
        return await self._delete(AgentCommuneOut, "/agent/commune/logo")

    async def write_lists(self, body: Body, *, seen: int) -> AgentCommuneOut:
        """The commune's own classes of residency and categories of children, whole."""
        return await self._put(AgentCommuneOut, "/agent/commune/lists", body, seen=seen)

    async def families(
        self,
        *,
        q: str = "",
        city: str = "",
        status: str = "",
        account: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageFamilyOut:
        """Families by name; ``q`` searches names, e-mails and children."""
        return await self._get(
            PageFamilyOut,
            "/agent/families",
            q=q,
            city=city,
            status=status,
            account=account,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def register(self, body: Body) -> FamilyOut:
        return await self._post(FamilyOut, "/agent/families", body)

    async def family(self, family_id: str) -> FamilyOut:
        return await self._get(FamilyOut, f"/agent/families/{family_id}")

    async def change_family(self, family_id: str, body: Body, *, seen: int) -> FamilyOut:
        return await self._patch(FamilyOut, f"/agent/families/{family_id}", body, seen=seen)

    async def add_child(self, family_id: str, body: Body) -> FamilyOut:
        return await self._post(FamilyOut, f"/agent/families/{family_id}/children", body)

    async def change_child(self, family_id: str, child_id: str, body: Body, *, seen: int) -> FamilyOut:
        return await self._patch(
            FamilyOut, f"/agent/families/{family_id}/children/{child_id}", body, seen=seen
        )

    async def change_guardian(self, family_id: str, guardian_id: str, body: Body, *, seen: int) -> FamilyOut:
        return await self._patch(
            FamilyOut, f"/agent/families/{family_id}/guardians/{guardian_id}", body, seen=seen
        )

    async def set_quotient(self, family_id: str, body: Body) -> FamilyOut:
        return await self._post(FamilyOut, f"/agent/families/{family_id}/quotients", body)

    async def remove_quotient(self, family_id: str, first_day: date, *, seen: int) -> FamilyOut:
        """Take away what was entered from a day on: what was before goes on."""
        path = f"/agent/families/{family_id}/quotients/{first_day}"
        return await self._delete(FamilyOut, path, seen=seen)

    async def remove_residency(self, family_id: str, first_day: date, *, seen: int) -> FamilyOut:
        path = f"/agent/families/{family_id}/residencies/{first_day}"
        return await self._delete(FamilyOut, path, seen=seen)

    async def remove_payer(self, family_id: str, first_day: date, *, seen: int) -> FamilyOut:
        path = f"/agent/families/{family_id}/payers/{first_day}"
        return await self._delete(FamilyOut, path, seen=seen)

    async def remove_schooling(
        self, family_id: str, child_id: str, first_day: date, *, seen: int
    ) -> FamilyOut:
        path = f"/agent/families/{family_id}/children/{child_id}/schoolings/{first_day}"
        return await self._delete(FamilyOut, path, seen=seen)

    async def set_custody(self, family_id: str, child_id: str, body: Body, *, seen: int) -> FamilyOut:
        """Who has a child from a day on."""
        path = f"/agent/families/{family_id}/children/{child_id}/custodies"
        return await self._post(FamilyOut, path, body, seen=seen)

    async def preview_custody(self, family_id: str, child_id: str, body: Body) -> CustodyPreviewOut:
        """Who would have a child on each day of the coming weeks."""
        path = f"/agent/families/{family_id}/children/{child_id}/custody/preview"
        return await self._post(CustodyPreviewOut, path, body)

    async def remove_custody(self, family_id: str, child_id: str, first_day: date, *, seen: int) -> FamilyOut:
        """Take away what was entered from a day on; from the first day of all, what holds since always."""
        path = f"/agent/families/{family_id}/children/{child_id}/custodies/{first_day}"
        return await self._delete(FamilyOut, path, seen=seen)

    async def invite(self, family_id: str, guardian_id: str) -> None:
        """Send a new code and link; the earlier ones stop working."""
        path = f"/agent/families/{family_id}/guardians/{guardian_id}/invitation"
        await self._send("POST", path, {})
