"""Who looks at a parents' page: their session, their account, and the family they look after right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse

from preau.gateway.api.client import ServiceClient
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.rendering import render, render_fragments
from preau.gateway.pages.sessions import Client, ParentSession, set_cookie
from preau.gateway.security.cookies import DAY_SECONDS, FAMILY_COOKIE, cookie
from preau.gateway.sessions.session import Session


class NoFamilyYet(Exception):
    """The account belongs to no family: the page asks for the adhesion code first."""


@dataclass(slots=True)
class ParentContext:
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
        assert self.family is not None  # noqa: S101 - FamilyParent made sure
        return f"/parent/families/{self.family['family_id']}/{rest}"

    async def get(self, service: str, rest: str, **params: Any) -> Any:
        """GET about the current family; ``from_`` stands for the parameter ``from``."""
        named = {name.rstrip("_"): value for name, value in params.items()}
        return await self.client.get(service, self.path(rest), self.session.access_token, params=named)

    async def record(self) -> dict[str, Any]:
        """The family as the commune keeps it: guardians, children, address, quotients."""
        return await self.client.get("identity", self.path("").rstrip("/"), self.session.access_token)

    async def post(self, service: str, rest: str, json: Any = None, *, once: str | None = None) -> Any:
        """POST about the current family; ``once`` is the key that makes it happen one time."""
        return await self.client.post(
            service,
            self.path(rest),
            self.session.access_token,
            json={} if json is None else json,
            idempotency_key=once,
        )

    async def delete(self, service: str, rest: str) -> Any:
        """DELETE about the current family."""
        return await self.client.delete(service, self.path(rest), self.session.access_token)

    def context(self) -> dict[str, Any]:
        """What the layout shows of the parent."""
        return {
            "person": self.session.display_name or self.account.get("account_name") or self.account["email"],
            "families": self.families,
            "family": self.family,
            "commune": self.commune,
        }

    def page(
        self, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """A page around which the parent's commune, tabs and account stand."""
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


async def _parent_context(request: Request, session: ParentSession, client: Client) -> ParentContext:
    account = await client.get("identity", "/parent/account", session.access_token)
    # Ids are in order of time: without a choice, the family known for longest.
    families = sorted(account["memberships"], key=lambda each: str(each["family_id"]))
    chosen = request.cookies.get(FAMILY_COOKIE)
    current = next((each for each in families if each["family_id"] == chosen), None)
    family = current or (families[0] if families else None)
    commune = await commune_of(request, family) if family else None
    parent = ParentContext(request, session, client, account, family, commune)
    request.state.frame = parent.context()  # an error page keeps the frame
    return parent


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


AnyParent = Annotated[ParentContext, Depends(_parent_context)]
"""A signed-in parent, perhaps without a family yet."""


async def _with_family(parent: AnyParent) -> ParentContext:
    if parent.family is None:
        raise NoFamilyYet
    return parent


FamilyParent = Annotated[ParentContext, Depends(_with_family)]
"""A signed-in parent who looks after a family."""
