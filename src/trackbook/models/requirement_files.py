"""A package's requirements.txt, python_env.yaml and conda.yaml.

Source: MLflow 3.17, utils/environment.py.
"""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from trackbook.models.errors import BadPackage
from trackbook.models.yaml_files import LARGEST, write_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.models.mlmodel import MLmodel

REQUIREMENTS, PYTHON_ENV, CONDA = "requirements.txt", "python_env.yaml", "conda.yaml"
_BUILD = ("pip", "setuptools", "wheel")
_VERSION = re.compile(r"[\w.+-]{1,60}")


def write_environment(folder: Path, requirements: Sequence[str]) -> dict[str, str]:
    """Write the three files; return what python_function's settings say about them."""
    (folder / REQUIREMENTS).write_text("".join(f"{line}\n" for line in requirements), "utf-8")
    python = platform.python_version()
    build = [f"{name}=={found}" for name in _BUILD if (found := _installed(name))]
    write_yaml(
        folder / PYTHON_ENV,
        {"python": python, "build_dependencies": build, "dependencies": [f"-r {REQUIREMENTS}"]},
    )
    pip = _installed("pip")
    conda: list[Any] = [f"python={python}", f"pip<={pip}" if pip else "pip", {"pip": list(requirements)}]
    write_yaml(folder / CONDA, {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": conda})
    return {"conda": CONDA, "virtualenv": PYTHON_ENV}


def read_requirements(folder: Path) -> tuple[str, ...]:
    """Return the lines of requirements.txt without comments; nothing when there is no such file."""
    file = folder / REQUIREMENTS
    if not file.exists():
        return ()
    if file.is_symlink() or file.stat().st_size > LARGEST:
        raise BadPackage(folder, REQUIREMENTS, f"is a link or has more than {LARGEST:,} bytes")
    lines = file.read_text("utf-8", errors="replace").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def read_python(folder: Path, description: MLmodel) -> str:
    """Return the version of Python that the package says it was made with; empty when it says none."""
    settings = description.flavors.get("python_function", {})
    found = str(settings.get("python_version") or "")
    if found and not _VERSION.fullmatch(found):
        raise BadPackage(folder, "MLmodel", "has a python_version that is none")
    return found


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
