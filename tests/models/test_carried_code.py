"""Packages that carry modules of equal names: each runs its own, whatever was loaded before."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
import threading

import pytest

from trackbook.models import load_package, load_python_function, write_package

MODEL = """
class Model:
    def predict(self, data):
        from scaling_of_ours import factor

        return [factor.OF * each for each in data]
"""


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Path and modules are afterwards what they were."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = dict(sys.modules)
    yield
    for name in sys.modules.keys() - before.keys():
        if name.partition(".")[0] in {"model_of_ours", "scaling_of_ours"}:
            del sys.modules[name]


def write_source(folder, factor):
    package = folder / "scaling_of_ours"
    package.mkdir(parents=True)
    (folder / "model_of_ours.py").write_text(MODEL)
    (package / "__init__.py").write_text("")
    (package / "factor.py").write_text(f"OF = {factor}\n")
    return [folder / "model_of_ours.py", package]


def packed(tmp_path, factor):
    """Pack a model in a process of its own, as somebody else would have."""
    source = tmp_path / f"source{factor}"
    paths = write_source(source, factor)
    code = f"""
        import sys; sys.path.insert(0, {str(source)!r})
        from pathlib import Path
        from model_of_ours import Model
        from trackbook.models import write_package
        write_package(Path({str(tmp_path / f"v{factor}")!r}), Model(), flavor="python_function",
                      code_paths={[str(path) for path in paths]!r})
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    return tmp_path / f"v{factor}"


def test_two_versions_of_a_model_run_their_own_code_side_by_side(tmp_path):
    two, three = packed(tmp_path, 2), packed(tmp_path, 3)
    first, second = load_package(two, trust=True), load_package(three, trust=True)
    assert (first.predict([1]), second.predict([1]), first.predict([1])) == ([2], [3], [2])
    generic = [load_python_function(folder, trust=True) for folder in (three, two, three)]
    assert [each.predict([1]) for each in generic] == [[3], [2], [3]]


def test_a_package_neither_takes_nor_gives_the_modules_of_the_notebook(tmp_path, monkeypatch):
    package = packed(tmp_path, 2)
    write_source(tmp_path / "mine", 7)
    monkeypatch.syspath_prepend(str(tmp_path / "mine"))
    loaded = load_package(package, trust=True)
    assert loaded.predict([1]) == [2]
    assert importlib.import_module("scaling_of_ours.factor").OF == 7
    assert loaded.predict([1]) == [2], "also once the notebook's module is there"
    assert importlib.import_module("model_of_ours").Model().predict([1]) == [7]


def test_modules_that_are_the_same_files_are_used_as_they_are(tmp_path, monkeypatch):
    package = packed(tmp_path, 2)
    monkeypatch.syspath_prepend(str(tmp_path / "source2"))
    mine = importlib.import_module("scaling_of_ours.factor")
    path = list(sys.path)
    assert load_package(package, trust=True).predict([1]) == [2]
    assert sys.path == path
    assert sys.modules["scaling_of_ours.factor"] is mine


def test_a_class_that_travels_by_name_is_its_packages_own(tmp_path, monkeypatch):
    """As with pickle, which keeps names only."""
    from sklearn.linear_model import LinearRegression

    folders = []
    for factor in (2, 3):
        source = tmp_path / f"source{factor}"
        source.mkdir()
        text = (
            "from sklearn.linear_model import LinearRegression\n"
            f"class Model(LinearRegression):\n    def predict(self, X):\n        return {factor} * super().predict(X)\n"
        )
        (source / "model_of_ours.py").write_text(text)
        with monkeypatch.context() as here:
            here.syspath_prepend(str(source))
            model = importlib.import_module("model_of_ours").Model().fit([[0], [1]], [0, 1])
            write_package(
                tmp_path / f"v{factor}", model, serialization_format="pickle", code_paths=[source / "model_of_ours.py"]
            )
        del sys.modules["model_of_ours"]
        folders.append(tmp_path / f"v{factor}")
    loaded = [load_package(folder, trust=True) for folder in folders]
    assert [each.predict([[1]]).round().tolist() for each in loaded] == [[2], [3]]
    assert isinstance(loaded[1], LinearRegression)


def test_a_module_named_like_one_of_pythons_own_is_not_carried_in(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('this is no json')\n")
    write_package(tmp_path / "model", abs, flavor="python_function", code_paths=[tmp_path / "json.py"])
    assert load_package(tmp_path / "model", trust=True)(-2) == 2
    assert importlib.import_module("json").dumps([1]) == "[1]"


def test_threads_that_load_at_once_get_their_own(tmp_path):
    folders = [packed(tmp_path, factor) for factor in (2, 3, 4)]
    found, gate = [], threading.Barrier(3)

    def load(at):
        gate.wait()
        found.extend((at, load_package(folders[at], trust=True).predict([1])[0]) for _ in range(5))

    threads = [threading.Thread(target=load, args=[at]) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 15
    assert {(at, factor) for at, factor in found} == {(0, 2), (1, 3), (2, 4)}
