"""Conditions of lists: what nobody asked for filters nothing."""

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def contains_words(key: Column, typed: str) -> list[ColumnElement[bool]]:
    """The key (``preau.common.db.text_order``) holds each word typed, whatever its case and accents."""
    return [func.strpos(key, func.french_key(word)) > 0 for word in typed.split()]


def equal(*pairs: tuple[Column, object]) -> list[ColumnElement[bool]]:
    """Each column has its value, where one was given."""
    return [column == value for column, value in pairs if value is not None]


def between(column: Column, first: object, last: object) -> list[ColumnElement[bool]]:
    """The column is not below ``first`` nor above ``last``, where they were given."""
    found: list[ColumnElement[bool]] = []
    if first is not None:
        found.append(column >= first)
    if last is not None:
        found.append(column <= last)
    return found
