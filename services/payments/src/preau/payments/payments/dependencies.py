"""What routes ask for to call the provider of a payment."""

from typing import Annotated

from fastapi import Depends, Request

from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.settings import PaymentsSettings


async def _provider_calls(request: Request) -> ProviderCalls:
    return request.app.state.provider_calls


async def _settings(request: Request) -> PaymentsSettings:
    return request.app.state.settings


Calls = Annotated[ProviderCalls, Depends(_provider_calls)]
Settings = Annotated[PaymentsSettings, Depends(_settings)]
