"""The house keeps its own rules: short rooms, arrows downward, a cheap door, nothing of the builder's machine."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trackbook

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "trackbook"
ROOMS = sorted(SOURCE.rglob("*.py"))
LONGEST, LOOK_AGAIN = 500, 300
HEAVY = ["pandas", "duckdb", "numpy", "IPython", "sqlglot", "ipywidgets", "plotly", "torch", "sklearn"]
HOME_OF_NOBODY = "ana|ben|me|user|you|jovyan|runner"
MACHINE = re.compile(
    rf"(?<![\w.~])/(?:home|Users)/(?!(?:{HOME_OF_NOBODY})\b)\w+"  # somebody's home; the named ones are made up
    r"|(?<![\w.~])/(?:root|opt/venvs|work/(?:main|shared))\b"
    r"|bash_job[s]"
)
REGISTRY = re.compile(
    r"registry[.](?:npmjs|yarnpkg|npmmirror)|files[.]pythonhosted|proxy[.]golang|index[-_]url|artifactor[y]|nexus[.]"
    r'|"resolved":\s*"http|https?://[\w.-]+(?::\d+)?/(?:[\w./-]+/)?simple\b',
    re.IGNORECASE,
)


def room_name(path):
    return str(path.relative_to(ROOT))


def packages():
    return [
        ".".join(["trackbook", *path.parent.relative_to(SOURCE).parts]) for path in ROOMS if path.name == "__init__.py"
    ]


def files_of_the_repository():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("package", packages())
def test_public_names_are_sorted_and_true(package):
    room = importlib.import_module(package)
    names = list(getattr(room, "__all__", []))
    as_ruff_sorts = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert names in (sorted(names, key=str.casefold), as_ruff_sorts)
    assert [name for name in names if not hasattr(room, name)] == []


def test_the_same_names_are_offered_by_dir():
    assert set(getattr(trackbook, "__all__", [])) <= set(dir(trackbook))


@pytest.mark.parametrize("room", ROOMS, ids=room_name)
def test_a_room_can_be_read_in_one_sitting(room):
    lines = len(room.read_text(encoding="utf-8").splitlines())
    if lines > LOOK_AGAIN:
        print(f"{room_name(room)} has {lines} lines: look again")
    assert lines <= LONGEST, f"{room_name(room)} has {lines} lines; part it into rooms named after their things"


@pytest.mark.parametrize("room", ROOMS, ids=room_name)
def test_a_room_says_first_what_it_is_for(room):
    first = room.read_text(encoding="utf-8").split("\n", 1)[0]
    assert re.match(r'r?"""\S', first), f"{room_name(room)} begins with {first!r}, not with its docstring"


def test_there_is_no_room_for_everything():
    assert [
        room_name(room) for room in ROOMS if room.stem.strip("_") in {"utils", "util", "helpers", "common", "misc"}
    ] == []


def test_imports_go_down_the_floors_only():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    if not lint_imports.exists():
        pytest.skip("import-linter is not installed")
    checked = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_only_the_store_speaks_sql():
    spoken = re.compile(
        r"\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\s|\.execute\(|\b_tb\.", re.DOTALL
    )
    elsewhere = [room for room in ROOMS if "store" not in room.relative_to(SOURCE).parts[:1]]
    assert [room_name(room) for room in elsewhere if spoken.search(without_examples(room))] == []


def without_examples(room):
    """A room without what it tells users to type."""
    return re.sub(r'"SELECT \* FROM runs"', "", room.read_text(encoding="utf-8"))


def test_importing_trackbook_is_cheap():
    code = f"import sys, trackbook; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == []


def test_no_file_knows_the_machine_it_was_written_on():
    assert found(MACHINE) == []
    here = re.compile("|".join(rf"{re.escape(place)}(?![\w-])" for place in machine_places()))
    assert found(here) == []


def test_no_file_names_a_registry():
    assert found(REGISTRY) == []


def machine_places():
    """Where this checkout, this Python and this user live, unless that is a place everybody has."""
    common = {"/", "/usr", "/usr/local", "/tmp", "/home", "/root", "/src", "/app"}
    return [place for place in {str(ROOT), sys.prefix, str(Path.home())} if place not in common]


def found(pattern):
    hits = []
    for path in files_of_the_repository():
        if path == Path(__file__):
            continue  # the rules must name what they forbid
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), start=1)
        hits += [f"{room_name(path)}:{number}: {match[0]}" for number, line in lines if (match := pattern.search(line))]
    return hits
