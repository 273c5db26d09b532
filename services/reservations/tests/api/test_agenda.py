"""The page of the calendar in one answer: what is shown, what else could be, and the basket."""

from datetime import UTC, datetime, timedelta

from preau.common.auth.subjects import Membership
from preau.common.ids import new_id


async def agenda(household, day, **place):
    answer = await household.get("/agenda", **{"from": day, "to": day}, **place)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_first_site_and_child_that_there_are_is_shown(story):
    [day] = await story.served_days(story.REPAS, 1)
    elsewhere = story.durand.children[0]
    whole = await agenda(story.martin, day)
    eldest = whole["basket"]["children"][0]["child_id"]
    assert {each["child_id"] for each in whole["basket"]["children"]} == set(map(str, story.martin.children))
    assert (whole["calendar"]["site_id"], whole["calendar"]["child_id"]) == (
        whole["sites"][0]["site_id"],
        eldest,
    )
    younger = whole["basket"]["children"][1]["child_id"]
    named = await agenda(
        story.martin, day, site_id=[new_id(), story.TILLEULS, story.CANTINE], child_id=[elsewhere, younger]
    )
    assert (named["calendar"]["site_id"], named["calendar"]["child_id"]) == (str(story.TILLEULS), younger)
    assert named["basket"] == whole["basket"]


async def test_calendar_and_basket_are_those_that_are_answered_alone(story):
    days = await story.served_days(story.REPAS, 6)
    await story.martin.book(*days[:2], activity_id=story.REPAS, children=2)
    await story.martin.put_in_basket(days[0], activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(days[3], activity_id=story.REPAS, children=2)
    for child_id in story.martin.children:
        asked = {"site_id": story.CANTINE, "child_id": child_id, "from": days[0], "to": days[5]}
        whole = (await story.martin.get("/agenda", **asked)).json()
        assert whole["calendar"] == (await story.martin.get("/calendar", **asked)).json()
        assert whole["basket"] == (await story.martin.get("/basket")).json()
    actions = {line["action"] for line in whole["basket"]["lines"]}
    assert actions == {"book", "cancel"}


async def test_a_line_beyond_the_days_shown_is_judged_all_the_same(story):
    near, far = (await story.served_days(story.REPAS, 30))[::29]
    await story.martin.put_in_basket(far, activity_id=story.REPAS)
    await story.durand.book(far, activity_id=story.REPAS)
    await story.capacity(story.REPAS, far, 1)
    assert (await agenda(story.martin, near))["basket"]["lines"][0]["problem"]["rule"] == "full"


async def test_what_the_other_household_booked_is_seen(story):
    """A child of two families is booked once, whoever did it."""
    [day] = await story.served_days(story.REPAS, 1)
    child_id = story.martin.children[0]
    other = await story.household("Séparée")
    other.children = [child_id]
    await story.service.deliver(other.event())
    await story.martin.book(day, activity_id=story.REPAS)
    shown = await agenda(other, day, site_id=story.CANTINE, child_id=child_id)
    assert shown["calendar"]["activities"][0]["days"][0]["state"] == "present"
    assert (await other.get("/ahead")).json()["bookings"] == []


async def test_the_basket_of_another_account_is_not_ours(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    headers = story.service.parent(story.martin.membership, account_id=new_id())
    path = f"{story.martin.path}/agenda"
    asked = {"from": f"{day}", "to": f"{day}", "site_id": f"{story.CANTINE}"}
    answer = await story.service.client.get(path, headers=headers, params=asked)
    assert answer.json()["basket"]["lines"] == []
    assert answer.json()["calendar"]["activities"][0]["days"][0]["in_basket"] is None


async def test_a_family_of_which_nothing_has_come_yet_sees_nothing(story):
    [day] = await story.served_days(story.REPAS, 1)
    unknown = Membership(story.JOLIEVILLE, new_id(), new_id())
    headers = story.service.parent(unknown)
    for path, told in (
        (f"agenda?from={day}&to={day}", {"sites": [], "calendar": None}),
        ("ahead", {"basket_lines": 0, "bookings": [], "deadlines": []}),
        ("deadlines", {"items": []}),
        ("basket", {"lines": [], "children": []}),
    ):
        answer = await story.service.client.get(
            f"/parent/families/{unknown.family_id}/{path}", headers=headers
        )
        assert answer.status_code == 200, answer.text
        assert answer.json().items() >= told.items()


async def test_a_span_that_is_none_is_refused(story):
    [day] = await story.served_days(story.REPAS, 1)
    answer = await story.martin.get("/agenda", **{"from": day, "to": day.replace(year=day.year + 1)})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "to"


async def test_home_tells_the_coming_days_by_name(story):
    days = await story.served_days(story.REPAS, 3, after=3)
    await story.martin.book(*days[:1], activity_id=story.REPAS, children=2)
    await story.martin.put_in_basket(days[2], activity_id=story.REPAS)
    told = (await story.martin.get("/ahead")).json()
    assert told["basket_lines"] == 1
    booked = (await story.martin.get("/bookings", **{"from": days[0], "to": days[0]})).json()["items"]
    is_soon = days[0] <= datetime.now(UTC).date() + timedelta(days=9)  # not in the school's holidays
    assert len(booked) == 2
    assert [each["activity_label"] for each in told["bookings"]] == ["Repas"] * (2 if is_soon else 0)
    assert {each["child_name"] for each in told["bookings"]} == ({"Zoé", "Malo"} if is_soon else set())
    assert told["deadlines"] == (await story.martin.get("/deadlines")).json()["items"]
