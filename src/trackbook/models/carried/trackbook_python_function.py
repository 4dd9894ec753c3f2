"""Loads what trackbook kept as a python_function. Needs cloudpickle and what the model itself imports, nothing else."""

import inspect

import cloudpickle


def _load_pyfunc(path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - MLflow's contract
    """Return the model behind an object with `predict(data, params)`. MLflow calls this."""
    with open(path, "rb") as file:  # noqa: PTH123 - a path as text
        return _Model(cloudpickle.load(file))  # type: ignore[no-untyped-call]


class _Model:
    def __init__(self, model):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204
        self.model = model

    def predict(self, model_input, params=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return call(self.model, model_input, params)  # type: ignore[no-untyped-call]

    def get_raw_model(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return self.model


def call(model, data, params):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - read where there are no types
    """Predict with a callable or an object with `predict`; params go where the function takes them."""
    predict = getattr(model, "predict", None) or model
    try:
        takes = inspect.signature(predict).parameters
    except (TypeError, ValueError):  # written in C
        return predict(data)
    given = [None, data] if next(iter(takes), "") == "context" else [data]
    if "params" in takes:
        return predict(*given, params=params)
    anything = any(one.kind is one.VAR_KEYWORD for one in takes.values())
    return predict(*given, **{name: value for name, value in (params or {}).items() if anything or name in takes})
