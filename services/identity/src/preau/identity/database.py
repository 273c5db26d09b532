"""The declarative root of the identity tables: the features' ``tables.py`` hang theirs on it."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from preau.common.db.tables import NAMING, TYPES


class Table(DeclarativeBase):
    """A table of the identity database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES
