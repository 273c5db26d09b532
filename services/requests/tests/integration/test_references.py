import asyncio
from datetime import UTC, datetime
from typing import Any

from preau.requests.demo import BEAUVAL, JOLIEVILLE
from preau.requests.requests.repository import next_number


async def file_other(family: Any) -> str:
    answer = await family.post("requests", {"category_id": await family.category("other")})
    assert answer.status_code == 201, answer.text
    return answer.json()["reference"]


async def test_references_filed_at_once_differ_and_follow_each_other(family, neighbours) -> None:
    references = await asyncio.gather(*(file_other(who) for who in (family, neighbours) for _ in range(4)))
    year = datetime.now(UTC).year
    assert sorted(references) == [f"D-{year}-{number:06d}" for number in range(1, 9)]


async def test_each_commune_and_year_counts_for_itself(service, family, strangers) -> None:
    assert (await file_other(family))[-6:] == "000001"
    assert (await file_other(strangers))[-6:] == "000001"
    async with service.database.transaction(JOLIEVILLE) as session:
        assert await next_number(session, JOLIEVILLE, 2031) == 1
        assert await next_number(session, JOLIEVILLE, 2031) == 2
        assert await next_number(session, JOLIEVILLE, 2032) == 1
    async with service.database.transaction(BEAUVAL) as session:
        assert await next_number(session, BEAUVAL, 2031) == 1
