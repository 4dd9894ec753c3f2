"""A Jupyter server in a process of its own, for benchmarks that speak HTTP."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def lab_server(root: Path) -> Iterator[tuple[str, str]]:
    """Serve a folder; gives the server's address and its token."""
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="trackbook-server-") as name:
        folder = Path(name)
        env = {key: value for key, value in os.environ.items() if not key.startswith("TRACKBOOK_")}
        env |= {key: str(folder / key) for key in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                    "--port=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
                    "--ServerApp.jpserver_extensions={'trackbook.labapi': True}",
                ],
                env=env, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        info = folder / "JUPYTER_RUNTIME_DIR" / f"jpserver-{process.pid}.json"
        try:
            deadline = time.monotonic() + 60
            while True:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "log").read_text()[-4000:])
                try:
                    url = json.loads(info.read_text())["url"].rstrip("/")
                    urllib.request.urlopen(f"{url}/api/status?token={token}", timeout=5).close()
                    break
                except (OSError, ValueError):
                    time.sleep(0.05)
            yield url, token
        finally:
            process.terminate()
            process.wait(20)
