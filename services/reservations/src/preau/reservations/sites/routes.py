"""Sites: what a parent first chooses."""

from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.access import AgentAccess, AgentMay, Family
from preau.common.ids import new_id
from preau.reservations.activities import repository as activities
from preau.reservations.activities.service import tell
from preau.reservations.sites import repository
from preau.reservations.sites.schemas import (
    OfferedActivityOut,
    OfferedSiteOut,
    OfferOut,
    SiteIn,
    SiteOut,
    SitePatch,
    SitesOut,
)
from preau.reservations.sites.tables import Site

router = APIRouter(tags=["sites"])
TAKEN = {"label": "Un service porte déjà ce nom."}


@router.get("/parent/families/{family_id}/sites")
async def list_offer(family: Family) -> OfferOut:
    """The sites of the commune with the activities that parents may book."""
    rows = await activities.all_rows(family.session, only_active=True)
    return OfferOut(
        items=[
            OfferedSiteOut(
                site_id=site_id,
                label=label,
                activities=[OfferedActivityOut.model_validate(row) for row, _ in of_site],
            )
            for (site_id, label), of_site in groupby(rows, key=lambda pair: (pair[0].site_id, pair[1]))
        ]
    )


@router.get("/agent/sites")
async def list_sites(agent: Annotated[AgentAccess, AgentMay()]) -> SitesOut:
    """All sites of the commune."""
    return SitesOut(items=[SiteOut.model_validate(site) for site in await repository.sites(agent.session)])


@router.post("/agent/sites", status_code=201)
async def add_site(agent: Annotated[AgentAccess, AgentMay("reservations")], body: SiteIn) -> SiteOut:
    """Open a site."""
    if await repository.label_is_taken(agent.session, body.label):
        raise FieldErrors(TAKEN)
    site = Site(site_id=new_id(), commune_id=agent.commune_id, label=body.label, status="active")
    agent.session.add(site)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="site.added",
        entity_id=site.site_id,
        after=body.model_dump(),
    )
    return SiteOut.model_validate(site)


@router.patch("/agent/sites/{site_id}")
async def change_site(
    agent: Annotated[AgentAccess, AgentMay("reservations")], site_id: UUID, body: SitePatch
) -> SiteOut:
    """Rename or close a site; billing hears of the new name by its activities."""
    site = await repository.site(agent.session, site_id)
    if site is None:
        raise NotFound("Ce service n’existe pas.")
    before = SiteOut.model_validate(site)
    if body.label is not None and await repository.label_is_taken(agent.session, body.label, site_id):
        raise FieldErrors(TAKEN)
    site.label = body.label or site.label
    site.status = body.status or site.status
    await agent.session.flush()  # the activities are told with the new label
    for activity_id in await activities.of_site(agent.session, site_id) if body.label else ():
        await activities.change(agent.session, activity_id, {})
        await tell(agent.session, activity_id)
    after = SiteOut.model_validate(site)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="site.changed",
        entity_id=site_id,
        before=before.model_dump(),
        after=after.model_dump(),
    )
    return after
