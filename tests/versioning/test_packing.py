"""Any model into a run and back."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.models import UntrustedModel

CODE = """
class Doubling:
    def predict(self, data):
        from helpers_of_doubling import twice
        return twice(data)
"""


def test_a_format_that_needs_trust_is_asked_for_by_name(home, monkeypatch, tmp_path):
    monkeypatch.setenv("TRACKBOOK_SIGNING_KEY", str(tmp_path / "mine.pem"))
    with tb.start_run() as run:
        tb.log_model(LogisticRegression().fit([[0], [1]], [0, 1]), serialization_format="cloudpickle")
    monkeypatch.setenv("TRACKBOOK_SIGNING_KEY", str(tmp_path / "another.pem"))
    with pytest.raises(UntrustedModel, match="trust=True"):
        tb.load_model(f"runs:/{run.run_id}/model")
    assert tb.load_model(f"runs:/{run.run_id}/model", trust=True).predict([[1]]).tolist() == [1]


def test_code_that_travels_with_a_model_is_there_when_it_predicts(home, monkeypatch, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "doubling_model.py").write_text(CODE)
    (source / "helpers_of_doubling.py").write_text("def twice(data):\n    return [2 * each for each in data]\n")
    with monkeypatch.context() as path:
        path.syspath_prepend(str(source))
        import doubling_model

        with tb.start_run() as run:
            tb.log_model(
                doubling_model.Doubling(), flavor="python_function",
                code_paths=[source / "doubling_model.py", source / "helpers_of_doubling.py"],
            )  # fmt: skip
    for name in ("doubling_model", "helpers_of_doubling"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    loaded = tb.load_model(f"runs:/{run.run_id}/model", trust=True)
    assert loaded.predict([1, 2]) == [2, 4]
