"""A model goes into a folder and comes back the same."""

from __future__ import annotations

import stat

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trackbook.errors import BadValue
from trackbook.models import (
    CannotPack,
    ModelNotFitted,
    NoFlavor,
    SignatureMismatch,
    UntrustedModel,
    flavor_of,
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


def test_code_paths_travel_and_are_imported_only_with_trust(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "tripling_of_ours.py").write_text("def triple(data):\n    return data * 3\n")
    import sys

    sys.path.insert(0, str(tmp_path / "lib"))
    try:
        import tripling_of_ours

        write_package(
            tmp_path / "model",
            tripling_of_ours.triple,
            flavor="python_function",
            code_paths=[tmp_path / "lib" / "tripling_of_ours.py"],
        )
    finally:
        sys.path.remove(str(tmp_path / "lib"))
        del sys.modules["tripling_of_ours"]
    (tmp_path / "lib" / "tripling_of_ours.py").unlink()
    path = list(sys.path)
    with pytest.raises(UntrustedModel):
        load_package(tmp_path / "model")
    assert sys.path == path
    try:
        assert load_package(tmp_path / "model", trust=True)(2) == 6
    finally:
        sys.path[:] = path
        sys.modules.pop("tripling_of_ours", None)


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
