"""Name a number after the expression that made it.

| expression                                | name                       |
|-------------------------------------------|----------------------------|
| `clf.score(X_test, y_test)`               | `test_score`               |
| `accuracy_score(y_test, pred)`            | `test_accuracy`            |
| `roc_auc_score(y, p)`, `compute_auc(y, p)`| `roc_auc`, `auc`           |
| `mean_squared_error(y, p)`                | `mean_squared_error`       |
| `np.sqrt(mean_squared_error(y, p))`       | `root_mean_squared_error`  |
| `cross_val_score(clf, X_train, y_train)`  | `cross_val_score`          |
| `scores.mean()`, `np.mean(scores)`        | `scores.mean`              |
| `(y_test == pred).mean()`                 | `test_accuracy`            |
| `metrics["auc"]`, `grid.best_score_`      | `auc`, `best_score`        |
| `round(acc, 3)`, `float(acc)`, `100 * acc`| `acc`                      |
| `hits / total`                            | `hits / total`             |
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice

from trackbook.capture.words import split_of, word_set, words

_WRAPPERS = word_set("round float int abs around item numpy tolist compute detach cpu asarray")
REDUCTIONS = word_set("mean std var sum min max median nanmean nanstd nanmedian average prod")
_HOLDERS = word_set("loc iloc at iat values T data")
_ANSWERS = word_set("y pred preds prediction predictions predicted label labels target targets truth true hat")
_VERBS = ("get_", "compute_", "calculate_", "calc_")
_LONGEST = 80
_MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Naming:
    """A metric's name and the part of the data that it was reckoned on."""

    name: str
    split: str = ""

    @property
    def full(self) -> str:
        """The name with its split in front, once: `test_score`."""
        return prefixed(self.name, self.split)


def prefixed(name: str, split: str) -> str:
    """Put the split in front unless the name has one already."""
    return f"{split}_{name}" if name and split and not split_of([name]) else name


def naming(node: ast.expr) -> Naming:
    """Name an expression as the table above shows; arithmetic of several things keeps its text."""
    match node:
        case ast.Name():
            return Naming(node.id)
        case ast.Attribute():
            return naming(node.value) if node.attr in _HOLDERS else Naming(node.attr.strip("_"))
        case ast.Subscript():
            key = _key(node.slice)
            return Naming(key) if key else naming(node.value)
        case ast.Call():
            return _of_call(node)
        case ast.BinOp():
            return _of_arithmetic(node)
        case ast.UnaryOp(operand=inner) | ast.Await(value=inner) | ast.NamedExpr(value=inner):
            return naming(inner)
    return Naming(_text(node))


def function_of(node: ast.Call) -> tuple[str, ast.expr | None]:
    """Take a call apart into its function's last name and what that is called on."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr, node.func.value
    if isinstance(node.func, ast.Call):
        return function_of(node.func)[0], None
    return (node.func.id if isinstance(node.func, ast.Name) else ""), None


def names_in(nodes: list[ast.expr]) -> list[str]:
    """List what the arguments are called: names, attributes and text keys.

    Not what cross-validation is given: its folds are held out of it, so "train" would say the opposite.
    """
    found: list[str] = []
    waiting: list[ast.AST] = [*nodes]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Call) and function_of(part)[0].startswith("cross_val"):
            continue
        if isinstance(part, ast.Name):
            found.append(part.id)
        elif isinstance(part, ast.Attribute):
            found.append(part.attr)
        elif isinstance(part, ast.Subscript) and (key := _key(part.slice)):
            found.append(key)
        waiting.extend(ast.iter_child_nodes(part))
    return found


def _of_call(node: ast.Call) -> Naming:
    function, owner = function_of(node)
    args = [*node.args, *(word.value for word in node.keywords)]
    of_library = isinstance(owner, ast.Name) and owner.id in ("np", "numpy", "math", "torch", "jnp", "tf", "statistics")
    subject = owner if owner is not None and not of_library else args[0] if args else None
    if subject is not None and (function in _WRAPPERS or function in REDUCTIONS or function in ("sqrt", "rsqrt")):
        return _through(function, subject)
    name = function
    for verb in _VERBS:
        name = name.removeprefix(verb) or name
    if name.startswith("cross_val"):
        return Naming(name)
    return Naming(name.removesuffix("_score").strip("_") or _text(node), split_of(names_in(args)))


def _through(function: str, subject: ast.expr) -> Naming:
    if isinstance(subject, ast.Compare) and function in ("mean", "average"):
        names = names_in([subject])
        if any(not _ANSWERS.isdisjoint(words(name)) for name in names) and len(subject.ops) == 1:
            matches = {ast.Eq: "accuracy", ast.NotEq: "error_rate"}.get(type(subject.ops[0]))
            if matches:
                return Naming(matches, split_of(names))
    inner = naming(subject)
    if function == "sqrt":
        return _root_of(inner)
    return Naming(f"{inner.name}.{function}", inner.split) if function in REDUCTIONS else inner


def _root_of(inner: Naming) -> Naming:
    if inner.name == "mse" or inner.name.endswith("_mse"):
        return Naming(inner.name.removesuffix("mse") + "rmse", inner.split)
    if inner.name.endswith("mean_squared_error"):
        return Naming(inner.name.replace("mean_squared", "root_mean_squared"), inner.split)
    return Naming(f"{inner.name}.sqrt", inner.split)


def _of_arithmetic(node: ast.BinOp) -> Naming:
    left, right = isinstance(node.left, ast.Constant), isinstance(node.right, ast.Constant)
    if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 0.5:  # noqa: PLR2004 - a root
        return _root_of(naming(node.left))
    if isinstance(node.op, (ast.Mult, ast.Div)) and left != right and not (left and isinstance(node.op, ast.Div)):
        return naming(node.right if left else node.left)
    return Naming(_text(node))


def _key(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Tuple):
        keys = [key for part in node.elts if (key := _key(part))]
        return ".".join(keys)
    return ""


def _text(node: ast.AST) -> str:
    text = text_of(node)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def text_of(node: ast.AST) -> str:
    """Write an expression on one line; empty when it is too large to be one."""
    if any(True for _ in islice(ast.walk(node), _MOST_PARTS, None)):
        return ""
    return ast.unparse(node)
