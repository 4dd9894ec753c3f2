"""Filters and orders of runs: SQL expressions in, parameterised SQL out.

    metrics.acc > 0.9 AND params.optimizer IN ('adam', 'sgd')
    metrics.`val/loss`.min < 0.1 AND started_at > now() - INTERVAL '7 days'

Every name and every literal becomes a `$n` parameter; the SQL is put together
from our own words only, in the dialect that DuckDB and PostgreSQL share.
Missing metrics, params and tags are NULL, and so are NaN, a param that is None
and, beside a number, a param that is text: no comparison holds for them, != and
NOT included. `metrics.loss = 'nan'` and `isnan(metrics.loss)` find NaN, `isnan(params.lr)` a param's;
IS NULL is true of what is missing and not of a metric's NaN; 'inf' and '-inf' are written alike. Times are UTC.

A metric is its last value, or the summary behind its name: .min, .max, .mean, .best, .first, .last,
.count. One may be called just so, as `mae.mean`, and what a runs frame shows as metrics.mae.mean is
what the filter finds by these words: the metric of the whole name where a run has one, the mean of
its mae where not. Back-quotes say which is meant: metrics.`mae.mean` or metrics.`mae`.mean.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import BadFilter
from trackbook.store.filters.operands import read_operand
from trackbook.store.filters.parser import parse_filter
from trackbook.store.filters.sql import SqlWriter
from trackbook.store.filters.terms import Constant, Fault, Operand
from trackbook.store.filters.tokens import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter as SQL over `_tb.runs AS r`."""

    joins: tuple[str, ...]
    """Each `LEFT JOIN … AS m1 ON m1.run_id = r.run_id AND …`; none multiplies runs."""

    where: str
    """A boolean that can stand beside others; TRUE when the filter is blank."""

    parameters: tuple[object, ...]
    """For `$n`, counted from `first_parameter`."""


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A filter and an order that share their joins and parameters."""

    joins: tuple[str, ...]
    where: str
    order: tuple[str, ...]
    """Terms for ORDER BY; empty when no order was asked for."""

    parameters: tuple[object, ...]


def compile_filter(text: str, *, first_parameter: int = 1) -> CompiledFilter:
    """Make SQL of a filter; a blank one matches every run.

    Raises BadFilter, which knows where in the text the fault is, and nothing else.
    """
    query = compile_query(text, first_parameter=first_parameter)
    return CompiledFilter(query.joins, query.where, query.parameters)


def compile_query(text: str = "", order_by: str | Sequence[str] = (), *, first_parameter: int = 1) -> CompiledQuery:
    """Make SQL of a filter and of order terms such as `metrics.acc DESC` or `started_at ASC NULLS FIRST`.

    What is missing comes last unless NULLS FIRST is asked for. Params order by
    number, then by text. Raises BadFilter with the text, or with the order term at fault.
    """
    writer = SqlWriter(first_parameter)
    where, order = "TRUE", []
    with _faults_in(text):
        if text.strip():
            where = writer.term(parse_filter(text))
    for term in [order_by] if isinstance(order_by, str) else order_by:
        with _faults_in(term):
            operand, direction = _read_order(term)
            order += [f"{key} {direction}" for key in writer.sort_keys(operand)]
    return CompiledQuery(tuple(writer.joins.values()), where, tuple(order), tuple(writer.parameters))


@contextmanager
def _faults_in(text: str) -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise BadFilter(text, fault.position, fault.reason) from None


def _read_order(term: str) -> tuple[Operand, str]:
    cursor = Cursor(term)
    operand = read_operand(cursor)
    if isinstance(operand, Constant):
        raise Fault(operand.position, "Order by a metric, param, tag or attribute.")
    direction = cursor.take().text.upper() if cursor.word() in {"asc", "desc"} else "ASC"
    nulls = "LAST"
    if cursor.word() == "nulls":
        cursor.take()
        if cursor.word() not in {"first", "last"}:
            raise Fault(cursor.position(), "NULLS is followed by FIRST or LAST.")
        nulls = cursor.take().text.upper()
    if cursor.type():
        raise Fault(cursor.position(), "An order is a name, then ASC or DESC, then NULLS FIRST or NULLS LAST.")
    return operand, f"{direction} NULLS {nulls}"
