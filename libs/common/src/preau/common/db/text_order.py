"""The order of texts in lists: as a French dictionary has it, neither case nor accents count."""

from sqlalchemy import FetchedValue, Text
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.scripts import execute_script

_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ-’"
_PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYYaaaaaaceeeeiiiinoooooouuuuyy ''"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION french_key(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(translate(
    replace(replace(replace(replace(normalize(words), 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'),
    '{_ACCENTED}', '{_PLAIN}'
) COLLATE "C");
"""


def create_french_key() -> None:
    """For migrations: the function ``french_key``. It needs neither ICU nor an extension."""
    execute_script(_FUNCTION)


def add_key(table: str, column: str, expression: str) -> None:
    """For migrations: a column that PostgreSQL keeps equal to the key of a text, for lists and filters.

    A column and not an expression: behind row-level security, only columns are looked up in an index.
    """
    execute_script(
        f'ALTER TABLE {table} ADD COLUMN {column} text COLLATE "C"'
        f" GENERATED ALWAYS AS (french_key({expression})) STORED;"
    )


def key_column() -> Mapped[str]:
    """A column that ``add_key`` made; it is read, never written."""
    return mapped_column(Text, FetchedValue(), nullable=True, deferred=True)
