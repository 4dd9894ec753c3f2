"""Find the results that a cell only prints: their values are gone when it ends, so they are read from its text.

| cell                                                  | metrics                         |
|-------------------------------------------------------|---------------------------------|
| `print("test:", clf.score(X_test, y_test))`           | `test_score`, as it was printed |
| `print(f"F1: {f1_score(y, p):.3f} of {n}")`           | `f1`, with the digits printed   |
| `print("F1: %.3f" % f1_score(y, p))`, `.format(…)`    | `f1`                            |
| `print(grid.best_params_, grid.best_score_)`          | `best_score`                    |
| `print(classification_report(y_test, pred))`          | as its dict: `test_accuracy`, … |
| `for n, m in models.items(): print(n, m.score(X, y))` | `rf.score`, one for each model  |
| the same in another loop, a branch or a function      | none                            |
| `print(acc)`, `print(len(y))`                         | none: no call that scores       |

A statement counts when as many lines look like what it prints as there are statements that print such lines:
where a training prints numbers on lines of their own, nobody can tell which is which. One in a loop counts when
the cell printed nothing else.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from trackbook.capture.calls import names_read
from trackbook.capture.facts import Printed
from trackbook.capture.loops import goes_through_settings
from trackbook.capture.metric_names import function_of, naming, prefixed
from trackbook.capture.metric_points import numbers_of
from trackbook.capture.words import is_result_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from trackbook.records import FoundMetric, Output

_NUMBER = r" *([-+]?(?:\d[\d,]*(?:\.\d*)?(?:e[-+]?\d+)?%?|nan|inf)|\[[-+.,e\d ]+\]) *"
_ANYTHING = r".{0,200}?"
_SETTING = r"(.{1,60}?)"
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

_MOST_SETTINGS = 20
_LONGEST_TEXT = 50_000


def prints_in(statements: Iterable[ast.stmt], last: Collection[str]) -> Iterator[Printed]:
    """Go through the statements that are executed exactly once, and those once a setting, for what prints a result.

    last: names that hold what the last setting of a loop gave.
    """
    for statement in statements:
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from prints_in(statement.body, last)
        elif isinstance(statement, ast.For) and goes_through_settings(statement):
            targets = names_read([statement.target])
            each = (_printed(inner, _Line(targets, last)) for inner in statement.body)
            yield from (printed for printed in each if printed is not None and printed.in_loop)
        elif (printed := _printed(statement, _Line())) is not None:
            yield printed


def _printed(statement: ast.stmt, line: _Line) -> Printed | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print" and not call.keywords:
        return line.of(call.args)
    return None


def printed_text(outputs: Iterable[Output]) -> str:
    """Put together what a cell wrote to stdout."""
    streams = (output for output in outputs if output.kind == "stream" and output.name == "stdout")
    return "".join(str(output.data.get("text/plain", "")) for output in streams)


def metrics_in_text(prints: Sequence[Printed], text: str) -> Iterator[FoundMetric]:
    """Read the results out of what a cell printed."""
    if not prints or len(text) > _LONGEST_TEXT:
        return
    found = _named([*_of_settings([printed for printed in prints if printed.in_loop], text)])
    once = [printed for printed in prints if not printed.in_loop]
    for pattern in dict.fromkeys(printed.pattern for printed in once):
        alike = [printed.names for printed in once if printed.pattern == pattern]
        lines = _lines(pattern, text)
        if len(lines) == len(alike):
            pairs = [
                each for names, values in zip(alike, lines, strict=True) for each in zip(names, values, strict=True)
            ]
            for name, value in _named(pairs).items():  # an accuracy may stand in a report, too, with fewer digits
                found[name] = max(found.get(name, ""), value, key=len)
    for name, value in found.items():
        yield from numbers_of(name, _read(value), "expression")


def _named(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Give each value a name of its own: a name that comes twice is numbered."""
    times, seen, named = Counter(name for name, _ in pairs), Counter[str](), {}
    for name, value in pairs:
        named[name if times[name] == 1 else f"{name}.{seen[name]}"] = value
        seen[name] += 1
    return named


def _of_settings(prints: Sequence[Printed], text: str) -> Iterator[tuple[str, str]]:
    """Pair the names and values of results by setting, where nothing but such lines was printed."""
    lines = [(printed.names, values) for printed in prints for values in _lines(printed.pattern, text)]
    printed_at_all = sum(bool(line.strip()) for line in text.splitlines())
    if len(lines) != printed_at_all or len(lines) > _MOST_SETTINGS:
        return
    for names, values in lines:
        setting = values[names.index("")].strip()
        is_number = setting.replace(".", "", 1).isdigit()
        for name, value in zip(names, values, strict=True):
            if name:
                yield (f"{name}.{setting}" if is_number else f"{setting}.{name}"), value


def _lines(pattern: str, text: str) -> list[tuple[str, ...]]:
    return [match.groups() for match in re.finditer(f"^{pattern}$", text, re.MULTILINE)]


def _read(text: str) -> float | list[float]:
    if text.startswith("["):
        return [float(item) for item in text.strip("[]").replace(",", " ").split()]
    plain = text.replace(",", "")
    return float(plain.removesuffix("%")) / 100 if plain.endswith("%") else float(plain)


class _Line:
    """What one `print` writes, as a pattern with a group for each result."""

    def __init__(self, targets: Collection[str] = (), last: Collection[str] = ()) -> None:
        """targets: of the loop around it. last: names that hold the result of the present setting."""
        self._targets, self._last = targets, last
        self._names: list[str] = []
        self._unknown = 0

    def of(self, arguments: Sequence[ast.expr]) -> Printed | None:
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            return None
        pattern = " ".join(self._pattern(argument) for argument in arguments)
        # Beside something unknown nobody can tell where the name of a setting ends.
        if not any(self._names) or self._unknown > (0 if "" in self._names else _MOST_UNKNOWN):
            return None
        return Printed(pattern, tuple(self._names))

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
        scores = _scores(node) or (name in self._last and name not in self._targets)
        if scores and not name.startswith("_") and is_result_name(name):
            self._names.append(name)
            return _NUMBER
        if "" not in self._names and not set(self._targets).isdisjoint(names_read([node])):
            self._names.append("")
            return _SETTING
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
