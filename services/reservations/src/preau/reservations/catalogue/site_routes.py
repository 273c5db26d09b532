"""Sites: what a parent first chooses."""

from itertools import groupby
from uuid import UUID

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import AnyAgent, Family, ReservationsAgent
from preau.common.http.seen_version import SeenVersion, refuse_if_changed
from preau.common.http.unit_of_work import Transaction
from preau.common.ids import new_id
from preau.reservations.catalogue import repository as activities
from preau.reservations.catalogue import service, site_repository
from preau.reservations.catalogue.site_repository import SiteRecord
from preau.reservations.catalogue.site_schemas import (
    OfferedActivityOut,
    OfferedSiteOut,
    OfferOut,
    SiteIn,
    SiteOut,
    SitePatch,
    SitesOut,
)

router = APIRouter(tags=["sites"])
TAKEN = {"label": "Un service porte déjà ce nom."}


@router.get("/parent/families/{family_id}/sites")
async def list_offer(family: Family, session: Transaction) -> OfferOut:
    """The sites of the commune with the activities that parents may book."""
    rows = await activities.all_rows(session, only_active=True)
    return OfferOut(
        items=[
            OfferedSiteOut(
                site_id=site_id,
                label=label,
                activities=[OfferedActivityOut.model_validate(each.row) for each in of_site],
            )
            for (site_id, label), of_site in groupby(rows, lambda each: (each.row.site_id, each.site_label))
        ]
    )


@router.get("/agent/sites")
async def list_sites(agent: AnyAgent, session: Transaction) -> SitesOut:
    """All sites of the commune."""
    return SitesOut(items=[SiteOut.model_validate(site) for site in await site_repository.sites(session)])


@router.get("/agent/sites/{site_id}")
async def read_site(agent: AnyAgent, session: Transaction, site_id: UUID) -> SiteOut:
    site = await site_repository.site(session, site_id)
    if site is None:
        raise NotFound("Ce service n’existe pas.")
    return SiteOut.model_validate(site)


@router.post("/agent/sites", status_code=201)
async def add_site(agent: ReservationsAgent, session: Transaction, body: SiteIn) -> SiteOut:
    """Open a site."""
    if await site_repository.label_is_taken(session, agent.commune_id, body.label):
        raise FieldErrors(TAKEN)
    site = SiteRecord(new_id(), body.label, "active", class_weekdays=body.class_weekdays)
    await site_repository.add(session, agent.commune_id, [site])
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="site.added",
        entity_id=site.site_id,
        after=body.model_dump(),
    )
    return SiteOut.model_validate(site)


@router.patch("/agent/sites/{site_id}")
async def change_site(
    agent: ReservationsAgent, session: Transaction, site_id: UUID, body: SitePatch, seen: SeenVersion
) -> SiteOut:
    """Rename or close a site, or change its days of class; billing hears of the name by its activities."""
    site = await site_repository.lock(session, site_id)
    if site is None:
        raise NotFound("Ce service n’existe pas.")
    refuse_if_changed(seen, site.version)
    if body.label is not None and await site_repository.label_is_taken(
        session, agent.commune_id, body.label, site_id
    ):
        raise FieldErrors(TAKEN)
    changed = SiteRecord(
        site_id,
        body.label or site.label,
        body.status or site.status,
        site.version + 1,
        body.class_weekdays or site.class_weekdays,
    )
    await site_repository.change(session, changed)
    if body.label:
        await service.publish_activities_of(session, site_id)
    before, after = SiteOut.model_validate(site), SiteOut.model_validate(changed)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="site.changed",
        entity_id=site_id,
        before=before.model_dump(),
        after=after.model_dump(),
    )
    return after
