"""Tensors are data sets like any other, and a model's weights are not."""

import tracemalloc

import pytest

from trackbook.capture.datasets import describe, find_datasets

torch = pytest.importorskip("torch")
PLENTY = 100.0


def digest(value):
    return describe("x", value, PLENTY).digest


def test_a_tensor_is_told_by_kind_rows_and_shape():
    facts = describe("x", torch.zeros(5), PLENTY)
    assert (facts.kind, facts.rows, facts.columns) == ("torch", 5, None)
    assert facts.schema == (("values", "torch.float32 (5,)"),)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: torch.tensor(3), id="a number"),
        pytest.param(lambda: torch.eye(3).to_sparse(), id="sparse"),
        pytest.param(lambda: torch.empty(3, device="meta"), id="without content"),
    ],
)
def test_a_tensor_that_holds_no_rows_here_is_no_data_set(make):
    assert describe("x", make(), PLENTY) is None


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float16", "bool", "complex64"])
def test_a_tensor_of_any_dtype_is_told(name):
    dtype = getattr(torch, name)
    tensor = torch.arange(40).to(dtype)
    assert digest(tensor) == digest(tensor.clone())
    assert digest(tensor) != digest(tensor[:-1])
    assert digest(tensor.requires_grad_(dtype.is_floating_point)) == digest(tensor.detach())


def test_describing_a_tensor_does_not_copy_it():
    tensor = torch.zeros(500, 100, 100).permute(2, 1, 0)
    describe("warm", tensor, PLENTY)
    tracemalloc.start()
    describe("x", tensor, PLENTY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_weights_that_a_cell_reads_are_no_data_set():
    assert find_datasets(["weights"], {"weights": torch.nn.Parameter(torch.zeros(100))}, PLENTY) == []
