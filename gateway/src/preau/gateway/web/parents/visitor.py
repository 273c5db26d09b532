"""Who looks at a parents' page: their session, their account, and the family they look after right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse

from preau.gateway.proxy.client import ServiceClient
from preau.gateway.sessions.cookies import DAY_SECONDS, FAMILY_COOKIE, cookie
from preau.gateway.sessions.pages import Client, ParentSession, set_cookie
from preau.gateway.sessions.session import Session
from preau.gateway.web.communes import Communes
from preau.gateway.web.rendering import render, render_fragments


class NoFamilyYet(Exception):
    """The account belongs to no family: the page asks for the adhesion code first."""


@dataclass(slots=True)
class Visitor:
    """A signed-in parent. ``family`` is a membership of the account: ids, labels, the commune's colour."""

    request: Request
    session: Session
    client: ServiceClient
    account: dict[str, Any]
    family: dict[str, Any] | None
    commune: dict[str, Any] | None

    @property
    def families(self) -> list[dict[str, Any]]:
        """The memberships of the account, over the communes."""
        return self.account["memberships"]

    def path(self, rest: str) -> str:
        """A service's path about the current family: ``path("basket")``."""
        assert self.family is not None  # noqa: S101 - FamilyVisitor made sure
        return f"/parent/families/{self.family['family_id']}/{rest}"

    async def get(self, service: str, rest: str, **params: Any) -> Any:
        """GET about the current family; ``from_`` stands for the parameter ``from``."""
        named = {name.rstrip("_"): value for name, value in params.items()}
        return await self.client.get(service, self.path(rest), self.session, params=named)

    async def record(self) -> dict[str, Any]:
        """The family as the commune keeps it: guardians, children, address, quotients."""
        return await self.client.get("identity", self.path("").rstrip("/"), self.session)

    async def post(self, service: str, rest: str, json: Any = None, *, once: str | None = None) -> Any:
        """POST about the current family; ``once`` is the key that makes it happen one time."""
        return await self.client.post(
            service, self.path(rest), self.session, json={} if json is None else json, idempotency_key=once
        )

    async def delete(self, service: str, rest: str) -> Any:
        """DELETE about the current family."""
        return await self.client.delete(service, self.path(rest), self.session)

    def context(self) -> dict[str, Any]:
        """What the layout shows of the visitor."""
        return {
            "person": self.session.display_name or self.account.get("account_name") or self.account["email"],
            "families": self.families,
            "family": self.family,
            "commune": self.commune,
        }

    def page(
        self, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """A page around which the visitor's commune, tabs and account stand."""
        return render(self.request, template, {**self.context(), **(context or {})}, status=status)

    def fragments(
        self,
        templates: list[str],
        context: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Pieces of a page for htmx."""
        whole = {**self.context(), **(context or {})}
        return render_fragments(self.request, templates, whole, status=status, headers=headers)


def keep_family(request: Request, family_id: str) -> None:
    """Remember in this browser which family is looked after; an account with one has no need of it."""
    set_cookie(request, cookie(FAMILY_COOKIE, family_id, lasts_seconds=365 * DAY_SECONDS))


async def _visitor(request: Request, session: ParentSession, client: Client) -> Visitor:
    account = await client.get("identity", "/parent/account", session)
    # Ids are in order of time: without a choice, the family known for longest.
    families = sorted(account["memberships"], key=lambda each: str(each["family_id"]))
    chosen = request.cookies.get(FAMILY_COOKIE)
    current = next((each for each in families if each["family_id"] == chosen), None)
    family = current or (families[0] if families else None)
    commune = await commune_of(request, family) if family else None
    visitor = Visitor(request, session, client, account, family, commune)
    request.state.frame = visitor.context()  # an error page keeps the frame
    return visitor


async def commune_of(request: Request, family: dict[str, Any]) -> dict[str, Any]:
    """The commune of a membership, as the layout shows it."""
    communes: Communes = request.app.state.communes
    public = await communes.find(slug=family["commune_slug"]) or {}
    return {
        "name": family["commune_name"],
        "slug": family["commune_slug"],
        "accent_colour": family.get("accent_colour") or public.get("accent_colour") or "#1f5fa8",
        "contact_phone": public.get("contact_phone") or "",
        "contact_email": public.get("contact_email") or "",
    }


AnyVisitor = Annotated[Visitor, Depends(_visitor)]
"""A signed-in parent, perhaps without a family yet."""


async def _with_family(visitor: AnyVisitor) -> Visitor:
    if visitor.family is None:
        raise NoFamilyYet
    return visitor


FamilyVisitor = Annotated[Visitor, Depends(_with_family)]
"""A signed-in parent who looks after a family."""
