"""The providers of this installation, for the routes that ask for them."""

from typing import Annotated

from fastapi import Depends, Request

from preau.payments.providers.registry import Providers


async def _providers(request: Request) -> Providers:
    return request.app.state.providers


InstalledProviders = Annotated[Providers, Depends(_providers)]
