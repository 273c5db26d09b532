"""A prepaid activity that has no tariff: agents read that nobody can book it, until billing tells of one."""

from typing import Any

from preau.testing.waiting import eventually

CENTRE = "01900000-0000-7000-8000-0000000000b3"
LEISURE = "01900000-0000-7000-8000-0000000000a2"
WARNING = "n’a pas de tarif"


async def call(office: Any, method: str, path: str, body: dict[str, Any]) -> Any:
    """Call a service as the page's scripts would."""
    jar = "; ".join(f"{name}={value}" for name, value in office.cookies.items())
    headers = {"x-csrf-token": office.cookies.get("__Host-preau_csrf", ""), "cookie": jar}
    headers |= {"origin": office.origin}
    answer = await office.client.request(method, f"/api/agent/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


async def test_the_page_of_the_activity_warns_until_a_tariff_is_stated(office):
    stay = {"site_id": CENTRE, "regie_id": LEISURE, "label": "Séjour", "payment_mode": "prepaid"}
    stay |= {"weekdays": [2], "default_capacity": 10}
    activity_id = (await call(office, "POST", "reservations/activities", stay))["activity_id"]
    page = f"/agent/activites/{activity_id}"
    await office.open(page)
    assert WARNING in office.text and "Fixer son tarif" in office.text
    await office.open("/agent/activites")
    assert "Séjour sans tarif" in office.text

    stated = {"definition": {"rows": [{"price": {"kind": "flat", "amount_cents": 1500}}]}}
    stated |= {"activity_id": activity_id, "effective_from": "2025-09-01"}

    async def accepted() -> bool:  # billing hears of the activity by an event
        try:
            await call(office, "POST", "billing/tariffs", stated)
        except AssertionError:
            return False
        return True

    async def known() -> bool:
        await office.open(page)
        return WARNING not in office.text

    await eventually(accepted, "billing knows the activity")
    await eventually(known, "the tariff has been told")
    await call(office, "PATCH", f"reservations/activities/{activity_id}", {"status": "closed"})
