"""Find the results that a cell only prints: their values are gone when it ends, so they are read from its text.

| cell                                                | metrics                            |
|-----------------------------------------------------|------------------------------------|
| `print("test:", clf.score(X_test, y_test))`         | `test_score`, as it was printed    |
| `print(f"F1: {f1_score(y, p):.3f} of {n}")`         | `f1`, with the digits printed      |
| `print("F1: %.3f" % f1_score(y, p))`, `.format(…)`  | `f1`                               |
| `print(grid.best_params_, grid.best_score_)`        | `best_score`                       |
| `print(classification_report(y_test, pred))`        | as its dict: `test_accuracy`, …    |
| the same in a loop, a branch or a function          | none                               |
| `print(acc)`, `print(len(y))`                       | none: no call that scores          |

A statement counts when as many lines look like what it prints as there are statements that print such lines:
where a training prints numbers on lines of their own, nobody can tell which is which.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from trackbook.capture.facts import Printed
from trackbook.capture.metric_names import function_of, naming, prefixed
from trackbook.capture.metric_points import numbers_of
from trackbook.capture.words import is_result_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trackbook.records import FoundMetric, Output

_NUMBER = r" *([-+]?(?:\d[\d,]*(?:\.\d*)?(?:e[-+]?\d+)?%?|nan|inf)|\[[-+.,e\d ]+\]) *"
_ANYTHING = r".{0,200}?"
_AVERAGED = r" avg +(\d\.\d+) +(\d\.\d+) +(\d\.\d+) +\d+"
_REPORT = rf"(?:.*\n){{1,60}}? *accuracy +(\d\.\d+) +\d+\n *macro{_AVERAGED}\n *weighted{_AVERAGED}"
_IN_REPORT = (
    "accuracy",
    *(f"{of} avg.{what}" for of in ("macro", "weighted") for what in ("precision", "recall", "f1-score")),
)
_PERCENT_PLACE = re.compile(r"(?<!%)%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_BRACES_PLACE = re.compile(r"\{(?::[^{}]*)?\}")
_MOST_UNKNOWN = 2
"""Parts of a line that only execution knows: each more makes comparing a line take longer by its length."""

_LONGEST_TEXT = 50_000


def prints_in(statements: Iterable[ast.stmt]) -> Iterator[Printed]:
    """Go through the statements that are executed exactly once, for those that print a result."""
    for statement in statements:
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from prints_in(statement.body)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if isinstance(call.func, ast.Name) and call.func.id == "print" and not call.keywords:
                printed = _Line().of(call.args)
                if printed is not None:
                    yield printed


def printed_text(outputs: Iterable[Output]) -> str:
    """Put together what a cell wrote to stdout."""
    streams = (output for output in outputs if output.kind == "stream" and output.name == "stdout")
    return "".join(str(output.data.get("text/plain", "")) for output in streams)


def metrics_in_text(prints: Sequence[Printed], text: str) -> Iterator[FoundMetric]:
    """Read the results out of what a cell printed."""
    if not prints or len(text) > _LONGEST_TEXT:
        return
    found: list[tuple[str, str]] = []
    for pattern in dict.fromkeys(printed.pattern for printed in prints):
        alike = [printed.names for printed in prints if printed.pattern == pattern]
        lines = [match.groups() for match in re.finditer(f"^{pattern}$", text, re.MULTILINE)]
        if len(lines) == len(alike):
            for names, values in zip(alike, lines, strict=True):
                found += zip(names, values, strict=True)
    times = Counter(name for name, _ in found)
    for position, (name, value) in enumerate(found):
        own = name if times[name] == 1 else f"{name}.{position}"
        yield from numbers_of(own, _read(value), "expression")


def _read(text: str) -> float | list[float]:
    if text.startswith("["):
        return [float(item) for item in text.strip("[]").replace(",", " ").split()]
    plain = text.replace(",", "")
    return float(plain.removesuffix("%")) / 100 if plain.endswith("%") else float(plain)


class _Line:
    """What one `print` writes, as a pattern with a group for each result."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._unknown = 0

    def of(self, arguments: Sequence[ast.expr]) -> Printed | None:
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            return None
        pattern = " ".join(self._pattern(argument) for argument in arguments)
        return Printed(pattern, tuple(self._names)) if self._names and self._unknown <= _MOST_UNKNOWN else None

    def _pattern(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=value):
                return re.escape(str(value))
            case ast.JoinedStr(values=values):
                return "".join(self._pattern(part) for part in values)
            case ast.FormattedValue(value=inner):
                return self._pattern(inner) if isinstance(inner, ast.Constant) else self._value(inner)
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
                return self._filled(_PERCENT_PLACE.split(text.replace("%%", "%")), values)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), args=values):
                return self._filled(_BRACES_PLACE.split(text), values)
            case ast.Call() if function_of(node)[0] == "classification_report":
                split = naming(node).split
                self._names += [prefixed(name, split) for name in _IN_REPORT]
                return _REPORT
        return self._value(node)

    def _filled(self, between: Sequence[str], values: Sequence[ast.expr]) -> str:
        """Fill the places of a template; where they are not one for each value, nothing is known of the line."""
        if len(between) != len(values) + 1:
            self._unknown += _MOST_UNKNOWN + 1
            return _ANYTHING
        return re.escape(between[0]) + "".join(
            self._pattern(value) + re.escape(text) for value, text in zip(values, between[1:], strict=True)
        )

    def _value(self, node: ast.expr) -> str:
        name = naming(node).full
        if not name.startswith("_") and is_result_name(name) and _scores(node):
            self._names.append(name)
            return _NUMBER
        self._unknown += 1
        return _ANYTHING


def _scores(node: ast.expr) -> bool:
    """Tell whether an expression scores or was learnt, whatever branch it takes: `f1_score(y, p)`, `best_score_`."""
    parts = list(ast.walk(node))
    if any(isinstance(part, (ast.IfExp, ast.BoolOp)) for part in parts):
        return False
    called = (function_of(part)[0] for part in parts if isinstance(part, ast.Call))
    learnt = (part.attr for part in parts if isinstance(part, ast.Attribute) and part.attr.endswith("_"))
    return any(map(is_result_name, (*called, *learnt)))
