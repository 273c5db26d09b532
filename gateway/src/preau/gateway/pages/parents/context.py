"""Who looks at a parents' page: their session, their account, and the family they look after right now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse

from preau.gateway.api.billing import FamilyBilling
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.identity import ParentIdentity
from preau.gateway.api.models.identity import AccountOut, CommuneOut, FamilyOut, MembershipOut
from preau.gateway.api.payments import FamilyPayments
from preau.gateway.api.requests import FamilyRequests
from preau.gateway.api.reservations import FamilyReservations
from preau.gateway.pages.civil_time import keep_zone, today_of
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.rendering import render, render_fragments
from preau.gateway.pages.sessions import Client, ParentSession, set_cookie
from preau.gateway.security.cookies import DAY_SECONDS, FAMILY_COOKIE, cookie
from preau.gateway.sessions.session import Session


class NoFamilyYet(Exception):
    """The account belongs to no family: the page asks for the adhesion code first."""


class _OfFamily(Protocol):
    @property
    def family_id(self) -> str: ...


Belonging = TypeVar("Belonging", bound=_OfFamily)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class FamilyServices:
    """The services, as a parent of one family asks them."""

    client: ServiceClient
    token: str
    family_id: str

    @property
    def reservations(self) -> FamilyReservations:
        return FamilyReservations(self.client, self.token, self.family_id)

    @property
    def billing(self) -> FamilyBilling:
        return FamilyBilling(self.client, self.token, self.family_id)

    @property
    def payments(self) -> FamilyPayments:
        return FamilyPayments(self.client, self.token, self.family_id)

    @property
    def requests(self) -> FamilyRequests:
        return FamilyRequests(self.client, self.token, self.family_id)


@dataclass(slots=True)
class ParentContext:
    """A signed-in parent. ``family`` is a membership of the account: ids, labels, the commune's colour."""

    request: Request
    session: Session
    client: ServiceClient
    account: AccountOut
    family: MembershipOut | None
    commune: CommuneOut | None

    @property
    def families(self) -> list[MembershipOut]:
        """The memberships of the account, over the communes."""
        return self.account.memberships

    @property
    def family_id(self) -> str:
        """The family looked after."""
        assert self.family is not None  # noqa: S101 - FamilyParent made sure
        return self.family.family_id

    @property
    def today(self) -> date:
        """The present day in the commune."""
        return today_of(self.request)

    @property
    def identity(self) -> ParentIdentity:
        return ParentIdentity(self.client, self.session.access_token)

    @property
    def services(self) -> FamilyServices:
        """The services, asked about the family."""
        return FamilyServices(self.client, self.session.access_token, self.family_id)

    @property
    def reservations(self) -> FamilyReservations:
        return self.services.reservations

    @property
    def billing(self) -> FamilyBilling:
        return self.services.billing

    @property
    def payments(self) -> FamilyPayments:
        return self.services.payments

    @property
    def requests(self) -> FamilyRequests:
        return self.services.requests

    async def record(self) -> FamilyOut:
        """The family as the commune keeps it: guardians, children, address, quotients."""
        return await self.identity.family(self.family_id)

    def context(self) -> dict[str, object]:
        """What the layout shows of the parent."""
        return {
            "person": self.session.display_name or self.account.account_name or self.account.email,
            "families": self.families,
            "family": self.family,
            "commune": self.commune,
        }

    def page(
        self, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """A page around which the parent's commune, tabs and account stand."""
        return render(self.request, template, {**self.context(), **(context or {})}, status=status)

    def fragments(
        self,
        templates: list[str],
        context: Mapping[str, object] | None = None,
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


def _looked_after(request: Request, families: Iterable[Belonging]) -> Belonging | None:
    """The family that this browser chose; ids are in order of time: else the one known for longest."""
    known = {each.family_id: each for each in families}
    return known.get(request.cookies.get(FAMILY_COOKIE, "")) or known.get(min(known, default=""))


async def _here(request: Request, commune_id: str) -> CommuneOut:
    """The commune, whose civil time is the page's from here on."""
    communes: Communes = request.app.state.communes
    commune = await communes.of_session(commune_id)
    keep_zone(request, commune.time_zone)
    return commune


async def _parent_context(request: Request, session: ParentSession, client: Client) -> ParentContext:
    account = await ParentIdentity(client, session.access_token).account()
    family = _looked_after(request, account.memberships)
    commune = await _here(request, family.commune_id) if family else None
    parent = ParentContext(request, session, client, account, family, commune)
    request.state.frame = parent.context()  # an error page keeps the frame
    return parent


AnyParent = Annotated[ParentContext, Depends(_parent_context)]
"""A signed-in parent, perhaps without a family yet."""


async def _with_family(parent: AnyParent) -> ParentContext:
    if parent.family is None:
        raise NoFamilyYet
    return parent


FamilyParent = Annotated[ParentContext, Depends(_with_family)]
"""A signed-in parent who looks after a family."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A signed-in parent of whom nothing but the session is known yet: the services are asked meanwhile."""

    request: Request
    session: Session
    client: ServiceClient

    async def meanwhile(
        self, ask: Callable[[FamilyServices], Awaitable[Answer]]
    ) -> tuple[ParentContext, Answer]:
        """The parent, and what services say at the same time of the family that they look after.

        Which family that is, the session says; where the account says another, it is asked about that one.
        Raises :class:`NoFamilyYet`.
        """
        expected = _looked_after(self.request, self.session.memberships)
        if expected is None:
            parent = await self._parent()
            return parent, await ask(parent.services)
        await _here(self.request, expected.commune_id)
        services = FamilyServices(self.client, self.session.access_token, expected.family_id)
        parent, answer = await asyncio.gather(self._parent(), ask(services), return_exceptions=True)
        if isinstance(parent, BaseException):
            raise parent
        if parent.family_id != expected.family_id:
            return parent, await ask(parent.services)
        if isinstance(answer, BaseException):
            raise answer
        return parent, answer

    async def _parent(self) -> ParentContext:
        return await _with_family(await _parent_context(self.request, self.session, self.client))


async def _arrival(request: Request, session: ParentSession, client: Client) -> Arrival:
    return Arrival(request, session, client)


Arriving = Annotated[Arrival, Depends(_arrival)]
"""A signed-in parent on a page that is to be quick."""
