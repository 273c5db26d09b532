"""What the gateway costs, at 32 connections, beside the smallest proxy that does its work.

Both stand before an upstream that does nothing.
"""

import asyncio

from measure import compare
from processes import CONNECTIONS, member, plain, requests_a_second

PATH = "/api/public/identity/communes"


async def main() -> None:
    with (
        plain("uvicorn") as upstream,
        plain("uvicorn", "plain_proxy", PLAIN_PROXY_UPSTREAM=upstream) as proxy,
        member(
            "preau.gateway", PREAU_IDENTITY_URL=upstream, PREAU_ADDRESS_RATE="0", PREAU_ACCOUNT_RATE="0"
        ) as gateway,
    ):

        async def ours() -> float:
            return requests_a_second(gateway + PATH)

        async def reference() -> float:
            return requests_a_second(proxy + PATH)

        await ours()
        name = f"gateway requests/s ÷ plain proxy, {CONNECTIONS} connections"
        await compare(name, ours, reference, floor=0.5, aim=0.75, unit="rps")


if __name__ == "__main__":
    asyncio.run(main())
