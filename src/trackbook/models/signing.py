"""Seals: who packed this, and is it as they packed it?

A seal is an Ed25519 signature over the canonical manifest, in a file of the
package. It says which key signed, never who may be trusted: that is the
reader's setting `trusted_signers`, and their own key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.config import SIGNING_KEY_VARIABLE, settings
from trackbook.models.errors import BadSignature, NeedsExtra
from trackbook.models.manifest import SEAL_NAME, PackageFile, canonical, manifest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIX = b"trackbook package 1\n"
"""Keeps a signature for us from being one for anything else."""

_LARGEST = 10_000
_FINGERPRINT_DIGITS = 32


def sign(folder: Path) -> str:
    """Seal a package with this user's key and return the key's fingerprint; the same files give the same seal.

    The key is made at the first signing: a file that only its user can read, at TRACKBOOK_SIGNING_KEY or in the
    user's data folder. Raises NeedsExtra without `cryptography`.
    """
    key = _own_key()
    public = _raw(key.public_key())
    content = {
        "algorithm": "ed25519",
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(key.sign(_PREFIX + canonical(manifest_of(folder)))).decode(),
    }
    (folder / SEAL_NAME).write_text(json.dumps(content, indent=1, sort_keys=True), "utf-8")
    return _fingerprint(public)


def signer(folder: Path) -> str | None:
    """Return the fingerprint of the key that sealed a package, None without a seal; raise BadSignature if broken.

    Reads every file of the package once.
    """
    file = folder / SEAL_NAME
    if not file.exists() and not file.is_symlink():
        return None
    return verify(folder, manifest_of(folder), file.read_bytes()[: _LARGEST + 1])


def verify(folder: Path, manifest: Iterable[PackageFile], seal: bytes) -> str:
    """Return the fingerprint of the key whose seal fits a manifest; raise BadSignature when it does not fit.

    folder is named in the error only: a store that holds manifest and seal need not unpack anything.
    """
    try:
        content: Any = json.loads(seal) if len(seal) <= _LARGEST else None
        public = base64.b64decode(content["public_key"], validate=True)
        signature = base64.b64decode(content["signature"], validate=True)
        known = content["algorithm"] == "ed25519"
    except (ValueError, TypeError, KeyError) as error:
        raise BadSignature(folder, SEAL_NAME, "is no seal of ours") from error
    if not known or not _fits(public, signature, _PREFIX + canonical(manifest)):
        raise BadSignature(folder, SEAL_NAME, "does not fit the files: something was changed after it was signed")
    return _fingerprint(public)


def is_trusted(fingerprint: str) -> bool:
    """Say whether packages sealed by this key may run their code here: one's own key, or one in trusted_signers."""
    if fingerprint in settings().trusted_signers:
        return True
    return key_file().exists() and fingerprint == own_fingerprint()


def own_fingerprint() -> str:
    """Return the fingerprint of this user's key, for others to put into their trusted_signers; makes the key."""
    return _fingerprint(_raw(_own_key().public_key()))


def key_file() -> Path:
    """Return where this user's key lies, or would."""
    chosen = os.environ.get(SIGNING_KEY_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "trackbook" / "signing_key.pem"


def _own_key() -> Any:  # noqa: ANN401 - cryptography is an extra
    file = key_file()
    serialization = _crypto("serialization")
    if not file.exists():
        _make_key(file, serialization)
    try:
        return serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadSignature(file.parent, file.name, "holds no private key without a password") from error


def _make_key(file: Path, serialization: Any) -> None:  # noqa: ANN401 - cryptography's module
    """Write a new key so that no other user can read it at any moment, and so that two processes agree on one."""
    key = _crypto("asymmetric.ed25519").Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)  # fails when another process was first, whose key then counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _fits(public: bytes, signature: bytes, content: bytes) -> bool:
    try:
        _crypto("asymmetric.ed25519").Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except NeedsExtra:
        raise
    except Exception:  # noqa: BLE001 - InvalidSignature, or ValueError for a key that is none
        return False
    return True


def _raw(public_key: Any) -> bytes:  # noqa: ANN401 - cryptography's type
    serialization = _crypto("serialization")
    raw: bytes = public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw


def _fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:_FINGERPRINT_DIGITS]


def _crypto(module: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(f"cryptography.hazmat.primitives.{module}")
    except ImportError as error:
        raise NeedsExtra("cryptography", "Signing a model package") from error
