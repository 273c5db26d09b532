"""Nobody reaches what belongs to another family or commune."""

import pytest

from preau.common.http.permissions import routes_without_permission
from preau.common.ids import new_id

NOBODYS = "01900000-0000-7000-8000-000000000000"


async def test_every_route_declares_who_may(story):
    assert routes_without_permission(story.service.app) == []


async def test_another_familys_child_does_not_exist(story):
    [day] = await story.served_days(story.REPAS, 1)
    stranger = str(story.durand.children[0])
    line = {
        "child_id": stranger,
        "activity_id": str(story.REPAS),
        "date": day.isoformat(),
        "action": "book",
    }
    answers = [
        await story.martin.post("/basket/lines", {"lines": [line]}),
        await story.martin.post(
            "/period",
            {
                "site_id": str(story.CANTINE),
                "child_ids": [str(story.martin.children[0]), stranger],
                "activity_ids": [str(story.REPAS)],
                "from": day.isoformat(),
                "to": day.isoformat(),
                "weekdays": [0, 1, 2, 3, 4],
            },
        ),
        await story.martin.get(
            "/calendar", site_id=story.CANTINE, child_id=stranger, **{"from": day, "to": day}
        ),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_another_communes_activity_does_not_exist(story):
    [day] = await story.served_days(story.REPAS, 1)
    answer = await story.martin.put_in_basket(day, activity_id=story.REPAS_BEAUVAL)
    assert answer.status_code == 404
    foreign = await story.agent("GET", f"/activities/{story.REPAS_BEAUVAL}")
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sites"),
        ("GET", "/basket"),
        ("GET", "/agenda?from=2026-12-01&to=2026-12-02"),
        ("GET", "/ahead"),
        ("DELETE", "/basket"),
        ("DELETE", f"/basket/lines/{NOBODYS}"),
        ("GET", f"/orders/{NOBODYS}"),
        ("DELETE", f"/bookings/{NOBODYS}"),
        ("GET", "/bookings?from=2026-12-01&to=2026-12-02"),
    ],
)
async def test_another_familys_paths_do_not_exist(story, method, path):
    url = story.durand.path + path
    answer = await story.service.client.request(method, url, headers=story.martin.headers)
    assert answer.status_code == 404
    assert (await story.service.client.request(method, url)).status_code == 401


async def test_another_familys_booking_is_neither_seen_nor_cancelled(story):
    [day] = await story.served_days(story.REPAS, 1)
    order = (await story.durand.book(day, activity_id=story.REPAS)).json()
    booking_id = order["bookings"][0]["booking_id"]
    assert (await story.martin.delete(f"/bookings/{booking_id}")).status_code == 404
    assert await story.used(story.REPAS, day) == 1


async def test_agents_of_another_commune_see_nothing(story):
    [day] = await story.served_days(story.REPAS, 1)
    order = (await story.martin.book(day, activity_id=story.REPAS)).json()
    booking_id = order["bookings"][0]["booking_id"]
    beauval = story.service.agent(story.BEAUVAL, "admin")
    queue = await story.agent("GET", "/bookings", headers=beauval)
    assert queue.json()["items"] == []
    answer = await story.agent(
        "POST", f"/bookings/{booking_id}/cancellation", {"message": ""}, headers=beauval
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["billing", "requests", "attendance"])
async def test_other_roles_neither_configure_nor_decide(story, role):
    headers = story.service.agent(story.JOLIEVILLE, role)
    for method, path, body in (
        ("POST", "/sites", {"label": "Piscine"}),
        ("PATCH", f"/activities/{story.REPAS}", {"label": "Dîner"}),
        ("PUT", f"/activities/{story.REPAS}/slots/2026-12-01", {"capacity": 1}),
        ("POST", f"/bookings/{new_id()}/decision", {"decision": "accept"}),
    ):
        answer = await story.agent(method, path, body, headers=headers)
        assert answer.status_code == 403, path


async def test_a_parent_is_no_agent(story):
    answer = await story.agent("GET", "/bookings", headers=story.martin.headers)
    assert answer.status_code == 401


async def test_two_accounts_of_one_family_have_a_basket_each(story):
    from preau.common.auth.subjects import Membership

    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    other = story.service.parent(Membership(story.JOLIEVILLE, story.martin.family_id, new_id()))
    answer = await story.service.client.get(f"{story.martin.path}/basket", headers=other)
    assert answer.json()["lines"] == []
