"""Names as people look for them: case, accents, apostrophes, hyphens, spaces and order do not count.

A record keeps a key of its names (``add_search_key``); it holds what was typed when it holds each word of it.
"""

import re

from sqlalchemy import ColumnElement, func, select

from preau.common.db.filters import Column
from preau.common.db.scripts import execute_script

_APART = re.compile(r"[\s'’‘ʼ´`‐‑–—.,;|-]+")
_FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION plain_words(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(translate(regexp_replace(regexp_replace(
    replace(replace(replace(replace(replace(
        normalize(words, NFKD), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ß', 'ss'),
    '[\u0300-\u036f]', '', 'g'), E'[\\s''’‘ʼ´`‐‑–—.,;|-]+', ' ', 'g'),
    'łŁøØđĐı', 'lLoOdDi'
) COLLATE "C");
CREATE OR REPLACE FUNCTION search_key(names text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(plain_words(name) || '|' || replace(plain_words(name), ' ', ''), '|')
    FROM unnest(names) AS name);
"""


def create_search_key() -> None:
    """For migrations: the functions ``plain_words`` and ``search_key``. They need no extension."""
    execute_script(_FUNCTIONS)


def add_search_key(table: str, column: str, names: str) -> None:
    """For migrations: a column that PostgreSQL keeps equal to the key of ``names``, an array of texts."""
    execute_script(
        f'ALTER TABLE {table} ADD COLUMN {column} text COLLATE "C"'
        f" GENERATED ALWAYS AS (search_key({names})) STORED;"
    )


def words_of(typed: str) -> list[str]:
    """What was typed, word by word: "d’Arc" is two."""
    return [word for word in _APART.split(typed) if word]


def holds_words(key: Column, typed: str) -> list[ColumnElement[bool]]:
    """The key holds each word typed. Without any, there is no condition."""
    # As a query of its own, a word is made plain once and not for each row.
    words = (select(func.plain_words(word)).scalar_subquery() for word in words_of(typed))
    return [func.strpos(key, word) > 0 for word in words]
