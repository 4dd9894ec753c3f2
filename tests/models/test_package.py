"""A model goes into a folder and comes back the same."""

from __future__ import annotations

import re
import stat
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trackbook.errors import BadValue, MissingPackage
from trackbook.models import (
    CannotPack,
    ModelNotFitted,
    NoFlavor,
    SignatureMismatch,
    UntrustedModel,
    flavor_of,
    infer_signature,
    is_fitted,
    load_package,
    load_python_function,
    manifest_of,
    read_facts,
    write_package,
)


def double(data):
    return data * 2


class Threshold:
    """Says yes above a limit."""

    def __init__(self, limit):
        self.limit = limit

    def predict(self, data, params=None):
        return (data["x"] > (params or {}).get("limit", self.limit)).astype(int)


def test_a_forest_comes_back_and_predicts_the_same(tmp_path, iris, forest):
    facts = write_package(tmp_path / "model", forest, input_example=iris[0])
    loaded = load_package(tmp_path / "model")
    assert (loaded.predict_proba(iris[0]) == forest.predict_proba(iris[0])).all()
    assert (load_python_function(tmp_path / "model").predict(iris[0]) == forest.predict(iris[0])).all()
    assert facts.flavors == ("sklearn", "python_function")
    assert (facts.formats, facts.needs_trust) == (("skops",), False)
    assert facts == read_facts(tmp_path / "model")
    assert facts.size == sum(path.stat().st_size for path in (tmp_path / "model").rglob("*") if path.is_file())


def test_the_package_has_the_files_of_the_format(tmp_path, iris, forest):
    write_package(tmp_path / "model", forest, input_example=iris[0])
    assert sorted(file.path for file in manifest_of(tmp_path / "model")) == [
        "MLmodel",
        "conda.yaml",
        "input_example.json",
        "model.skops",
        "python_env.yaml",
        "requirements.txt",
        "serving_input_example.json",
    ]


def test_packing_twice_changes_nothing_but_the_small_mlmodel_file(tmp_path, iris, forest):
    for name in ("once", "again"):
        write_package(tmp_path / name, forest, input_example=iris[0])
    once, again = manifest_of(tmp_path / "once"), manifest_of(tmp_path / "again")
    assert [file.path for file, other in zip(once, again, strict=True) if file != other] == ["MLmodel"]


def test_only_the_owner_can_look_into_a_package_being_written(tmp_path, forest):
    write_package(tmp_path / "model", forest)
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o700


def test_an_example_is_cut_to_a_hundred_rows(tmp_path, iris, forest):
    write_package(tmp_path / "model", forest, input_example=iris[0])
    assert len(pd.read_json(tmp_path / "model" / "input_example.json", orient="split")) == 100


def test_requirements_are_what_the_model_imports_not_the_whole_environment(tmp_path, forest):
    facts = write_package(tmp_path / "model", forest)
    assert [line.partition("==")[0] for line in facts.requirements] == ["numpy", "scikit-learn", "skops"]


def test_requirements_of_a_function_are_those_that_it_names(tmp_path):
    space = {"np": np, "__name__": "__main__"}
    exec("def score(data):\n    return np.log1p(data)", space)
    facts = write_package(tmp_path / "model", space["score"], flavor="python_function")
    assert [line.partition("==")[0] for line in facts.requirements] == ["cloudpickle", "numpy"]


def test_requirements_and_metadata_can_be_said(tmp_path, forest):
    facts = write_package(tmp_path / "model", forest, requirements=["scikit-learn>=1.5"], metadata={"team": "ads"})
    assert facts.requirements == ("scikit-learn>=1.5",)
    assert facts.metadata == {"team": "ads"}


def test_an_unfitted_estimator_is_refused_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(ModelNotFitted, match="LogisticRegression is not fitted yet"):
        write_package(tmp_path / "model", LogisticRegression())
    assert list(tmp_path.iterdir()) == []


def test_an_unfitted_pipeline_is_refused(tmp_path):
    assert is_fitted(make_pipeline(StandardScaler(), LogisticRegression())) is False


def test_a_model_that_cannot_predict_on_its_example_leaves_nothing_behind(tmp_path, iris, forest):
    with pytest.raises(CannotPack, match="does not predict on the input example"):
        write_package(tmp_path / "model", forest, input_example=iris[0].iloc[:, :2])
    assert not (tmp_path / "model").exists()


def test_an_object_that_is_no_model_is_told_how_it_could_be_kept(tmp_path):
    with pytest.raises(NoFlavor, match='flavor="python_function"'):
        write_package(tmp_path / "model", Threshold(1))


def test_callables_and_objects_with_predict_are_models_only_when_asked_for():
    assert flavor_of(double) is None
    assert flavor_of(Threshold(1)) is None
    assert flavor_of(double, explicit=True) == "python_function"
    assert flavor_of(Threshold(1), explicit=True) == "python_function"
    assert flavor_of(3, explicit=True) is None


def test_a_function_comes_back_only_with_trust(tmp_path):
    facts = write_package(tmp_path / "model", double, flavor="python_function", input_example=np.ones((2, 3)))
    assert (facts.formats, facts.needs_trust) == (("cloudpickle",), True)
    with pytest.raises(UntrustedModel, match="trust=True"):
        load_package(tmp_path / "model")
    assert load_package(tmp_path / "model", trust=True)(4) == 8


def test_params_reach_an_object_with_predict(tmp_path):
    frame = pd.DataFrame({"x": [1, 5, 9]})
    write_package(tmp_path / "model", Threshold(4), flavor="python_function", input_example=frame)
    loaded = load_python_function(tmp_path / "model", trust=True)
    assert loaded.predict(frame).tolist() == [0, 1, 1]
    assert loaded.predict(frame, {"limit": 6}).tolist() == [0, 0, 1]


def test_predicting_names_the_columns_that_do_not_fit(tmp_path, iris, forest):
    write_package(tmp_path / "model", forest, input_example=iris[0])
    wrong = iris[0].rename(columns={"sepal length (cm)": "length"}).astype({"sepal width (cm)": str})
    with pytest.raises(SignatureMismatch) as caught:
        load_python_function(tmp_path / "model").predict(wrong)
    assert caught.value.problems == (
        "column 'sepal length (cm)' is missing",
        "column 'sepal width (cm)' is string where double is asked for",
    )


def test_an_example_that_does_not_fit_the_signature_it_comes_with_leaves_nothing_behind(tmp_path, iris, forest):
    signature = infer_signature(iris[0].rename(columns={"sepal length (cm)": "length"}))
    with pytest.raises(SignatureMismatch, match="'length' is missing"):
        write_package(tmp_path / "model", forest, signature=signature, input_example=iris[0])
    assert not (tmp_path / "model").exists()
    fitting = infer_signature(iris[0])
    assert write_package(tmp_path / "model", forest, signature=fitting, input_example=iris[0]).signature == fitting


def test_columns_in_another_order_and_extra_ones_do_not_matter(tmp_path, iris, forest):
    write_package(tmp_path / "model", forest, input_example=iris[0])
    shuffled = iris[0].assign(extra=1)[["extra", *reversed(iris[0].columns)]]
    assert (load_python_function(tmp_path / "model").predict(shuffled) == forest.predict(iris[0])).all()


def test_what_skops_cannot_keep_is_pickled_only_when_said(tmp_path, iris):
    from sklearn.cluster import Birch

    model = Birch().fit(iris[0])
    with pytest.raises(CannotPack, match='serialization_format="cloudpickle"'):
        write_package(tmp_path / "model", model)
    facts = write_package(tmp_path / "model", model, serialization_format="cloudpickle")
    assert (facts.formats, facts.needs_trust) == (("cloudpickle",), True)
    loaded = load_package(tmp_path / "model", trust=True)
    assert (loaded.predict(iris[0]) == model.predict(iris[0])).all()


@pytest.fixture
def own_module(tmp_path, monkeypatch):
    """A module in a file of the user's own, which `forget` takes away as if it were another machine."""
    (tmp_path / "lib").mkdir()
    file = tmp_path / "lib" / "tripling_of_ours.py"
    path = list(sys.path)
    file.write_text("def triple(data):\n    return helper(data)\n\n\ndef helper(data):\n    return data * 3\n")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    import tripling_of_ours

    def forget():
        file.unlink()
        sys.path.remove(str(tmp_path / "lib"))
        del sys.modules["tripling_of_ours"]

    yield tripling_of_ours, file, forget
    sys.path[:] = path
    sys.modules.pop("tripling_of_ours", None)


def test_a_function_of_ones_own_file_travels_by_itself(tmp_path, own_module):
    module, _, forget = own_module
    facts = write_package(tmp_path / "model", module.triple, flavor="python_function")
    forget()
    assert load_package(tmp_path / "model", trust=True)(2) == 6
    assert [line.partition("==")[0] for line in facts.requirements] == ["cloudpickle"]


def test_code_paths_travel_and_are_imported_only_with_trust(tmp_path, own_module):
    module, file, forget = own_module
    write_package(tmp_path / "model", module.triple, flavor="python_function", code_paths=[file])
    forget()
    path = list(sys.path)
    with pytest.raises(UntrustedModel):
        load_package(tmp_path / "model")
    assert sys.path == path
    load_package(tmp_path / "model", trust=True)
    import tripling_of_ours

    assert tripling_of_ours.triple(2) == 6


def test_a_code_path_that_is_not_there_is_said(tmp_path, forest):
    with pytest.raises(BadValue, match="nothing at that place"):
        write_package(tmp_path / "model", forest, code_paths=[tmp_path / "nowhere.py"])


def test_every_fitted_estimator_type_of_a_pipeline_search_is_trusted_without_asking(tmp_path, iris):
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, VotingClassifier
    from sklearn.model_selection import GridSearchCV
    from sklearn.neighbors import KNeighborsClassifier

    voting = VotingClassifier(
        [
            ("near", make_pipeline(StandardScaler(), KNeighborsClassifier(3))),
            ("hist", HistGradientBoostingClassifier(max_iter=5)),
            ("boost", GradientBoostingClassifier(n_estimators=5)),
        ]
    )
    search = GridSearchCV(voting, {"near__kneighborsclassifier__n_neighbors": [3, 5]}, cv=2).fit(*iris)
    facts = write_package(tmp_path / "model", search)
    assert not facts.needs_trust
    assert (load_package(tmp_path / "model").predict(iris[0]) == search.predict(iris[0])).all()


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore")
def test_every_estimator_of_sklearn_that_skops_can_keep_needs_no_trust(tmp_path, iris):
    """The list of types is complete for what scikit-learn itself fits."""
    from sklearn.utils import all_estimators

    rows, labels = iris[0].abs()[::3], iris[1][::3]
    asked, kept = {}, 0
    for name, estimator in all_estimators():
        if name in {"LogisticRegressionCV", "TSNE"}:
            continue  # as others, and slow
        try:
            model = estimator()
            few = {"n_estimators": 3} if "n_estimators" in model.get_params() else {}
            model.set_params(**few).fit(rows, labels)
            facts = write_package(tmp_path / name, model)
        except (CannotPack, TypeError, ValueError, AttributeError, IndexError):
            continue  # it needs arguments or other data, or skops knows no way
        kept += 1
        if facts.needs_trust:
            asked[name] = facts.formats
            continue
        loaded = load_package(tmp_path / name)
        if hasattr(model, "predict"):
            assert np.allclose(loaded.predict(rows), model.predict(rows), atol=1e-12), name
    assert asked == {}
    assert kept > 120


def test_a_class_of_the_notebook_in_a_pipeline_is_refused_with_a_way_out(tmp_path, iris, monkeypatch):
    from sklearn.base import BaseEstimator, TransformerMixin

    class Shift(TransformerMixin, BaseEstimator):
        def fit(self, rows, labels=None):
            self.fitted_ = True
            return self

        def transform(self, rows):
            return rows + 1

    Shift.__module__, Shift.__qualname__ = "__main__", "Shift"
    monkeypatch.setattr(sys.modules["__main__"], "Shift", Shift, raising=False)
    model = make_pipeline(Shift(), LogisticRegression(max_iter=500)).fit(*iris)
    with pytest.raises(CannotPack, match="Shift is known to this notebook alone"):
        write_package(tmp_path / "model", model)
    write_package(tmp_path / "model", model, serialization_format="cloudpickle")
    monkeypatch.undo()
    loaded = load_package(tmp_path / "model", trust=True)
    assert (loaded.predict(iris[0]) == model.predict(iris[0])).all()


def test_what_a_pickle_needs_and_is_not_here_is_said(tmp_path, own_module):
    module, _, forget = own_module
    write_package(tmp_path / "model", module.triple, flavor="python_function")
    import pickle

    (tmp_path / "model" / "python_model.pkl").write_bytes(pickle.dumps(module.triple))
    forget()
    with pytest.raises(MissingPackage, match="needs tripling_of_ours"):
        load_package(tmp_path / "model", trust=True)


def test_metadata_may_hold_numbers_of_numpy_but_no_objects(tmp_path, forest):
    facts = write_package(tmp_path / "model", forest, metadata={"score": np.float64(0.5), "tags": ["a"]})
    assert facts.metadata == {"score": 0.5, "tags": ["a"]}
    with pytest.raises(BadValue, match="no plain value"):
        write_package(tmp_path / "other", forest, metadata={"model": forest})


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, forest):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.txt").write_text("mine")
    with pytest.raises(BadValue, match="something in it"):
        write_package(tmp_path / "model", forest)
    assert (tmp_path / "model" / "mine.txt").read_text() == "mine"


def test_a_flavor_of_somebody_else_takes_its_models_first(tmp_path, monkeypatch, forest):
    from importlib.metadata import EntryPoint

    from trackbook.models import flavors
    from trackbook.models.flavors.sklearn import SklearnFlavor

    class Mine(SklearnFlavor):
        name = "mine"

    monkeypatch.setitem(sys.modules, "somebody_elses", type(sys)("somebody_elses"))
    sys.modules["somebody_elses"].FLAVOR = Mine()
    point = EntryPoint("mine", "somebody_elses:FLAVOR", flavors.GROUP)
    monkeypatch.setattr(flavors, "entry_points", lambda group: [point] if group == flavors.GROUP else [])
    flavors.known_flavors.cache_clear()
    try:
        assert flavor_of(forest) == "mine"
        facts = write_package(tmp_path / "model", forest)
        assert facts.flavors == ("mine", "python_function")
        assert type(load_package(tmp_path / "model")) is type(forest)
    finally:
        flavors.known_flavors.cache_clear()


def test_asking_for_a_flavor_imports_no_framework():
    code = (
        "import sys; from trackbook.models import flavor_of, is_fitted;"
        "assert flavor_of([1]) is None and flavor_of(len, explicit=True) == 'python_function';"
        "print(*sorted({'sklearn', 'torch', 'keras', 'xgboost', 'lightgbm', 'onnx', 'skops', 'mlflow'} & set(sys.modules)))"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == []


@pytest.mark.parametrize(
    ("missing", "flavor", "sentence"),
    [
        ("skops", None, "needs skops: pip install 'trackbook[models]'"),
        ("cloudpickle", "python_function", "needs cloudpickle: pip install 'trackbook[models]'"),
    ],
)
def test_a_missing_package_is_said_with_the_extra_that_brings_it(
    tmp_path, forest, monkeypatch, missing, flavor, sentence
):
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingPackage, match=re.escape(sentence)):
        write_package(tmp_path / "model", forest, flavor=flavor)
