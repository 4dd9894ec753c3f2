"""Each way into a reader's machine that packages are known for, tried; none may run anything or leave the folder.

The classes are those of MLflow's security record. Every bomb would write a file, so that a test sees it go off.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml

from trackbook.models import (
    BadPackage,
    PackageChanged,
    PackageFile,
    UntrustedModel,
    load_package,
    load_python_function,
    manifest_of,
    read_facts,
    sign,
    verify_manifest,
    write_package,
)


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.write_text, (self.mark, "it went off")


@pytest.fixture
def mark(tmp_path):
    """Where a bomb leaves its mark; no test may leave one."""
    place = tmp_path / "mark"
    yield place
    assert not place.exists(), "the bomb went off"


@pytest.fixture
def package(tmp_path, forest, iris):
    """A sound package to be tampered with."""
    write_package(tmp_path / "model", forest, input_example=iris[0][:5])
    return tmp_path / "model"


def rewrite(folder, **flavors):
    """Give the package other settings: sklearn={...}, python_function={...}; None takes a flavor out."""
    file = folder / "MLmodel"
    content = yaml.safe_load(file.read_text())
    for name, changes in flavors.items():
        if changes is None:
            content["flavors"].pop(name, None)
        else:
            content["flavors"].setdefault(name, {}).update(changes)
    file.write_text(yaml.safe_dump(content))


def refuse(folder, kind=UntrustedModel, says=""):
    """Every door refuses alike; return the message of the last."""
    for load in (load_package, load_python_function):
        with pytest.raises(kind, match=says or None) as caught:
            load(folder)
    return str(caught.value)


# Pickles, under every name.


@pytest.mark.parametrize("form", ["pickle", "cloudpickle", None, "joblib"])
def test_a_pickle_bomb_as_a_sklearn_model_does_not_go_off(package, mark, form):
    (package / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    rewrite(package, sklearn={"pickled_model": "model.pkl", "serialization_format": form})
    assert read_facts(package).needs_trust
    assert "pass trust=True for this call" in refuse(package)


def test_a_pickle_bomb_that_calls_itself_skops_does_not_go_off(package, mark):
    (package / "model.skops").write_bytes(pickle.dumps(Bomb(mark)))
    refuse(package, BadPackage, "model.skops")


@pytest.mark.parametrize("loader", ["trackbook_python_function", "mlflow.pyfunc.model", "mlflow.sklearn"])
def test_a_pickle_bomb_as_a_python_function_does_not_go_off(package, mark, loader):
    (package / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    rewrite(
        package,
        sklearn=None,
        python_function={"loader_module": loader, "data": "model.pkl", "python_model": "model.pkl"},
    )
    assert read_facts(package).needs_trust
    refuse(package)


def test_a_pickle_bomb_as_a_lightgbm_model_does_not_go_off(package, mark):
    (package / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    rewrite(package, sklearn=None, lightgbm={"data": "model.pkl", "model_class": "lightgbm.sklearn.LGBMClassifier"})
    refuse(package)


@pytest.mark.frameworks
def test_a_pickle_bomb_as_a_torch_model_does_not_go_off(package, mark):
    data = package / "data"
    data.mkdir()
    (data / "pickle_module_info.txt").write_text("os")
    (data / "model.pth").write_bytes(pickle.dumps(Bomb(mark)))
    rewrite(package, sklearn=None, pytorch={"model_data": "data"})
    refuse(package)


@pytest.mark.frameworks
def test_a_torch_program_with_bombs_inside_does_not_go_off(package, mark, tmp_path):
    import torch

    rows = np.ones((4, 2), dtype=np.float32)
    write_package(tmp_path / "torch", torch.nn.Linear(2, 1), input_example=rows)
    sound = tmp_path / "torch" / "data" / "model.pt2"
    assert not read_facts(tmp_path / "torch").needs_trust
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    [program] = [name for name in members if "/models/" in name]
    [weights] = [name for name in members if name.endswith("weights_config.json")]
    [samples] = [name for name in members if "/sample_inputs/" in name]

    checkpoint = io.BytesIO()
    with zipfile.ZipFile(checkpoint, "w") as inner:
        inner.writestr("archive/data.pkl", pickle.dumps(Bomb(mark), protocol=2))
    evil_shape = f"__import__('pathlib').Path({str(mark)!r}).write_text('it went off')"
    changes = {
        "its tensor .* is a pickle": {weights: members[weights].replace(b'"use_pickle": false', b'"use_pickle": true')},
        "its sample inputs need": {samples: checkpoint.getvalue()},
        "its program calls": {
            program: members[program].replace(b"torch.ops.aten.linear.default", b"torch.serialization.os.system")
        },
        "its program has the shape": {program: with_text(members[program], "expr_str", evil_shape)},
        "its program has guards": {program: with_guard(members[program], evil_shape)},
        "it has the record .*evil": {"model/data/aotinductor/model/evil.so": b"\x7fELF"},
        "it has the record .*opaque": {"model/data/constants/opaque_obj_0": pickle.dumps(Bomb(mark))},
    }
    for what, change in changes.items():
        with zipfile.ZipFile(sound, "w") as archive:
            for name, content in {**members, **change}.items():
                archive.writestr(name, content)
        with pytest.raises(UntrustedModel, match=what):
            load_package(tmp_path / "torch")


def with_text(program, key, text):
    """Set every value of this key in a program's JSON; it must have one."""
    found = []

    def replaced(node):
        if isinstance(node, dict):
            found.extend(name for name in node if name == key)
            return {name: text if name == key else replaced(value) for name, value in node.items()}
        return [replaced(item) for item in node] if isinstance(node, list) else node

    changed = replaced(json.loads(program))
    assert found
    return json.dumps(changed).encode()


def with_guard(program, text):
    return json.dumps({**json.loads(program), "guards_code": [text]}).encode()


@pytest.mark.frameworks
def test_a_keras_file_with_code_inside_does_not_run_it(package, mark, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="relu")])
    write_package(tmp_path / "keras", model, input_example=np.ones((3, 2), dtype=np.float32))
    sound = tmp_path / "keras" / "data" / "model.keras"
    assert not read_facts(tmp_path / "keras").needs_trust
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    layer = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}, "registered_name": None}
    evil = [
        layer
        | {"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4w=="}}}},
        layer | {"class_name": "TorchModuleWrapper"},
        layer | {"module": "os", "class_name": "system"},
        layer | {"module": "keras.utils", "class_name": "get_file"},
        layer | {"module": "keras.src.utils.file_utils", "class_name": "Get_file"},
        layer | {"module": "subprocess", "class_name": "Popen"},
        layer | {"module": "keras.models", "class_name": "load_model"},
        layer | {"registered_name": "Custom>Mine"},
        layer | {"config": {"activation": {"module": "builtins", "class_name": "function", "config": "eval"}}},
        layer | {"config": {"activation": {"module": "os", "class_name": "function", "config": "system"}}},
        layer | {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    ]
    for one in evil:
        config = json.loads(members["config.json"])
        config["config"]["layers"].append(one)
        with zipfile.ZipFile(sound, "w") as archive:
            for name, content in {**members, "config.json": json.dumps(config).encode()}.items():
                archive.writestr(name, content)
        with pytest.raises(UntrustedModel, match=str(one["class_name"] if one["class_name"] != "Dense" else "needs")):
            load_package(tmp_path / "keras")


@pytest.mark.frameworks
@pytest.mark.parametrize("kind", ["link", "data"])
def test_a_keras_file_cannot_take_its_weights_from_elsewhere(package, tmp_path, monkeypatch, kind):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    import h5py
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    write_package(tmp_path / "keras", model, input_example=np.ones((3, 2), dtype=np.float32))
    file = tmp_path / "keras" / "data" / "model.keras"
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    (tmp_path / "secret").write_bytes(b"12345678")
    with h5py.File(weights, "a") as content:
        if kind == "link":
            content["layers/dense/evil"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/")
        else:
            content["layers/dense"].create_dataset("evil", (2,), "f4", external=[(str(tmp_path / "secret"), 0, 8)])
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {**members, "model.weights.h5": weights.getvalue()}.items():
            archive.writestr(name, content)
    refuse(tmp_path / "keras", BadPackage, "another file")


def test_a_tensorflow_program_is_not_run(package):
    (package / "data" / "model").mkdir(parents=True)
    (package / "data" / "model" / "saved_model.pb").write_bytes(b"")
    rewrite(package, sklearn=None, keras={"data": "data", "save_exported_model": True})
    assert read_facts(package).needs_trust
    assert "can read and write files" in refuse(package)


# skops.


class Loud:
    """A type that no list knows. Making one leaves a mark."""

    def __init__(self):
        self.place = ""

    def __setstate__(self, state):
        Path(state["place"]).write_text("it went off")


def test_a_foreign_type_in_a_skops_file_is_not_made(package, mark):
    import skops.io

    loud = Loud()
    loud.place = str(mark)
    skops.io.dump(loud, package / "model.skops")
    assert "Loud" in refuse(package)


def test_a_list_of_trusted_types_that_travels_with_the_model_is_not_believed(package, mark):
    import skops.io

    loud = Loud()
    loud.place = str(mark)
    skops.io.dump(loud, package / "model.skops")
    rewrite(package, sklearn={"skops_trusted_types": skops.io.get_untrusted_types(file=package / "model.skops")})
    refuse(package)


def test_a_function_from_elsewhere_in_a_skops_file_is_not_looked_up(package):
    edit_schema(package / "model.skops", lambda text: text.replace("RandomForestClassifier", "system", 1))
    refuse(package)


def test_an_older_protocol_with_its_laxer_rules_is_not_read(package):
    edit_schema(package / "model.skops", lambda text: text.replace('"protocol":2', '"protocol":0'))
    refuse(package)


@pytest.mark.parametrize("kind", ["forest", "hist", "neighbours"])
def test_trees_that_point_outside_themselves_are_refused(package, iris, kind):
    import skops.io
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    if kind == "forest":
        model = DecisionTreeClassifier().fit(*iris)
        state = model.tree_.__getstate__()
        state["nodes"]["left_child"][0] = 10**9
        model.tree_.__setstate__(state)
    elif kind == "hist":
        model = HistGradientBoostingClassifier(max_iter=1).fit(*iris)
        model._predictors[0][0].nodes["left"][0] = 10**6
    else:
        model = KNeighborsClassifier(3, algorithm="kd_tree").fit(*iris)
        state = list(model._tree.__getstate__())
        state[1] = state[1].copy()
        state[1][0] = 10**9
        model._tree.__setstate__(tuple(state))
    skops.io.dump(model, package / "model.skops")
    refuse(package, BadPackage, "point outside of it")


def test_trees_that_go_round_in_circles_are_refused(package, iris):
    import skops.io
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier().fit(*iris)
    state = model.tree_.__getstate__()
    state["nodes"]["left_child"][2] = 0
    model.tree_.__setstate__(state)
    skops.io.dump(model, package / "model.skops")
    refuse(package, BadPackage, "point outside of it")


@pytest.mark.parametrize("kind", ["tree", "forest", "bagging", "boosting", "hist", "stages"])
def test_trees_that_ask_for_features_that_nobody_gives_are_refused(package, iris, kind):
    import skops.io
    from sklearn import ensemble, tree

    model = {
        "tree": tree.DecisionTreeClassifier(),
        "forest": ensemble.RandomForestClassifier(2),
        "bagging": ensemble.IsolationForest(n_estimators=2, max_features=2),
        "boosting": ensemble.GradientBoostingRegressor(n_estimators=2),
        "hist": ensemble.HistGradientBoostingClassifier(max_iter=1),
        "stages": ensemble.GradientBoostingClassifier(n_estimators=2),
    }[kind].fit(*iris)
    skops.io.dump(model, package / "model.skops")
    load_package(package)
    if kind == "stages":
        model.n_trees_per_iteration_ = 1
    elif kind == "bagging":
        model.estimators_features_ = [features[:1] for features in model.estimators_features_]
    elif kind == "tree":
        del model.n_features_in_
    else:
        model.n_features_in_ = 1
    skops.io.dump(model, package / "model.skops")
    refuse(package, BadPackage, "ask for features it does not take")


def edit_schema(file, change):
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    before = members["schema.json"].decode()
    members["schema.json"] = change(before).encode()
    assert members["schema.json"] != before.encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


# Names of modules and classes.


@pytest.mark.parametrize("loader", ["os", "subprocess", "antigravity", "trackbook_evil", "a b", ""])
def test_a_loader_named_by_the_package_is_not_imported(package, mark, loader):
    (package / "code").mkdir()
    (package / "code" / "trackbook_evil.py").write_text(f"open({str(mark)!r}, 'w')")
    rewrite(package, sklearn=None, python_function={"loader_module": loader, "code": "code", "data": "model.skops"})
    before, path = set(sys.modules), list(sys.path)
    refuse(package)
    assert loader not in set(sys.modules) - before
    assert sys.path == path


def test_a_loader_that_loads_nothing_is_said_even_with_trust(package):
    rewrite(package, sklearn=None, python_function={"loader_module": "json"})
    with pytest.raises(BadPackage, match="loads no models"):
        load_package(package, trust=True)


def test_code_beside_a_safe_model_stays_off_the_path(package, mark):
    (package / "code").mkdir()
    (package / "code" / "sklearn.py").write_text(f"open({str(mark)!r}, 'w')")
    rewrite(package, sklearn={"code": "code"}, python_function={"code": "code"})
    path = list(sys.path)
    load_package(package)
    assert sys.path == path


@pytest.mark.frameworks
def test_a_class_named_by_an_xgboost_package_is_not_made(package, iris):
    import xgboost

    xgboost.XGBClassifier(n_estimators=1).fit(*iris).save_model(package / "model.ubj")
    for wanted in ("subprocess.Popen", "xgboost.core.DMatrix", "os.system"):
        rewrite(package, sklearn=None, xgboost={"data": "model.ubj", "model_class": wanted})
        refuse(package, BadPackage, "none of XGBoost's models")


# Paths.


ESCAPES = [
    "../secret.pkl",
    "../../etc/passwd",
    "/etc/passwd",
    "//proc/self/root/etc/passwd",
    "data/../../secret.pkl",
    "./model.skops",
    "..\\secret.pkl",
    "C:\\secret.pkl",
    "C:secret.pkl",
    "\\\\server\\share",
    "%2e%2e/secret.pkl",
    "%2e%2e%2fsecret.pkl",
    "~/secret.pkl",
    "model.skops/",
    "a//b",
    "",
    ".",
    "..",
    "model\x00.skops",
    "model\n.skops",
    "file:///etc/passwd",
    "http://169.254.169.254/model.pkl",
    "model.skops#../secret.pkl",
    "model.skops;../secret.pkl",
    ["model.skops"],
    7,
    None,
]


@pytest.mark.parametrize("path", ESCAPES, ids=ascii)
def test_a_path_that_leaves_the_package_is_refused(package, path):
    (package.parent / "secret.pkl").write_bytes(b"secret")
    rewrite(package, sklearn={"pickled_model": path})
    refuse(package, BadPackage)


@pytest.mark.parametrize("path", [path for path in ESCAPES if path is not None], ids=ascii)
@pytest.mark.parametrize("key", ["data", "code", "python_model"])
def test_every_setting_that_names_a_path_is_looked_at(package, key, path):
    rewrite(package, sklearn=None, python_function={"loader_module": "mlflow.pyfunc.model", key: path})
    for trust in (False, True):
        with pytest.raises(BadPackage):
            load_package(package, trust=trust)


def test_an_artifact_of_a_python_model_cannot_lie_elsewhere(package):
    artifacts = {"secret": {"path": "../secret.pkl", "uri": "x"}}
    rewrite(package, sklearn=None, python_function={"loader_module": "mlflow.pyfunc.model", "artifacts": artifacts})
    with pytest.raises(BadPackage, match="leaves the package"):
        load_package(package, trust=True)


@pytest.mark.parametrize("where", ["model.skops", "MLmodel", "code", "harmless.txt"])
def test_a_link_anywhere_in_a_package_is_refused(package, where):
    secret = package.parent / "secret"
    secret.mkdir()
    (secret / "model.skops").write_bytes((package / "model.skops").read_bytes())
    (package / where).unlink(missing_ok=True)
    (package / where).symlink_to(secret if where == "code" else secret / "model.skops")
    refuse(package, BadPackage, "link")
    for ask in (manifest_of, read_facts, sign):
        with pytest.raises(BadPackage, match="link"):
            ask(package)


def test_a_package_that_is_itself_a_link_is_refused(package):
    (package.parent / "link").symlink_to(package)
    refuse(package.parent / "link", BadPackage)


def test_a_pipe_in_a_package_does_not_make_a_reader_wait(package):
    os.mkfifo(package / "pipe")
    refuse(package, BadPackage, "device")


def test_an_input_example_cannot_lie_elsewhere(package):
    from trackbook.models.examples import read_example
    from trackbook.models.mlmodel import read_mlmodel

    content = yaml.safe_load((package / "MLmodel").read_text())
    content["saved_input_example_info"]["artifact_path"] = "../secret.json"
    (package.parent / "secret.json").write_text("[]")
    (package / "MLmodel").write_text(yaml.safe_dump(content))
    with pytest.raises(BadPackage, match="leaves the package"):
        read_example(package, read_mlmodel(package))


@pytest.mark.frameworks
@pytest.mark.parametrize("place", ["../secret.bin", "/etc/passwd", "link.bin"])
def test_an_onnx_graph_cannot_take_its_weights_from_elsewhere(package, place):
    import onnx
    from onnx import TensorProto, helper

    weights = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, 2.0])
    weights.ClearField("float_data")
    weights.data_location = TensorProto.EXTERNAL
    weights.external_data.add(key="location", value=place)
    rows = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    found = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [rows], [found], [weights])
    (package / "model.onnx").write_bytes(helper.make_model(graph).SerializeToString())
    (package.parent / "secret.bin").write_bytes(b"12345678")
    if place == "link.bin":
        (package / place).symlink_to(package.parent / "secret.bin")
    rewrite(package, sklearn=None, onnx={"data": "model.onnx"})
    refuse(package, BadPackage)
    assert onnx.__name__


# YAML and JSON.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("!!python/object/apply:os.system ['touch {mark}']", id="a tag that calls"),
        pytest.param("flavors: !!python/name:os.system", id="a tag that names"),
        pytest.param("flavors: {sklearn: !!python/object/new:pathlib.Path ['x']}", id="a tag that makes"),
        pytest.param("a: &a [x, x]\nb: &b [*a, *a]\nflavors: {s: {x: *b}}", id="aliases, as in a billion laughs"),
        pytest.param("flavors: &f {s: *f}", id="a thing within itself"),
        pytest.param("[" * 5000, id="five thousand levels"),
        pytest.param("flavors: {sklearn: {}}\n" + "#" * 1_100_000, id="a megabyte"),
        pytest.param("[1, 2]", id="no mapping"),
        pytest.param("flavors: [sklearn]", id="flavors that are a list"),
        pytest.param("flavors: {sklearn: 3}", id="a flavor that is a number"),
        pytest.param("", id="empty"),
        pytest.param("\x00\xff", id="no text"),
        pytest.param("flavors: {sklearn: {}}\nsignature: 3", id="a signature that is a number"),
        pytest.param("flavors: {sklearn: {}}\nsignature: {inputs: '[[[['}", id="a broken signature"),
        pytest.param('flavors: {sklearn: {}}\nsignature: {inputs: \'[{"type": "evil"}]\'}', id="an unknown type"),
        pytest.param("flavors: {sklearn: {}}\nmetadata: [1]", id="metadata that is a list"),
    ],
)
def test_a_hostile_mlmodel_file_is_refused_by_name(package, mark, text):
    (package / "MLmodel").write_text(text.replace("{mark}", str(mark)), encoding="latin-1")
    assert "'MLmodel'" in refuse(package, BadPackage)
    with pytest.raises(BadPackage, match="MLmodel"):
        read_facts(package)


def test_a_signature_a_thousand_levels_deep_is_refused(package):
    deep = '{"type": "array", "items": ' * 3000 + '{"type": "long"}' + "}" * 3000
    content = {"flavors": {"sklearn": {}}, "signature": {"inputs": f"[{deep}]", "outputs": None, "params": None}}
    (package / "MLmodel").write_text(yaml.safe_dump(content))
    refuse(package, BadPackage, "MLmodel")


def test_requirements_that_are_a_gigabyte_are_not_read(package):
    with (package / "requirements.txt").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(BadPackage, match=r"requirements\.txt"):
        read_facts(package)


# Archives.


def test_a_zip_bomb_is_refused_before_it_is_unfolded(package):
    with zipfile.ZipFile(package / "model.skops", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b"0" * 100_000_000)
    refuse(package, BadPackage, "would unfold to 100,000,000 bytes")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a\\b", "a/../../evil", "C:evil"])
def test_a_zip_whose_member_leaves_it_is_refused(package, name):
    with zipfile.ZipFile(package / "model.skops", "a") as archive:
        archive.writestr(zipfile.ZipInfo("placeholders"), b"x")
    content = (package / "model.skops").read_bytes()
    padded = name.ljust(len("placeholders"), "x").encode()
    (package / "model.skops").write_bytes(content.replace(b"placeholders", padded))
    refuse(package, BadPackage, "member")


def test_a_zip_that_says_one_name_twice_is_refused(package):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(package / "model.skops", "a") as archive:
        archive.writestr("schema.json", b"{}")
    refuse(package, BadPackage, "twice")


# What was altered.


def test_each_file_that_was_altered_lost_or_added_is_named(package):
    manifest = manifest_of(package)
    verify_manifest(package, manifest)
    content = bytearray((package / "model.skops").read_bytes())
    content[100] ^= 1
    (package / "model.skops").write_bytes(content)
    (package / "conda.yaml").unlink()
    (package / "extra.txt").write_text("")
    with pytest.raises(PackageChanged) as caught:
        verify_manifest(package, manifest)
    assert (caught.value.missing, caught.value.altered, caught.value.extra) == (
        ("conda.yaml",),
        ("model.skops",),
        ("extra.txt",),
    )
    assert all(name in str(caught.value) for name in ("conda.yaml", "model.skops", "extra.txt"))


@pytest.mark.parametrize("path", [path for path in ESCAPES if isinstance(path, str)], ids=ascii)
def test_a_manifest_that_names_a_path_outside_is_refused(package, path):
    with pytest.raises(BadPackage):
        verify_manifest(package, [*manifest_of(package), PackageFile(path, "0" * 64, 1)])


def test_names_that_differ_by_case_only_are_refused(package):
    (package / "mlMODEL").write_text("flavors: {}")
    with pytest.raises(BadPackage, match="twice"):
        manifest_of(package)
    with pytest.raises(BadPackage, match="twice"):
        verify_manifest(package, [PackageFile("a", "0" * 64, 1), PackageFile("A", "0" * 64, 1)])
