"""The tables of the payments service hang on one metadata."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from preau.common.db.tables import NAMING, TYPES


class Table(DeclarativeBase):
    """The root of this service's tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


def _values(statuses: type[StrEnum]) -> list[str]:
    return [status.value for status in statuses]


def status_column(statuses: type[StrEnum], **options: Any) -> Mapped[Any]:
    """A status kept as text; the migration's CHECK lists the same values."""
    return mapped_column(
        Enum(
            statuses,
            native_enum=False,
            create_constraint=False,
            length=16,
            values_callable=_values,
        ),
        nullable=False,
        **options,
    )
