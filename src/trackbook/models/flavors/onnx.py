"""ONNX: the graph as it is; onnxruntime runs it.

Source: MLflow 3.17, onnx/__init__.py.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trackbook.errors import MissingPackage
from trackbook.models.errors import BadPackage, CannotPack
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_FILE = "model.onnx"
_LARGEST_IN_ONE = 2_000_000_000
"""Protobuf's own limit for one message; beyond it, weights lie in a file beside."""


class OnnxFlavor:
    """ModelProto objects."""

    name = "onnx"
    libraries: tuple[str, ...] = ("onnx",)

    def claims(self, model: object) -> bool:
        """A ModelProto."""
        return isinstance(model, import_module("onnx").ModelProto)

    def is_fitted(self, model: object) -> bool | None:  # noqa: ARG002 - the protocol's
        """What was exported was finished."""
        return True

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - a ModelProto
        """Write model.onnx, and its weights beside it when they are too many for one message."""
        onnx = import_module("onnx")
        if wish.serialization_format not in {None, "onnx"}:
            raise CannotPack(model, f"ONNX has no format {wish.serialization_format!r}", "It is onnx.")
        if model.ByteSize() < _LARGEST_IN_ONE:
            (folder / _FILE).write_bytes(model.SerializeToString(deterministic=True))
        else:
            onnx.save_model(model, folder / _FILE, save_as_external_data=True, location="weights.bin")
        settings = {
            "code": None,
            "data": _FILE,
            "onnx_session_options": None,
            "onnx_version": onnx.__version__,
            "providers": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        }
        return Packed(settings, {"data": _FILE, "loader_module": "mlflow.onnx"}, ("onnx", "onnxruntime"))

    def look(self, folder: Path, settings: Settings) -> Look:
        """A graph of known operators; nothing in it is code."""
        inside(folder, settings.get("data"), "MLmodel")
        return Look(("onnx",))

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:  # noqa: ARG002 - nothing here runs
        """Read the graph; its weights may lie in files beside it, never elsewhere."""
        onnx, file = import_module("onnx"), inside(folder, settings.get("data"), "MLmodel")
        try:
            model = onnx.load(file, load_external_data=False)
        except Exception as error:  # protobuf's own errors
            raise BadPackage(folder, file.name, f"is no ONNX graph: {str(error)[:200]}") from error
        for place in _external_files(model.graph):
            reason = why_not(place)
            if reason:
                raise BadPackage(folder, file.name, f"keeps weights in {place[:200]!r}, which {reason}")
            inside(folder, (file.parent / place).relative_to(folder).as_posix(), file.name)
        onnx.load_external_data_for_model(model, str(file.parent))
        return model

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """Run it on the processor; float64 becomes float32 where the graph asks for that."""
        session: list[Any] = []

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401, ARG001 - as above
            if not session:
                session.append(_session(model))
            return _run(session[0], data)

        return predict


def _external_files(graph: Any) -> Iterator[str]:  # noqa: ANN401 - a GraphProto
    """Yield every file that a tensor of the graph, or of a graph within it, is kept in."""
    tensors = list(graph.initializer)
    for sparse in graph.sparse_initializer:
        tensors += [sparse.values, sparse.indices]  # noqa: PD011 - a message's field, not pandas
    for node in graph.node:
        for attribute in node.attribute:
            tensors += [attribute.t, *attribute.tensors]
            for inner in (attribute.g, *attribute.graphs):
                if inner.node or inner.initializer:
                    yield from _external_files(inner)
    for tensor in tensors:
        yield from (entry.value for entry in tensor.external_data if entry.key == "location")


def _session(model: Any) -> Any:  # noqa: ANN401 - onnxruntime has no types
    try:
        runtime = import_module("onnxruntime")
    except ImportError as error:
        raise MissingPackage("onnxruntime", "Predicting with an ONNX model") from error
    return runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def _run(session: Any, data: Any) -> Any:  # noqa: ANN401 - a frame, an array or arrays by name
    inputs = {entry.name: entry.type for entry in session.get_inputs()}
    if isinstance(data, dict):
        feed = dict(data)
    elif isinstance(data, pd.DataFrame) and len(inputs) > 1:
        feed = {name: data[name].to_numpy() for name in inputs}
    else:
        feed = {next(iter(inputs)): data.to_numpy() if isinstance(data, pd.DataFrame) else np.asarray(data)}
    for name, kind in inputs.items():
        if kind == "tensor(float)" and name in feed and feed[name].dtype == np.float64:
            feed[name] = feed[name].astype(np.float32)
    names = [entry.name for entry in session.get_outputs()]
    found = dict(zip(names, session.run(names, feed), strict=True))
    if isinstance(data, pd.DataFrame):
        return pd.DataFrame({name: np.asarray(values).reshape(-1) for name, values in found.items()})
    return found


FLAVOR: Flavor = OnnxFlavor()
