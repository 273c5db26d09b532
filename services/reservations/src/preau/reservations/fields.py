"""Kinds of fields that several forms of this service have."""

from datetime import date
from typing import Annotated

from pydantic import Field

from preau.common.http.texts import LINES

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
"""A day that a calendar can speak of: its neighbours exist too."""

Label = Annotated[str, Field(min_length=1, max_length=120, pattern=LINES)]
"""A name that people read."""

Message = Annotated[str, Field(max_length=1000, pattern=LINES)]
"""A few sentences to a family, or a reason."""
