"""What costs nothing is confirmed at once: neither a page nor a mail asks for 0,00 €."""

import re
from typing import Any

from preau.testing.waiting import eventually

CENTRE = "01900000-0000-7000-8000-0000000000b3"
LEISURE = "01900000-0000-7000-8000-0000000000a2"
ASKS = re.compile(r"à payer|à régler|reste à payer|Payer\b", re.IGNORECASE)


async def call(office: Any, method: str, path: str, body: dict[str, Any]) -> Any:
    """Call a service as the page's scripts would."""
    jar = "; ".join(f"{name}={value}" for name, value in office.cookies.items())
    headers = {"x-csrf-token": office.cookies.get("__Host-preau_csrf", ""), "cookie": jar}
    headers |= {"origin": office.origin}
    answer = await office.client.request(method, f"/api/agent/{path}", json=body, headers=headers)
    return answer.json() if answer.is_success else None


async def free_activity(office: Any) -> str:
    """An activity that is paid when it is booked, and costs nothing."""
    outing = {"site_id": CENTRE, "regie_id": LEISURE, "label": "Sortie offerte", "payment_mode": "prepaid"}
    outing |= {"weekdays": [0, 1, 2, 3, 4], "open_in_holidays": "always", "default_capacity": 10}
    activity_id = (await call(office, "POST", "reservations/activities", outing))["activity_id"]
    price = {"kind": "flat", "amount_cents": 0}
    stated = {"activity_id": activity_id, "effective_from": "2025-09-01"}
    stated |= {"definition": {"rows": [{"price": price}]}}

    async def accepted() -> bool:  # billing hears of the activity by an event
        return await call(office, "POST", "billing/tariffs", stated) is not None

    await eventually(accepted, "billing knows the activity")
    return activity_id


async def test_an_order_that_costs_nothing(office):
    activity_id = await free_activity(office)
    await office.open("/connexion")
    await office.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    await office.send("/reservations/panier/vider", retour="panier")
    offered = rf'name="ligne" value="({activity_id}\|[0-9-]+\|book)"'

    async def bookable() -> bool:  # reservations hears of the tariff by an event
        await office.open(f"/reservations?site={CENTRE}")
        return re.search(offered, office.page.text) is not None

    await eventually(bookable, "the activity can be booked")
    named = {name: office.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")}
    await office.send("/reservations/panier/bascule", named | {"ligne": office.find(offered)})
    await office.open("/reservations/panier")
    assert "Gratuit" in office.text and "Rien à payer." in office.text
    assert "Valider et payer" not in office.text and "Total à payer" not in office.text

    await office.send("/reservations/panier/valider", cle=office.find(r'name="cle" value="([^"]+)"'))
    order = office.page.url.path

    async def confirmed() -> bool:
        await office.open(order)
        assert not ASKS.search(office.text), office.text
        return "C’est enregistré" in office.text

    await eventually(confirmed, "the order is confirmed")
    await office.open("/reservations/liste")
    await office.open(office.find(r'href="(/reservations/[0-9a-f-]{36}/annuler)"'))
    await office.open("/factures")
    paid = office.find(r'href="(/factures/[0-9a-f-]{36})">Détail<span class="visually-hidden"> AL')
    await office.open(paid)
    assert "0,00" in office.text
    assert not re.search(r"Reste à payer|Échéance", office.text)

    async def mailed() -> bool:
        await office.open("/boite-d-essai?a=parent@jolieville.example")
        return "Sortie offerte" in office.text

    await eventually(mailed, "the order is told by mail")
    assert not re.search(r"Réservation à payer.{0,400}Sortie offerte", office.text), office.text
    await call(office, "PATCH", f"reservations/activities/{activity_id}", {"status": "closed"})
    page = await office.open(f"/agent{paid}/echeancier?fois=2")
    assert page.url.path == f"/agent{paid}" and "il n’y a rien à payer en plusieurs fois" in office.text
