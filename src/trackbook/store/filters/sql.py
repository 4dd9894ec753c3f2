"""Writes the terms of a filter as SQL, with a parameter for each name and each literal."""

from __future__ import annotations

from dataclasses import replace

from trackbook.store.filters.terms import (
    ATTRIBUTES,
    NO_FINITE_NUMBERS,
    Call,
    Comparison,
    Constant,
    Fault,
    Flag,
    Group,
    Kind,
    Missing,
    Negation,
    OneOf,
    Operand,
    Reference,
    Shifted,
    Term,
    read_moment,
)

# A join each; the optimizer's time grows with their square (60 took 0.15 s).
MOST_NAMES = 60
_TABLES = {"metrics": "_tb.metric_summaries", "params": "_tb.params", "tags": "_tb.tags"}
# DuckDB sorts NaN above all numbers, so `> 1` would match it; as NULL it matches nothing.
_NAN = "CAST('NaN' AS DOUBLE PRECISION)"
_NOT_NAN = f"NULLIF({{}}, {_NAN})"


class SqlWriter:
    """Collects joins and parameters while it writes; one of them serves a whole query."""

    def __init__(self, first_parameter: int = 1) -> None:
        self.joins: dict[tuple[str, str], str] = {}
        self.parameters: list[object] = []
        self._first = first_parameter
        self._aliases: dict[tuple[str, str], str] = {}

    def term(self, term: Term) -> str:
        """Write a condition that can stand beside others; raise Fault where kinds do not go together."""
        match term:
            case Group(word, terms):
                return f"({f' {word} '.join(self.term(each) for each in terms)})"
            case Negation(inner):
                return f"(NOT {self.term(inner)})"
            case Missing(operand):
                return f"({self._raw(operand)} IS NULL)"
            case OneOf():
                return self._one_of(term)
            case Flag():
                return self._flag(term.operand)
            case Comparison():
                return self._like(term) if term.sign in {"LIKE", "ILIKE"} else self._comparison(term)

    def sort_keys(self, operand: Operand) -> list[str]:
        """Write what to sort by; two keys for a param, whose numbers and texts do not mix."""
        if operand.kind == Kind.PARAM:
            return [self._as(operand, Kind.NUMBER), self._as(operand, Kind.TEXT)]
        return [self._as(operand, operand.kind)]

    def _parameter(self, value: object) -> str:
        self.parameters.append(value)
        return f"${self._first + len(self.parameters) - 1}"

    def _join(self, reference: Reference, name: str = "") -> str:
        """Return the alias of the table that holds a reference's value, or the value of another name in its place."""
        key = (reference.table, name or reference.name)
        if key not in self.joins:
            if len(self.joins) == MOST_NAMES:
                reason = f"A query names {MOST_NAMES} metrics, params and tags at most"
                once = f"; metrics.`{reference.name}`.{reference.summary} counts once, {reference.shown} twice"
                raise Fault(reference.position, f"{reason}{once if reference.whole_name else ''}.")
            alias = self._aliases[key] = f"{reference.table[0]}{len(self.joins) + 1}"
            same = f"{alias}.run_id = r.run_id AND {alias}.name = {self._parameter(key[1])}"
            self.joins[key] = f"LEFT JOIN {_TABLES[reference.table]} AS {alias} ON {same}"
        return self._aliases[key]

    def _flag(self, operand: Operand) -> str:
        if isinstance(operand, Constant) and isinstance(operand.value, bool):
            return "TRUE" if operand.value else "FALSE"
        if isinstance(operand, Constant) or operand.kind not in {Kind.BOOLEAN, Kind.PARAM}:
            raise Fault(operand.position, f"Compare {operand.shown} with something.")
        return f"({self._as(operand, Kind.BOOLEAN)})"

    def _like(self, term: Comparison) -> str:
        left, pattern = term.left, term.right
        if isinstance(left, Constant) or left.kind not in {Kind.TEXT, Kind.PARAM, Kind.RUN_ID}:
            raise Fault(left.position, f"{term.sign} looks into a text, and {left.shown} is {left.kind}.")
        if not isinstance(pattern, Constant) or not isinstance(pattern.value, str):
            raise Fault(pattern.position, f"{term.sign} is followed by a text: {term.sign} 'resnet%'.")
        # PostgreSQL takes the backslash for an escape and DuckDB does not; so nobody does.
        plain = self._parameter(pattern.value.replace("\\", "\\\\"))
        return f"({self._as(left, Kind.TEXT)} {term.sign} {plain} ESCAPE '\\')"

    def _comparison(self, term: Comparison) -> str:
        left, right = term.left, term.right
        if isinstance(left, Constant) and isinstance(right, Constant):
            raise Fault(left.position, "One side of a comparison is a metric, param, tag or attribute.")
        left, right = _as_number_beside(right, left), _as_number_beside(left, right)
        for typed, other in ((left, right), (right, left)):
            if isinstance(typed, Constant) and typed.value != typed.value:
                return self._equals_nan(other, term.sign, typed)
        if left.kind == right.kind == Kind.PARAM:
            return self._two_params(left, term.sign, right)
        kind = _common_kind(left, right)
        if kind == Kind.BOOLEAN and term.sign not in {"=", "<>"}:
            raise Fault(right.position, "True and false are compared by = and != only.")
        if kind == Kind.RUN_ID and term.sign in {"=", "<>"}:
            run, typed = (right, left) if isinstance(left, Constant) else (left, right)
            if isinstance(typed, Constant) and typed.value:
                same = f"starts_with({self._as(run, Kind.TEXT)}, {self._as(typed, Kind.TEXT)})"
                return same if term.sign == "=" else f"(NOT {same})"
        return f"({self._as(left, kind)} {term.sign} {self._as(right, kind)})"

    def _equals_nan(self, operand: Operand, sign: str, nan: Constant) -> str:
        if sign not in {"=", "<>"}:
            raise Fault(nan.position, "Nothing is more or less than NaN; compare with it by = and != only.")
        return self._is_nan(operand) if sign == "=" else f"(NOT {self._is_nan(operand)})"

    def _is_nan(self, operand: Operand) -> str:
        return f"({self._with_nan(operand)} = {_NAN})"

    def _with_nan(self, operand: Operand) -> str:
        """Write a number for which NaN is a value; elsewhere it is NULL."""
        if isinstance(operand, Call) and operand.function in {"abs", "round"}:
            return self._with_nan(operand.argument)
        if isinstance(operand, Reference) and operand.table == "metrics":
            return self._metric(operand)
        return self._raw_number(operand) if operand.kind == Kind.PARAM else self._as(operand, Kind.NUMBER)

    def _one_of(self, term: OneOf) -> str:
        equals = [self._comparison(Comparison(term.operand, "=", value)) for value in term.values]
        if term.operand.kind != Kind.PARAM or len({value.kind for value in term.values}) == 1:
            return f"({' OR '.join(equals)})"
        # In a list of several kinds, a value of one kind is unequal to those of another, not unknown.
        known = " OR ".join(f"COALESCE({equal}, FALSE)" for equal in equals)
        return f"(CASE WHEN {self._as(term.operand, Kind.TEXT)} IS NOT NULL THEN {known} END)"

    def _two_params(self, left: Operand, sign: str, right: Operand) -> str:
        numbers = [self._as(side, Kind.NUMBER) for side in (left, right)]
        texts = [self._as(side, Kind.TEXT) for side in (left, right)]
        both = f"{self._raw_number(left)} IS NOT NULL AND {self._raw_number(right)} IS NOT NULL"
        as_numbers, as_texts = f" {sign} ".join(numbers), f" {sign} ".join(texts)
        return f"(CASE WHEN {both} THEN {as_numbers} ELSE {as_texts} END)"

    def _raw_number(self, operand: Operand) -> str:
        assert isinstance(operand, Reference)
        return f"{self._join(operand)}.number"

    def _raw(self, operand: Operand) -> str:
        """Write an operand for IS NULL, for which NaN is a value."""
        if isinstance(operand, Constant):
            raise Fault(operand.position, "What is typed here is never NULL.")
        if isinstance(operand, Reference) and operand.table == "metrics":
            return self._metric(operand)
        return self._as(operand, Kind.TEXT if operand.kind == Kind.PARAM else operand.kind)

    def _metric(self, reference: Reference) -> str:
        written = f'CAST({self._join(reference)}."{reference.summary}" AS DOUBLE PRECISION)'
        if not reference.whole_name:
            return written
        whole = self._join(reference, reference.whole_name)
        last = f'{whole}."last"'
        return f"(CASE WHEN {whole}.run_id IS NOT NULL THEN {last} ELSE {written} END)"

    def _as(self, operand: Operand, kind: Kind) -> str:
        match operand:
            case Constant(value, position):
                return self._constant(value, kind, position)
            case Shifted(moment, sign, interval):
                return f"({self._as(moment, Kind.TIME)} {sign} CAST({self._parameter(interval)} AS INTERVAL))"
            case Call():
                return self._call(operand)
            case Reference():
                return self._reference(operand, kind)

    def _constant(self, value: object, kind: Kind, position: int) -> str:
        if kind == Kind.TIME:
            moment = read_moment(value, position) if isinstance(value, str) else value
            return f"CAST({self._parameter(str(moment))} AS TIMESTAMP)"
        return self._parameter(value)

    def _reference(self, reference: Reference, kind: Kind) -> str:
        if reference.table == "runs":
            return ATTRIBUTES[reference.name][1]
        if reference.table == "metrics":
            return _NOT_NAN.format(self._metric(reference))
        alias = self._join(reference)
        if reference.table == "tags":
            return f"{alias}.value"
        if kind == Kind.NUMBER:
            return _NOT_NAN.format(f"{alias}.number")
        if kind == Kind.BOOLEAN:
            return f"CASE {alias}.value WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
        return f"CASE WHEN {alias}.value <> 'null' THEN {alias}.text END"

    def _call(self, call: Call) -> str:
        if call.function == "isnan":
            return self._is_nan(call.argument)
        if call.function != "round":
            takes = Kind.TEXT if call.function in {"lower", "upper", "length"} else Kind.NUMBER
            written = f"{call.function}({self._as(call.argument, takes)})"
            return f"CAST({written} AS DOUBLE PRECISION)" if call.function == "length" else written
        number, scale = self._as(call.argument, Kind.NUMBER), self._parameter(10.0**call.digits)
        # PostgreSQL rounds no doubles to decimals. Beyond 1e15 doubles have none, and the product could overflow.
        return f"CASE WHEN abs({number}) < 1e15 THEN round({number} * {scale}) / {scale} ELSE {number} END"


def _as_number_beside(number: Operand, typed: Operand) -> Operand:
    """Take a text such as 'nan' for the number that it spells, where it stands beside one."""
    if not (isinstance(typed, Constant) and isinstance(typed.value, str) and number.kind == Kind.NUMBER):
        return typed
    return replace(typed, value=NO_FINITE_NUMBERS.get(typed.value.strip().lower(), typed.value))


def _common_kind(left: Operand, right: Operand) -> Kind:
    """Tell as what two operands are compared; raise Fault at the second when nothing fits."""
    kinds = {left.kind, right.kind}
    if len(kinds) == 1:
        return left.kind
    typed = next((side for side in (left, right) if isinstance(side, Constant)), None)
    if typed and typed.kind == Kind.TEXT and Kind.TIME in kinds:
        return Kind.TIME
    if Kind.RUN_ID in kinds and Kind.TEXT in kinds:
        return Kind.RUN_ID if typed else Kind.TEXT
    if Kind.RUN_ID in kinds and Kind.PARAM in kinds:
        return Kind.TEXT
    if Kind.PARAM in kinds and Kind.TIME not in kinds:
        return (kinds - {Kind.PARAM}).pop()
    other = right if typed is not left else left
    first = left if other is right else right
    hint = " Write the text in single quotes." if typed and Kind.TEXT in kinds and typed.kind != Kind.TEXT else ""
    raise Fault(other.position, f"{first.shown} is {first.kind}, and {other.shown} is {other.kind}.{hint}")
