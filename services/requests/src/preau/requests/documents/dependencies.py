"""What routes of documents ask for: the object store, and the process that cleans files."""

from typing import Annotated

from fastapi import Depends, Request
from obstore.store import ObjectStore

from preau.requests.documents.isolation import Cleaner
from preau.requests.settings import RequestsSettings


async def _store(request: Request) -> ObjectStore:
    return request.app.state.documents


async def _cleaner(request: Request) -> Cleaner:
    return request.app.state.cleaner


async def _settings(request: Request) -> RequestsSettings:
    return request.app.state.settings


Store = Annotated[ObjectStore, Depends(_store)]
Cleaning = Annotated[Cleaner, Depends(_cleaner)]
Settings = Annotated[RequestsSettings, Depends(_settings)]
