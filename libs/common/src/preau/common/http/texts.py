"""Texts that people type, without control characters: nothing shows them, PostgreSQL stores no NUL."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

ONE_LINE = r"^[^\u0000-\u001f\u007f]*$"
"""Pattern of a text without control characters."""

LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
"""Pattern of a text that may have line breaks and tabs, and no other control character."""

_SHOWS_NOTHING = frozenset({"Cf", "Zs", "Zl", "Zp"})
"""The categories of Unicode whose signs leave no ink."""


def shows_nothing(text: str) -> bool:
    """Whether a page would show no sign of the text."""
    return all(unicodedata.category(sign) in _SHOWS_NOTHING for sign in text)


@dataclass(frozen=True, slots=True)
class Shaped:
    """The whole text is as ``pattern`` says, else ``message`` is told: a sentence in French."""

    pattern: str
    message: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"pattern": f"^({self.pattern})$"}

    def _checked(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(self.message)
        return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=ONE_LINE)]
"""One line of text."""

Phone = Annotated[
    str,
    Shaped(
        r"|\+?[0-9][0-9 .()-]{5,28}",
        "Écrivez un numéro de téléphone en chiffres, par exemple 06 12 34 56 78.",
    ),
]
"""A telephone number as people write it, or none."""

PostalCode = Annotated[
    str, Shaped(r"|([A-Z]{1,2}-)?[0-9]{4,5}", "Écrivez un code postal en chiffres, par exemple 35000.")
]
"""A postal code of France or of a neighbour (L-1234), or none."""
