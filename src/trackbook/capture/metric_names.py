"""Name a number after the expression that made it.

| expression                                | name                       |
|-------------------------------------------|----------------------------|
| `clf.score(X_test, y_test)`               | `test_score`               |
| `accuracy_score(y_test, pred)`            | `test_accuracy`            |
| `roc_auc_score(y, p)`, `compute_auc(y, p)`| `roc_auc`, `auc`           |
| `mean_squared_error(y, p)`                | `mean_squared_error`       |
| `np.sqrt(mean_squared_error(y, p))`       | `root_mean_squared_error`  |
| `cross_val_score(clf, X_train, y_train)`  | `cross_val_score`          |
| `cross_val_score(…, scoring="f1")`        | `cross_val_f1`             |
| `scores.mean()`, `np.mean(scores)`        | `scores.mean`              |
| `np.mean([f1_score(y, p) for p in …])`    | `f1.mean`                  |
| `(y_test == pred).mean()`                 | `test_accuracy`            |
| `np.abs(y_test - pred).mean()`            | `test_mean_absolute_error` |
| `((y_test - pred) ** 2).mean()`           | `test_mean_squared_error`  |
| `-log_loss(y_test, p)`                    | `test_neg_log_loss`        |
| `metrics["auc"]`, `grid.best_score_`      | `auc`, `best_score`        |
| `results["rf"]["auc"]`                    | `rf.auc`                   |
| `round(acc, 3)`, `float(acc)`, `100 * acc`| `acc`                      |
| `hits / total`                            | `hits / total`             |
| `f1_score(y, p) - f1_score(y, q)`         | `f1 - f1`                  |
| any that would be longer than a line      | `result`                   |

A name with `.mean` behind it cannot be taken for a summary of another metric: see `store.filters.compiling`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice

from trackbook.capture.words import split_of, word_set, words

_WRAPPERS = word_set(
    "round float int abs around item numpy tolist compute detach cpu asarray array tensor Series stack"
)
_LIBRARIES = word_set("np numpy math torch jnp tf statistics pd pl")
REDUCTIONS = word_set("mean std var sum min max median nanmean nanstd nanmedian average prod")
_HOLDERS = word_set("loc iloc at iat values T data")
_ANSWERS = word_set("y pred preds prediction predictions predicted label labels target targets truth true hat")
_VERBS = ("get_", "compute_", "calculate_", "calc_")
_TOO_LONG = "result"
_LONGEST = 48
_MOST_PARTS = 500
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_KEPT_IN_ARITHMETIC = word_set("len log log2 log10 exp max min")
_MEAN = frozenset({"mean", "average"})


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
            return _of_item(node)
        case ast.Call():
            return _of_call(node)
        case ast.BinOp():
            return _of_arithmetic(node)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _negated(naming(inner))
        case ast.UnaryOp(operand=inner) | ast.Await(value=inner) | ast.NamedExpr(value=inner):
            return naming(inner)
        case ast.DictComp(value=inner):
            return Naming(naming(inner).full)  # a key speaks for its own part of the data
        case ast.ListComp(elt=inner) | ast.SetComp(elt=inner) | ast.GeneratorExp(elt=inner) | ast.IfExp(body=inner):
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
    of_library = isinstance(owner, ast.Name) and owner.id in _LIBRARIES
    subject = owner if owner is not None and not of_library else args[0] if args else None
    if owner is None and function in ("max", "min") and len(args) > 1:
        return Naming(_text(node))
    if subject is not None and (function in _WRAPPERS or function in REDUCTIONS or function in ("sqrt", "rsqrt")):
        return _through(function, subject)
    name = function
    for verb in _VERBS:
        name = name.removeprefix(verb) or name
    if name.startswith("cross_val"):
        scoring = next((word.value for word in node.keywords if word.arg == "scoring"), None)
        told = isinstance(scoring, ast.Constant) and isinstance(scoring.value, str)
        return Naming(f"cross_val_{scoring.value}" if told else name)  # type: ignore[union-attr]  # told says so
    return Naming(name.removesuffix("_score").strip("_") or _text(node), split_of(names_in(args)))


def _through(function: str, subject: ast.expr) -> Naming:
    each = subject.elt if isinstance(subject, _COMPREHENSIONS) else subject
    measure = _measure(function, each)
    names = names_in([subject])
    if measure and any(not _ANSWERS.isdisjoint(words(name)) for name in names):
        return Naming(measure, split_of(names))
    inner = naming(each)
    if function == "sqrt":
        return _root_of(inner)
    if function not in REDUCTIONS or inner.name.endswith(f".{function}"):  # the mean of means is one
        return inner
    whole = f"({inner.name})" if " " in inner.name and isinstance(each, ast.BinOp) else inner.name
    return Naming(f"{whole}.{function}", inner.split)


def _measure(function: str, each: ast.expr) -> str:
    """Name what is computed by hand when answers are compared with predictions; empty for anything else."""
    if function in _MEAN and isinstance(each, ast.Compare) and len(each.ops) == 1:
        return {ast.Eq: "accuracy", ast.NotEq: "error_rate"}.get(type(each.ops[0]), "")
    inner, how = each, ""
    if isinstance(each, ast.Call):
        name, owner = function_of(each)
        inner = each.args[0] if each.args else owner or each
        how = {"abs": "absolute", "absolute": "absolute", "fabs": "absolute", "square": "squared"}.get(name, "")
    elif isinstance(each, ast.BinOp) and isinstance(each.op, ast.Pow):
        inner, how = each.left, "squared" if _is_number(each.right, 2) else ""
    if not how or not (isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub)):
        return ""
    if function == "median":
        return f"median_{how}_error"
    return f"mean_{how}_error" if function in _MEAN else ""


def _root_of(inner: Naming) -> Naming:
    if inner.name == "mse" or inner.name.endswith("_mse"):
        return Naming(inner.name.removesuffix("mse") + "rmse", inner.split)
    if inner.name.endswith("mean_squared_error"):
        return Naming(inner.name.replace("mean_squared", "root_mean_squared"), inner.split)
    return Naming(f"{inner.name}.sqrt", inner.split)


def _negated(inner: Naming) -> Naming:
    """Turn a name round, so that more of it is worse or better as it is: scikit-learn's `neg_` in front."""
    name = inner.name
    return Naming(name.removeprefix("neg_") if name.startswith("neg_") else f"neg_{name}", inner.split)


def _of_arithmetic(node: ast.BinOp) -> Naming:
    left, right = isinstance(node.left, ast.Constant), isinstance(node.right, ast.Constant)
    if isinstance(node.op, ast.Pow) and _is_number(node.right, 0.5):
        return _root_of(naming(node.left))
    if isinstance(node.op, ast.Div) and (summed := _summed(node)) is not None:
        return _through("mean", summed)
    if isinstance(node.op, (ast.Mult, ast.Div)) and left != right and not (left and isinstance(node.op, ast.Div)):
        return naming(node.right if left else node.left)
    return Naming(_text(_named_parts(node)) if text_of(node) else _TOO_LONG)


def _summed(node: ast.BinOp) -> ast.expr | None:
    """Return what `sum(…) / len(…)` is the mean of; None for another quotient."""
    if not (isinstance(node.left, ast.Call) and isinstance(node.right, ast.Call)):
        return None
    function, owner = function_of(node.left)
    is_mean = function == "sum" and owner is None and function_of(node.right) == ("len", None)
    return node.left.args[0] if is_mean and node.left.args else None


def _named_parts(node: ast.expr) -> ast.expr:
    """Put names in place of the calls of some arithmetic: `f1_score(y, p) - f1_old` is `f1 - f1_old`."""
    match node:
        case ast.BinOp(left=left, op=sign, right=right):
            return ast.BinOp(_named_parts(left), sign, _named_parts(right))
        case ast.UnaryOp(op=sign, operand=operand):
            return ast.UnaryOp(sign, _named_parts(operand))
        case ast.Call() if function_of(node)[0] not in _KEPT_IN_ARITHMETIC:
            return ast.Name(naming(node).full)
        case ast.Subscript(slice=key) if _key(key):
            return ast.Name(naming(node).full)
    return node


def _is_number(node: ast.expr, number: float) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value == number


def _of_item(node: ast.Subscript) -> Naming:
    key = _key(node.slice)
    outer = _key(node.value.slice) if key and isinstance(node.value, ast.Subscript) else ""
    if not key:
        return naming(node.value)
    return Naming(f"{outer}.{key}" if outer else key)


def _key(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Tuple):
        keys = [key for part in node.elts if (key := _key(part))]
        return ".".join(keys)
    return ""


def _text(node: ast.AST) -> str:
    text = text_of(node)
    return text if 0 < len(text) <= _LONGEST else _TOO_LONG


def text_of(node: ast.AST) -> str:
    """Write an expression on one line; empty when it is too large to be one."""
    if any(True for _ in islice(ast.walk(node), _MOST_PARTS, None)):
        return ""
    return ast.unparse(node)
