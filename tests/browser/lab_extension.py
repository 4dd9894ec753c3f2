"""The extension as this tree has it: an editable install keeps a copy of it, which grows old."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import trackbook

PACKAGE = Path(trackbook.__file__).parent
TREE = Path(__file__).parents[2] / "src" / "trackbook"


def install_extension(data: Path, config: Path, *, served: bool = True) -> None:
    """Put it where a Jupyter server looks first; served: whether the server's part is enabled."""
    switch = config / "jupyter_server_config.d" / "trackbook.json"
    switch.parent.mkdir(parents=True)
    switch.write_text(json.dumps({"ServerApp": {"jpserver_extensions": {"trackbook.labapi": served}}}))
    if PACKAGE != TREE:
        return  # a wheel brought it along
    built = PACKAGE / "labextension"
    if not (built / "package.json").exists():
        raise RuntimeError("The JupyterLab extension is not built: cd js && npm ci && npm run build")
    shutil.copytree(built, data / "labextensions" / "trackbook-lab")
