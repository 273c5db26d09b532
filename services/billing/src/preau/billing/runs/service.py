"""Beginning, issuing and discarding runs."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import calendar
from preau.billing.copies import repository as copies
from preau.billing.regies import repository as regies
from preau.billing.runs import chunk_repository, queue, repository
from preau.billing.runs.domain import RunKind
from preau.billing.runs.issuing import stage_repository, stale_repository
from preau.billing.runs.issuing.stale_repository import StaleDraft
from preau.billing.runs.lifecycle import RUN, Act, Status
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs import repository as tariffs
from preau.billing.tariffs.frozen import freeze
from preau.billing.tariffs.months import month_before, month_of
from preau.common.db.database import hot
from preau.common.errors import Conflict, FieldErrors, NotFound
from preau.common.ids import new_id
from preau.common.lifecycle import IllegalMove
from preau.wording import statuses
from preau.wording.dates import month, of_period

NAMED = 3
"""How many families a refusal names."""
EARLIEST = timedelta(days=365)
"""How long before its first day a month may be billed: bookings go as far as the school year."""


class RunExists(Conflict):
    type, title = "run-exists", "Facturation déjà lancée"


class DraftsStale(Conflict):
    type, title = "drafts-stale", "Des réservations ont changé"


class MonthNotBilled(Conflict):
    type, title = "month-not-billed", "Mois pas encore facturé"


class RunNotReady(Conflict):
    type, title = "run-not-ready", "Facturation dans un autre état"


async def begin(
    session: AsyncSession,
    *,
    commune_id: UUID,
    regie_id: UUID,
    period: str,
    kind: RunKind,
    carries: bool,
    size: int,
    lease: timedelta,
) -> BillingRun:
    """Freeze the tariffs and the families of a month and queue its chunks of ``size`` families.

    A month's end that ``carries`` leaves what is below the régie's threshold for the next one.
    Raises `NotFound` for a régie that does not exist, `FieldErrors` for a month more than a year away,
    `RunExists` when a run is live, or when the month end is issued: then a complement bills what came after,
    and `MonthNotBilled` for a complement before that.
    """
    regie = await regies.regie(session, regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    if month_of(period).first > await calendar.today(session, commune_id) + EARLIEST:
        raise FieldErrors({"period": "Un mois ne se facture pas plus d’un an à l’avance."})
    await repository.extend_timeouts(session)
    activities = await copies.activities_of_regie(session, regie_id)
    run = await repository.begin(
        session,
        {
            "run_id": new_id(),
            "commune_id": commune_id,
            "regie_id": regie_id,
            "period": period,
            "kind": kind,
            "status": "computing",
            "carry_under_cents": regie.carry_under_cents if carries and kind == "month_end" else None,
            "tariffs": freeze(await tariffs.price_list(session, activities)),
            "previous_total_cents": await repository.issued_total(session, regie_id, month_before(period)),
        },
    )
    if run is None:
        raise await _exists(session, regie_id, period, kind)
    if kind == "complement" and not await repository.is_billed(session, regie_id, period):
        raise MonthNotBilled(
            f"La facturation {of_period(period)} n’est pas encore émise : un complément vient après elle."
        )
    count = await repository.freeze_families(session, run, month_of(period), size=size)
    run, chunks = await repository.make_chunks(session, run, count, lease)
    await queue.send(session, commune_id, chunks, "compute")
    if count == 0:
        await repository.finish(session, run.run_id, status=RUN.move(run.status, "finish"))
    return await find(session, run.run_id)


async def issue(session: AsyncSession, run_id: UUID, *, lease: timedelta) -> BillingRun:
    """Have the run's drafts issued: workers number and publish them, stage by stage.

    Raises `NotFound`, `RunNotReady`, and `DraftsStale` while a draft does not match its charges: nothing is
    issued that is no longer so, and `recompute` makes those drafts again.
    """
    await repository.extend_timeouts(session)
    run, status = await take(session, run_id, "issue")
    if stale := await stale_repository.stale_drafts(hot(session), run):
        raise DraftsStale(_what_changed(stale), families=len(stale))
    if not run.chunks_total:
        return await repository.close(session, run_id, status=RUN.move(status, "complete"))
    await stage_repository.open_stages(session, run_id)
    run = await repository.change(session, run_id, status=status, stages_done=0)
    await queue.send_all(session, run, lease=lease)
    return run


async def pause(session: AsyncSession, run_id: UUID) -> BillingRun:
    """Take the run from the workers: what they have committed stays. Raises `NotFound`, `RunNotReady`."""
    await repository.extend_timeouts(session)
    _, status = await take(session, run_id, "pause")
    await stage_repository.halt(session, run_id)
    return await repository.change(session, run_id, status=status)


async def resume(session: AsyncSession, run_id: UUID, *, lease: timedelta) -> BillingRun:
    """Have workers go on with what is left of a run. Raises `NotFound`, `RunNotReady`."""
    _, status = await take(session, run_id, "resume")
    run = await repository.change(session, run_id, status=status)
    await queue.send_all(session, run, lease=lease)
    return run


async def recompute(session: AsyncSession, run_id: UUID, *, size: int, lease: timedelta) -> BillingRun:
    """Have the drafts made again that no longer match their charges, and those of families that have charges
    since: they came, or nothing was asked of them.

    Nothing happens if there are none. Tariffs and facts stay those that the run froze; those of newcomers are
    frozen now, in chunks of ``size``. Raises `NotFound`, `RunNotReady`.
    """
    await repository.extend_timeouts(session)
    run, status = await take(session, run_id, "recompute")
    stale = await stale_repository.stale_drafts(hot(session), run)
    stale += await stale_repository.changed_families(hot(session), run)
    more = await repository.freeze_families(session, run, month_of(run.period), size=size)
    if not stale and not more:
        return run
    numbers = sorted({draft.chunk_number for draft in stale})
    chunks = await stale_repository.take_back(hot(session), run, numbers, status=status, lease=lease)
    _, added = await repository.make_chunks(session, run, more, lease)
    await queue.send(session, run.commune_id, [*chunks, *added], "compute")
    return await find(session, run_id)


def _what_changed(stale: Sequence[StaleDraft]) -> str:
    named = ", ".join(draft.family_label for draft in stale[:NAMED])
    more = f" et {len(stale) - NAMED} autres" if len(stale) > NAMED else ""
    told = f"Des réservations ont changé depuis le calcul : {named}{more}."
    return f"{told} Recalculez ces factures d’abord."


async def discard(session: AsyncSession, run_id: UUID) -> BillingRun:
    """Throw the preview away, or what is left of it; charges that are not issued stay open.

    A run of which invoices are issued, or months carried over, is issued then. Raises `NotFound`,
    `RunNotReady`.
    """
    await repository.extend_timeouts(session)
    run = await lock(session, run_id)
    is_begun = bool(run.invoices_issued or run.families_carried)
    status = _move(run, "close" if is_begun else "discard")
    await repository.fence_off(session, run_id)
    left = await stage_repository.left(session, run_id)
    await repository.delete_drafts(session, run_id)
    if is_begun:
        await repository.close(session, run_id, status=status)
        return await repository.add_to_totals(session, run_id, families=-left.drafts, cents=-left.cents)
    return await repository.change(session, run_id, status=status)


async def find(session: AsyncSession, run_id: UUID) -> BillingRun:
    """A run as it stands. Raises `NotFound`."""
    run = await repository.run(session, run_id)
    if run is None:
        raise NotFound("Cette facturation n’existe pas.")
    return run


async def take(session: AsyncSession, run_id: UUID, act: Act) -> tuple[BillingRun, Status]:
    """A run, locked with its chunks until the end of the transaction, and the status that the act leads to.

    It waits for the chunks that are being written. Raises `NotFound` and, without waiting, `RunNotReady`.
    """
    _move(await find(session, run_id), act)
    run = await lock(session, run_id)
    return run, _move(run, act)


async def lock(session: AsyncSession, run_id: UUID) -> BillingRun:
    """A run as it stands, locked with its chunks: these first, as workers do. Raises `NotFound`."""
    await chunk_repository.lock_all(session, run_id)
    run = await repository.run(session, run_id, lock=True)
    if run is None:
        raise NotFound("Cette facturation n’existe pas.")
    return run


def _move(run: BillingRun, act: Act) -> Status:
    try:
        return RUN.move(run.status, act)
    except IllegalMove as error:
        raise RunNotReady(
            f"Cette facturation n’est pas au bon point : elle est « {statuses.RUN[run.status]} ».",
            run_id=str(run.run_id),
            run_status=run.status,
        ) from error


async def _exists(session: AsyncSession, regie_id: UUID, period: str, kind: RunKind) -> RunExists:
    other = await repository.in_the_way(session, regie_id, period, kind)
    if other is None or other.status != "issued":
        return RunExists(
            f"Une facturation de cette régie est déjà en cours pour {month(period)}.",
            run_id=str(other.run_id) if other else None,
            run_status=other.status if other else None,
        )
    return RunExists(
        f"La facturation {of_period(period)} est émise : lancez un complément.",
        run_id=str(other.run_id),
        run_status=other.status,
    )
