"""The tables of the requests service hang on one registry."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from preau.common.db.tables import NAMING, TYPES


class Table(DeclarativeBase):
    """A table of this service."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES
