"""Kernels to run cells in, of the installed ipykernel and of the oldest that we promise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # kernel.py and its kin are no tests

from kernel import TINY_RECORDER, Kernel
from notebook import Notebook

PYTHONS = {"this kernel": sys.executable}
if os.environ.get("TRACKBOOK_KERNEL_6"):
    PYTHONS["ipykernel 6"] = os.environ["TRACKBOOK_KERNEL_6"]


@pytest.fixture(scope="module", params=list(PYTHONS.values()), ids=list(PYTHONS))
def python(request):
    return request.param


@pytest.fixture
def kernel(python, tmp_path):
    """A kernel of one's own, for tests that break something."""
    kernel = Kernel(python, tmp_path)
    assert kernel.run(TINY_RECORDER, store_history=False).status == "ok"
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def shared(python, tmp_path_factory):
    """One kernel for the tests that leave it as it was."""
    kernel = Kernel(python, tmp_path_factory.mktemp("shared"))
    assert kernel.run(TINY_RECORDER, store_history=False).status == "ok"
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """One notebook, trackbook loaded, for all tests of a file; each names its runs."""
    notebook = Notebook(sys.executable, tmp_path_factory.mktemp("notebook"))
    yield notebook
    notebook.close()


@pytest.fixture
def open_notebook(tmp_path):
    """Open notebooks of one's own, with variables of the environment; all in one folder unless said."""
    opened = []

    def open_one(folder=tmp_path, **how):
        opened.append(Notebook(sys.executable, folder, **how))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
