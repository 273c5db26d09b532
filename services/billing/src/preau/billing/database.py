"""The declarative class of the billing service's tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from preau.common.db.tables import NAMING, TYPES


class Table(DeclarativeBase):
    """A table of the billing service."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES
