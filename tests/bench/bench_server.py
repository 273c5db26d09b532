"""What the server's bounds cost: requests a second of a plain application, against uvicorn as it comes.

Others are measured too when they are named and installed: `bench_server.py granian hypercorn uvicorn-h11`.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from measure import compare
from processes import plain, requests_a_second


async def main(others: Sequence[str]) -> None:
    with ExitStack() as stack:
        reference = stack.enter_context(plain("uvicorn"))
        for server in ("bounded", *others):
            url = stack.enter_context(plain(server))

            async def ours(url: str = url) -> float:
                return requests_a_second(f"{url}/")

            async def as_it_comes() -> float:
                return requests_a_second(f"{reference}/")

            name = f"{server} requests/s ÷ uvicorn with httptools"
            await compare(name, ours, as_it_comes, floor=0.9 if server == "bounded" else 0, aim=1, unit="rps")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
