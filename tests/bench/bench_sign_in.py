"""Signing in when eight parents do at once, through the gateway, against one bare argon2 of our cost."""

import asyncio
import statistics
import time

import aiohttp
from measure import compare
from processes import CLIENTS, GATEWAY, MEMBERS, PARENTS

from preau.common.settings import DEMO_PASSWORD
from preau.identity.credentials.passwords import HASHER
from preau.testing.deployment import Deployment
from preau.testing.scratch import scratch_folder

SIGN_INS = 10
"""Of each client, a round."""
HASHES = 20


async def measure(url: str) -> None:
    async with aiohttp.ClientSession() as http:

        async def sign_in(name: str) -> float:
            started = time.perf_counter()
            known = {"email": f"{name}@jolieville.example", "password": DEMO_PASSWORD, "subject": "parent"}
            async with http.post(f"{url}/api/public/identity/sessions", json=known) as answer:
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status} {await answer.text()}")
            return (time.perf_counter() - started) * 1000

        async def client(number: int) -> list[float]:
            return [await sign_in(PARENTS[number % len(PARENTS)]) for _ in range(SIGN_INS)]

        async def ours() -> float:
            took = await asyncio.gather(*(client(number) for number in range(CLIENTS)))
            return statistics.quantiles([one for each in took for one in each], n=100)[94]

        async def bare() -> float:
            stored, took = HASHER.hash(DEMO_PASSWORD), []
            for _ in range(HASHES):
                started = time.perf_counter()
                HASHER.verify(DEMO_PASSWORD, stored)
                took.append((time.perf_counter() - started) * 1000)
            return statistics.median(took)

        await ours()
        name = f"sign-in p95, {CLIENTS} at once ÷ one bare argon2"
        await compare(name, ours, bare, floor=6, aim=4.5, unit="ms", at_most=True)


def main() -> None:
    with scratch_folder() as folder, Deployment(folder, MEMBERS, gateway_settings=GATEWAY) as deployment:
        asyncio.run(measure(deployment.url))


if __name__ == "__main__":
    main()
