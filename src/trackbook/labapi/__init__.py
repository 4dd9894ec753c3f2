"""The Jupyter Server extension: runs and registered models over REST, for the JupyterLab extension.

Of the whole house only this room imports jupyter_server and tornado, and only when a Jupyter server loads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter where the extension is."""
    return [{"module": "trackbook.labapi"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Serve under the server's own URL, as its own user."""
    from trackbook.labapi.loading import load  # noqa: PLC0415 - `jupyter server extension list` needs none of it

    load(server)
