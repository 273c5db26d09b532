"""The declarative root of this service's tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from preau.common.db.tables import NAMING, TYPES


class Table(DeclarativeBase):
    """A table of the reservations service."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES
