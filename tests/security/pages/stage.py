"""Something of each kind before the pages: a basket, orders, payments, invoices, runs, requests, a credit."""

import asyncio
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from preau.common.db.driver import connect
from preau.identity.demo import DEMO_PASSWORD
from preau.operations.tour.attendance_and_billing import issue
from preau.operations.tour.bank import at_the_bank, begin_payment, final_payment
from preau.operations.tour.booking import calendar, days_of
from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import LEISURE_CENTRE, SCHOOL_MEALS, Cast, Household
from preau.operations.tour.documents import small_pdf
from preau.operations.tour.registration import enrol
from preau.operations.tour.story import wait_until

PARENT = "parent@jolieville.example"
FORGETFUL = "minh.nguyen@jolieville.example"


LONG_NAME = "Marie-Antoinette-Élisabeth de la Rochefoucauld-Montmorency"


def set_the_stage(url: str, bank: str, billing: str) -> list[str]:
    """Give the demonstration's parent and agents something to decide; the addresses that no page links to.

    ``bank`` is the address of the database with the sandbox bank's books, ``billing`` that of the invoices.
    """
    cast = Cast(url)
    cast.sign_agents_in()
    family = _parent(cast)
    offer = family.get("reservations", "sites")["items"]
    cast.sites = {site["label"]: site for site in offer}
    meals = cast.activity(SCHOOL_MEALS, "Repas")
    leisure = cast.activity(LEISURE_CENTRE, "Mercredi journée")
    regie_id = cast.admin.api("GET", "reservations", f"activities/{meals['activity_id']}")["regie_id"]

    booked = _days(family, SCHOOL_MEALS, cast, meals)
    _basket(family, meals, booked[:2])
    family.once("reservations", "orders", json={})
    cast.run_id = _run(cast, regie_id, booked[0][:7])
    issue(cast)
    _credit(cast, family)
    by_hand = _by_hand(cast, family, regie_id, billing)

    asyncio.run(_former_years(billing, regie_id))
    paid_day, unpaid_day, doubtful_day, *_ = _days(family, LEISURE_CENTRE, cast, leisure)
    _basket(family, leisure, [paid_day])
    payment = _pay(cast, family, family.once("reservations", "orders", json={}))
    _basket(family, leisure, [unpaid_day])
    unpaid = family.once("reservations", "orders", json={})
    opened = begin_payment(family, [each["invoice_id"] for each in _invoices(family, unpaid)])
    _basket(family, leisure, [doubtful_day])
    doubtful = _doubtful(cast, family, family.once("reservations", "orders", json={}), bank)

    _logo(cast)
    _custody(cast, family)
    far = f"{today() + timedelta(days=300)}"
    closed = {"from": far, "to": far, "label": "Pont"}
    cast.admin.api("POST", "reservations", "closures", json=closed, expect=201)
    _requested(cast, family)
    filed = [_file(cast, family) for _ in range(2)]
    info = {"message": "Une photo plus nette, s’il vous plaît."}
    cast.admin.api("POST", "requests", f"requests/{filed[0]}/info-request", json=info, expect=(200, 201))
    _basket(family, meals, [booked[-2]])
    family.once("reservations", "orders", json={})
    _basket(family, meals, booked[2:4])
    carried = _carried(cast, family, regie_id, billing)
    computed = _run(cast, regie_id, booked[-2][:7])
    runs = _runs_halfway(cast, regie_id, computed, billing)
    enrol(cast, cast.rivals, 1)
    paid = payment["payment_id"]
    return [
        f"/paiements/retour?payment={paid}",
        f"/paiements/retour/etat?payment={paid}",
        f"/paiements/suite?paiement={paid}&paiement={opened['payment_id']}",
        f"/paiements/{paid}/recu",
        f"/sandbox/bank/{opened['redirect_url'].rpartition('/')[2]}",
        "/" + cast.rivals.activation.partition("//")[2].partition("/")[2],
        "/profil?onglet=mot-de-passe",
        f"/agent/paiements/{doubtful}",
        "/mot-de-passe/un-lien",
        _reset_link(cast),
        _parents_reset_link(cast),
        "/confirmation/un-lien",
        "/inscription/controle",
        "/agent/reservations?status=all",
        "/agent/impayes.csv",
        "/agent/impressions.csv",
        "/agent/relances?status=to_hand_over",
        *by_hand,
        *runs,
        carried,
        "/agent/reports.csv",
        f"/agent/pointage?activity_id={meals['activity_id']}&jour={_expected(cast, family, meals)}",
    ]


def _custody(cast: Cast, family: Household) -> None:
    """Two children between two families in a time to come: one of the parent's, one of the other's."""
    own = family.record["family_id"]
    found = cast.admin.api("GET", "identity", "families?status=active")["items"]
    other = next(each for each in found if each["family_id"] != own and each["children"])
    begins = "2097-09-01"
    for home, away, child in (
        (own, other["family_id"], family.children[0]),
        (other["family_id"], own, other["children"][0]),
    ):
        body = {"kind": "weeks", "family_id": away, "effective_from": begins}
        to = f"families/{home}/children/{child['child_id']}/custodies"
        cast.admin.api("POST", "identity", to, json=body, expect=201)


def _logo(cast: Cast) -> None:
    picture = BytesIO()
    Image.new("RGB", (60, 30)).save(picture, format="PNG")
    image = b64encode(picture.getvalue()).decode()
    cast.admin.api("PUT", "identity", "commune/logo", json={"image": image})


def add_long_names(url: str) -> None:
    """A family and a child of very long names, absent without a word: the longest of a booking's states."""
    cast = Cast(url)
    cast.sign_agents_in()
    family = cast.rivals
    family.label = f"Famille {LONG_NAME}"
    enrol(cast, family, 1)
    child = family.children[0]["child_id"]
    path, name = f"families/{family.family_id}/children/{child}", {"last_name": LONG_NAME}
    cast.admin.api("PATCH", "identity", path, json=name)
    offer = _parent(cast).get("reservations", "sites")["items"]
    cast.sites = {site["label"]: site for site in offer}
    meals = cast.activity(SCHOOL_MEALS, "Repas")
    about = {"activity_id": meals["activity_id"], "date": _expected(cast, family, meals)}
    rows = cast.admin.api("GET", "reservations", "attendance", params=about)["items"]
    [theirs] = [row["booking_id"] for row in rows if row["child_id"] == child]
    mark = {"booking_id": theirs, "present": False, "justified": False, "units": 1}
    cast.admin.api("POST", "reservations", "attendance", json={"marks": [mark]})


def _reset_link(cast: Cast) -> str:
    """The link to choose a new password, of an agent whom no test signs in as."""
    email = f"agent-{cast.rivals.tag}@jolieville.example"
    about = {"email": email, "name": "Agent sans mémoire", "roles": ["billing"], "password": DEMO_PASSWORD}
    cast.admin.api("POST", "identity", "agents", json=about, expect=201)
    cast.anyone.call("POST", "/api/public/identity/agent-password-resets", json={"email": email}, expect=202)
    return "/" + cast.mail(email, "nouveau mot de passe")["links"][0].split("/", 3)[3]


def _parents_reset_link(cast: Cast) -> str:
    """The same of a parent whom no test signs in as."""
    cast.anyone.call("POST", "/api/public/identity/password-resets", json={"email": FORGETFUL}, expect=202)
    return "/" + cast.mail(FORGETFUL, "nouveau mot de passe")["links"][0].split("/", 3)[3]


def _parent(cast: Cast) -> Household:
    family = cast.family
    family.email, family.password = PARENT, DEMO_PASSWORD
    family.parent.sign_in(PARENT, DEMO_PASSWORD)
    account = family.parent.api("GET", "identity", "account")
    family_id = min(each["family_id"] for each in account["memberships"])
    family.record = family.parent.api("GET", "identity", f"families/{family_id}")
    return family


def _days(family: Household, site: str, cast: Cast, activity: dict[str, Any]) -> list[str]:
    child = family.children[0]["child_id"]
    shown = calendar(family, cast.sites[site]["site_id"], child, today() + timedelta(days=3), 58)
    return [day["date"] for day in days_of(shown, activity["activity_id"]) if day["can_book"]]


def _basket(family: Household, activity: dict[str, Any], days: list[str]) -> None:
    about = {"child_id": family.children[0]["child_id"], "activity_id": activity["activity_id"]}
    lines = [{**about, "date": day, "action": "book"} for day in days]
    family.post("reservations", "basket/lines", json={"lines": lines}, expect=(200, 201))


def _invoices(family: Household, order: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"orders/{order['order_id']}"
    return wait_until(lambda: family.get("reservations", path)["invoices"] or None, "the order's invoice")


def _pay(cast: Cast, family: Household, order: dict[str, Any]) -> dict[str, Any]:
    payment = begin_payment(family, [each["invoice_id"] for each in _invoices(family, order)])
    at_the_bank(cast, payment, "pay")
    return final_payment(family, payment["payment_id"])


def _doubtful(cast: Cast, family: Household, order: dict[str, Any], bank: str) -> str:
    """A payment of which the bank took less than was asked: an agent has to decide about it."""
    payment = begin_payment(family, [each["invoice_id"] for each in _invoices(family, order)])
    asyncio.run(_take_less(bank, payment["redirect_url"].rpartition("/")[2]))
    at_the_bank(cast, payment, "pay")
    assert final_payment(family, payment["payment_id"])["status"] == "review"
    return payment["payment_id"]


async def _take_less(bank: str, transaction_ref: str) -> None:
    books = await connect(bank)
    try:
        less = "UPDATE sandbox_transaction SET amount_cents = amount_cents - 1 WHERE transaction_ref = $1"
        assert await books.execute(less, transaction_ref) == "UPDATE 1"
    finally:
        await books.close()


def _credit(cast: Cast, family: Household) -> None:
    """An invoice of the month, paid and then cancelled: the family is owed what it paid."""

    def issued() -> str | None:
        open_ones = family.get("billing", "invoices", params={"status": "open"})["items"]
        return open_ones[0]["invoice_id"] if open_ones else None

    invoice_id = wait_until(issued, "the invoice of the month")
    payment = begin_payment(family, [invoice_id])
    at_the_bank(cast, payment, "pay")
    final_payment(family, payment["payment_id"])

    def paid() -> bool:
        return cast.admin.api("GET", "billing", f"invoices/{invoice_id}")["status"] == "paid"

    wait_until(paid, "the invoice is paid")
    reason = {"reason": "Sortie annulée"}
    cast.admin.api("POST", "billing", f"invoices/{invoice_id}/cancellation", json=reason, expect=(200, 201))


def _by_hand(cast: Cast, family: Household, regie_id: str, billing: str) -> list[str]:
    """Invoices by hand to a family: due, in parts, reminded of, written off; and a credit beside them."""
    others = cast.admin.api("GET", "identity", "families")["items"]
    other = next(each["family_id"] for each in others if each["family_id"] != family.family_id)
    line = {"label": "Carte perdue", "day": today().isoformat(), "quantity": 1, "unit_cents": 700}
    body = {"regie_id": regie_id, "reason": "Carte perdue", "lines": [line]}
    path = f"families/{other}/manual-invoices"
    made, split, late = [cast.admin.once("billing", path, json=body, expect=201) for _ in range(3)]
    asyncio.run(_letter(billing, late["invoice_id"]))
    asyncio.run(_credit_beside(billing, regie_id, other))
    days = [(today() + timedelta(days=each)).isoformat() for each in (30, 60)]
    parts = {"parts": [{"due_on": day, "cents": 350} for day in days], "reason": "Demande de la famille"}
    cast.admin.api("PUT", "billing", f"invoices/{split['invoice_id']}/instalments", json=parts)
    until = {"until": days[0], "reason": "Dossier au CCAS"}
    cast.admin.api("PUT", "billing", f"families/{other}/debt-exemption", json=until)
    reason = {"reason": "Famille introuvable"}
    path = f"invoices/{made['invoice_id']}/write-off"
    cast.admin.api("POST", "billing", path, json=reason, expect=201)
    return [f"/agent/factures/{each['invoice_id']}" for each in (made, split)]


async def _credit_beside(billing: str, regie_id: str, family_id: str) -> None:
    """A credit of a family that owes something: what is owed is set off by itself, so it is seldom seen."""
    books = await connect(billing)
    try:
        await books.execute(
            "UPDATE family_account SET credit_cents = 100, credit_since = clock_timestamp()"
            " WHERE regie_id = $1::text::uuid AND family_id = $2::text::uuid",
            regie_id,
            family_id,
        )
    finally:
        await books.close()


async def _letter(billing: str, invoice_id: str) -> None:
    """A letter that waits: no due date is over on a stage that was set just now."""
    books = await connect(billing)
    try:
        await books.execute(
            "INSERT INTO reminder (commune_id, regie_id, family_id, invoice_id, step, days, means, due_cents,"
            " made_on) SELECT commune_id, regie_id, family_id, invoice_id, 1, 20, 'letter', due_cents,"
            " current_date FROM invoice WHERE invoice_id = $1::text::uuid",
            invoice_id,
        )
    finally:
        await books.close()


async def _former_years(billing: str, regie_id: str) -> None:
    """A year that is closed and one that could be: what is entered now is of this year."""
    books = await connect(billing)
    try:
        for years_ago in (1, 2):
            await books.execute(
                "WITH of_year AS (INSERT INTO entry (cause_id, kind, commune_id, regie_id, family_id, day)"
                " SELECT new_id(), 'payment', commune_id, regie_id, new_id(), $2::date FROM regie"
                " WHERE regie_id = $1::text::uuid RETURNING cause_id, kind, commune_id)"
                " INSERT INTO posting (cause_id, kind, position, commune_id, account, amount_cents)"
                " SELECT cause_id, kind, position, commune_id, account, cents FROM of_year CROSS JOIN (VALUES"
                " (0, 'cash', 260), (1, 'revenue', -260)) AS p (position, account, cents)",
                regie_id,
                today().replace(year=today().year - years_ago, month=6, day=15),
            )
        await books.execute(
            "INSERT INTO closed_year (regie_id, year, commune_id, agent_id)"
            " SELECT regie_id, $2, commune_id, new_id() FROM regie WHERE regie_id = $1::text::uuid",
            regie_id,
            today().year - 2,
        )
    finally:
        await books.close()


def _carried(cast: Cast, family: Household, regie_id: str, billing: str) -> str:
    """A régie that carries small amounts over, and the family's, which waits: the run that left it."""
    cast.admin.api("PATCH", "billing", f"regies/{regie_id}", json={"carry_under_cents": 1500})
    run_id = _computed(cast, {"regie_id": regie_id, "period": "2026-03"})["run_id"]
    cast.admin.once("billing", f"runs/{run_id}/issue", expect=202)
    asyncio.run(_wait_on(billing, run_id, family.family_id))
    return f"/agent/facturation/{run_id}"


async def _wait_on(billing: str, run_id: str, family_id: str) -> None:
    """What was owed of a month that is long over: nobody can book in it any more."""
    books = await connect(billing)
    try:
        await books.execute(
            "WITH run AS (UPDATE billing_run SET families_carried = 1, carried_cents = 840"
            " WHERE run_id = $1::text::uuid RETURNING *) INSERT INTO carried_month (commune_id, regie_id,"
            " family_id, run_id, period, first_day, amount_cents)"
            " SELECT commune_id, regie_id, $2::text::uuid, run_id, period, '2026-02-01', 840 FROM run",
            run_id,
            family_id,
        )
    finally:
        await books.close()


def _runs_halfway(cast: Cast, regie_id: str, computed: str, billing: str) -> list[str]:
    """A run that moves and one that is paused; and of the one that is computed, a family set aside.

    No worker is slow enough to be looked at: where they stand is written in the books.
    """
    moving, paused = (
        _computed(cast, {"regie_id": regie_id, "period": f"2026-0{month}"})["run_id"] for month in (1, 2)
    )
    asyncio.run(_halt(billing, moving, paused, computed))
    followed = f"/agent/facturation/{computed}/progression"
    return [followed, *(f"/agent/facturation/{run}" for run in (computed, moving, paused))]


async def _halt(billing: str, moving: str, paused: str, computed: str) -> None:
    books = await connect(billing)
    status = "UPDATE billing_run SET status = $1, chunks_total = 2 WHERE run_id = $2::text::uuid"
    try:
        await books.execute(status, "computing", moving)
        await books.execute(status, "compute_paused", paused)
        await books.execute(
            "INSERT INTO run_family (run_id, family_id, commune_id, chunk_number, stage, label, set_aside)"
            " SELECT run_id, new_id(), commune_id, 1, 1, 'Exemple', 'Garde à éclaircir'"
            " FROM billing_run WHERE run_id = $1::text::uuid",
            computed,
        )
    finally:
        await books.close()


def _run(cast: Cast, regie_id: str, period: str) -> str:
    """A run with something to bill: billing hears of the orders by events, an empty run is begun again."""

    def filled() -> str | None:
        run = _computed(cast, {"regie_id": regie_id, "period": period})
        if run["families"]:
            return run["run_id"]
        cast.admin.api("POST", "billing", f"runs/{run['run_id']}/discard", expect=(200, 202))
        return None

    return wait_until(filled, "a run with something to bill")


def _computed(cast: Cast, body: dict[str, str]) -> dict[str, Any]:
    run_id = cast.admin.api("POST", "billing", "runs", json=body, expect=(201, 202))["run_id"]

    def computed() -> dict[str, Any] | None:
        run = cast.admin.api("GET", "billing", f"runs/{run_id}")
        return run if run["status"] == "computed" else None

    return wait_until(computed, "the run is computed")


def _requested(cast: Cast, family: Household) -> None:
    """A booking that waits for an agent."""
    label = next(each["label"] for each in cast.sites[SCHOOL_MEALS]["activities"])
    activity = cast.activity(SCHOOL_MEALS, label)
    path = f"activities/{activity['activity_id']}"
    cast.admin.api("PATCH", "reservations", path, json={"decision": "agent"})
    _basket(family, activity, _days(family, SCHOOL_MEALS, cast, activity)[-1:])
    family.once("reservations", "orders", json={})
    cast.admin.api("PATCH", "reservations", path, json={"decision": "auto"})


def _expected(cast: Cast, family: Household, activity: dict[str, Any]) -> str:
    """A day not long ago on which a child was expected."""
    about = {"family_id": family.family_id, "child_id": family.children[0]["child_id"]}
    about |= {"activity_id": activity["activity_id"], "reason": "Oubli de la famille"}
    for ago in range(1, 60):
        day = (today() - timedelta(days=ago)).isoformat()
        body = {**about, "date": day, "override_deadline": True}
        made = cast.admin.once("reservations", "bookings", json=body, expect=(201, 409, 422))
        if "booking_id" in made:
            return day
    raise AssertionError("no day of service in two months")


def _file(cast: Cast, family: Household) -> str:
    categories = family.get("requests", "categories")["items"]
    category = next(each for each in categories if each["required_documents"])
    [wanted] = category["required_documents"]
    file = {"file": ("piece.pdf", small_pdf(), "application/pdf")}
    document = family.post("requests", "documents", files=file, data={"kind": wanted["code"]}, expect=201)
    given = {"child": family.children[0]["child_id"], "date": today().isoformat(), "phone": "0611223344"}
    answers = {
        each["name"]: str(each["options"][0]) if each["kind"] == "choice" else given.get(each["kind"], "Ana")
        for each in category["form"]["fields"]
    }
    body = {
        "category_id": category["category_id"],
        "answers": answers,
        "documents": {wanted["code"]: document["document_id"]},
        "submit": True,
    }
    return family.once("requests", "requests", json=body)["request_id"]
