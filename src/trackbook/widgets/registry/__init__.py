"""The registry browser: models, their versions, and the decisions about them."""

from trackbook.widgets.registry.panel import RegistryBrowser, registry

__all__ = ["RegistryBrowser", "registry"]
