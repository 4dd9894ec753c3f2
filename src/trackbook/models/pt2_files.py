"""PyTorch's exported programs (.pt2): is there anything in the file that would run as Python?

`torch.export.load` warns never to load what one does not trust: it unpickles
tensors that the file marks so, falls back to a full unpickle for the sample
inputs, hands the shapes' expressions to sympy, which evaluates them, and looks
up each operator by name anywhere below `torch`. So the file is read here first,
without torch; only raw tensors, known operators and plain arithmetic pass.

Source: torch 2.13, export/pt2_archive/_package.py and _export/serde/serialize.py.
"""

from __future__ import annotations

import ast
import io
import json
import pickletools
import re
import zipfile
from typing import TYPE_CHECKING, Any

from trackbook.models.archives import check_archive
from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RECORDS = re.compile(
    r"data/weights/(weight_\d+|\w+_weights_config\.json)|data/constants/(tensor_\d+|\w+_constants_config\.json)"
    r"|models/\w+\.json|data/sample_inputs/\w+\.pt|archive_format|archive_version|byteorder"
    r"|\.data/(version|serialization_id)|\.format_version|version"
)
_OPERATORS = re.compile(
    r"torch\.ops\.(aten|prims|prim)\.(?!from_file|save|_save)\w+(\.\w+)?"
    r"|torch\.ops\.higher_order\.(cond|wrap_with_set_grad_enabled|wrap_with_autocast)"
    r"|torch\.(sym_\w+|_sym_\w+)"
    r"|math\.(ceil|floor|sqrt|trunc|pow)"
    r"|_operator\.(add|and_|eq|floordiv|ge|getitem|gt|le|lshift|lt|mod|mul|ne|neg|not_|or_|pos|pow|rshift|sub|truediv)"
)
_PLAIN_TEXT = re.compile(r"[\w.:<>\[\](), -]*")
_CONTAINERS = {None, "builtins.dict", "builtins.list", "builtins.tuple", "collections.OrderedDict"}
_FREE_TEXT = {"metadata", "verifiers", "torch_version", "schema_version"}
"""Parts of a program that are told, never looked up by name or evaluated."""

_LONGEST_SHAPE = 5_000
_SYMBOL = re.compile(r"[a-z]+\d+")
_FUNCTIONS = re.compile(
    "Symbol|Integer|Float|Rational|Add|Mul|Pow|Mod|Max|Min|Abs|Eq|Ne|Lt|Le|Gt|Ge|And|Or|Not|Piecewise|FloorDiv|CleanDiv"
    "|PythonMod|CeilDiv|ModularIndexing|Where|IntTrueDiv|FloatTrueDiv|PowByNatural|FloatPow|ToFloat|TruncToInt"
    "|TruncToFloat|CeilToInt|FloorToInt|RoundToInt|Identity"
)
_SAFE_GLOBALS = re.compile(
    r"collections OrderedDict|torch\._utils _rebuild_(tensor_v2|parameter)|torch (\w+Storage|Size|device|\w+\d+)"
)
_ARITHMETIC = (
    ast.Expression, ast.Call, ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.keyword, ast.Load,
    ast.operator, ast.unaryop, ast.cmpop, ast.Tuple,
)  # fmt: skip


def danger_in(folder: Path, file: Path) -> str:
    """Return why loading this file could run code, as a clause; empty when it could not.

    Raises BadPackage when it is no such file. Reads all but the raw weights.
    """
    check_archive(folder, file)
    try:
        with zipfile.ZipFile(file) as archive:
            found = next(_dangers(archive), "")
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError, zipfile.BadZipFile) as error:
        raise BadPackage(folder, file.name, f"is no exported program: {str(error)[:200]}") from error
    return f"{found}, which would run as code when it is loaded" if found else ""


def _dangers(archive: zipfile.ZipFile) -> Iterator[str]:
    for member in archive.infolist():
        if member.is_dir():
            continue
        record = member.filename.partition("/")[2]
        if not _RECORDS.fullmatch(record):
            yield f"it has the record {record!r}"
        elif record.endswith("_config.json"):
            yield from _dangers_of_config(json.loads(archive.read(member)))
        elif record.startswith("models/"):
            yield from _dangers_of_program(json.loads(archive.read(member)), "")
        elif record.startswith("data/sample_inputs/"):
            yield from _dangers_of_pickles(archive.read(member))


def _dangers_of_config(config: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    for name, entry in config["config"].items():
        if entry["use_pickle"] is not False or not re.fullmatch(r"(weight|tensor)_\d+", entry["path_name"]):
            yield f"its tensor {name!r} is a pickle"


def _dangers_of_pickles(content: bytes) -> Iterator[str]:
    """What the sample inputs would import, read off their opcodes without unpickling."""
    if not content:
        return
    with zipfile.ZipFile(io.BytesIO(content)) as checkpoint:
        for name in checkpoint.namelist():
            if name.endswith(".pkl"):
                yield from _dangers_of_pickle(checkpoint.read(name))


def _dangers_of_pickle(content: bytes) -> Iterator[str]:
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name == "GLOBAL" and not _SAFE_GLOBALS.fullmatch(str(argument)):
            yield f"its sample inputs need {argument!r}"
        elif opcode.name in {"STACK_GLOBAL", "INST", "OBJ", "EXT1", "EXT2", "EXT4"}:
            yield "its sample inputs are no plain tensors"


def _dangers_of_program(node: Any, key: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if key in _FREE_TEXT:
        return
    if isinstance(node, dict):
        for name, value in node.items():
            if not _PLAIN_TEXT.fullmatch(name):
                yield f"its program has the odd name {name[:80]!r}"
            yield from _dangers_of_program(value, name)
    elif isinstance(node, list):
        if key == "guards_code" and node:
            yield "its program has guards, which are Python"
        for value in node:
            yield from _dangers_of_program(value, key)
    elif isinstance(node, str):
        yield from _dangers_of_text(node, key)


def _dangers_of_text(text: str, key: str) -> Iterator[str]:
    if key == "target":
        if not _OPERATORS.fullmatch(text):
            yield f"its program calls {text[:80]!r}"
    elif key == "expr_str":
        if not _is_arithmetic(text):
            yield f"its program has the shape {text[:80]!r}"
    elif key in {"in_spec", "out_spec"}:
        yield from _dangers_of_spec(json.loads(text) if text else None)
    elif not _PLAIN_TEXT.fullmatch(text):
        yield f"its program has the odd text {text[:80]!r}"


def _dangers_of_spec(spec: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """How inputs and outputs are nested: other containers than these look their makers up by name."""
    if isinstance(spec, list):
        for item in spec:
            yield from _dangers_of_spec(item)
    elif isinstance(spec, dict):
        if spec.get("type") not in _CONTAINERS:
            yield f"its data comes in a {spec.get('type')!r}"
        context = spec.get("context")
        yield from _dangers_of_program(json.loads(context) if context else None, "")
        yield from _dangers_of_spec(spec.get("children_spec"))


def _is_arithmetic(text: str) -> bool:
    """Whether an expression has numbers, symbols and known functions of them, and nothing to reach further with."""
    if len(text) > _LONGEST_SHAPE:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text, mode="eval")))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return all(
        isinstance(node, _ARITHMETIC)
        and (not isinstance(node, ast.Name) or bool(_FUNCTIONS.fullmatch(node.id) or _SYMBOL.fullmatch(node.id)))
        and (not isinstance(node, ast.Call) or isinstance(node.func, ast.Name))
        and (
            not isinstance(node, ast.Constant)
            or isinstance(node.value, (bool, int, float))
            or (isinstance(node.value, str) and bool(_SYMBOL.fullmatch(node.value)))
        )
        for node in nodes
    )
