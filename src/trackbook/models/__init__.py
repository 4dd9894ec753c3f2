"""Model packages in the MLmodel format: written, described, verified, signed, and loaded safely.

Knows folders, never the store. Everything is loaded at first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "BadPackage": "errors",
    "BadSignature": "errors",
    "CannotPack": "errors",
    "check_signature": "fitting",
    "flavor_of": "flavors",
    "infer_signature": "inference",
    "is_fitted": "flavors",
    "is_trusted": "signing",
    "load_package": "loading",
    "load_python_function": "loading",
    "manifest_of": "manifest",
    "ModelError": "errors",
    "ModelNotFitted": "errors",
    "NoFlavor": "errors",
    "own_fingerprint": "signing",
    "PackageChanged": "errors",
    "PackageFacts": "facts",
    "PackageFile": "manifest",
    "read_facts": "facts",
    "sign": "signing",
    "Signature": "signature",
    "SignatureMismatch": "errors",
    "signer": "signing",
    "UntrustedModel": "errors",
    "verify": "signing",
    "verify_manifest": "manifest",
    "write_package": "package",
}
"""Each public name and the room it lives in."""

__all__ = sorted(_HOMES, key=str.casefold)  # noqa: PLE0605 - one list, not two


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public thing
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
