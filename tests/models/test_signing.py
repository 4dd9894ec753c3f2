"""Who packed this, is it as they packed it, and does the reader trust them?"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from trackbook.config import settings
from trackbook.models import (
    BadSignature,
    UntrustedModel,
    load_package,
    manifest_of,
    own_fingerprint,
    sign,
    signer,
    verify,
    write_package,
)


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.write_text, (self.mark, "it went off")


@pytest.fixture
def mark(tmp_path):
    """Where a bomb leaves its mark; no test may leave one."""
    place = tmp_path / "mark"
    yield place
    assert not place.exists(), "the bomb went off"


def refuse(folder, kind=UntrustedModel, says=None):
    with pytest.raises(kind, match=says) as caught:
        load_package(folder)
    return str(caught.value)


def test_a_seal_of_a_stranger_is_not_enough_until_the_reader_trusts_it(tmp_path, monkeypatch):
    write_package(tmp_path / "model", abs, flavor="python_function")
    stranger = sign(tmp_path / "model")
    monkeypatch.setenv("TRACKBOOK_SIGNING_KEY", str(tmp_path / "mine.pem"))
    message = refuse(tmp_path / "model")
    assert f"Its signer {stranger} is not among your trusted_signers" in message
    monkeypatch.setattr(settings(), "trusted_signers", [stranger])
    assert load_package(tmp_path / "model")(-3) == 3


def test_what_oneself_sealed_is_loaded_without_asking(tmp_path):
    write_package(tmp_path / "model", abs, flavor="python_function")
    refuse(tmp_path / "model")
    assert sign(tmp_path / "model") == own_fingerprint() == signer(tmp_path / "model")
    assert load_package(tmp_path / "model")(-3) == 3


@pytest.mark.parametrize("file", ["python_model.pkl", "MLmodel", "code/trackbook_python_function.py", "new.txt"])
def test_a_sealed_package_that_was_changed_is_refused(tmp_path, mark, file):
    folder = tmp_path / "model"
    write_package(folder, abs, flavor="python_function")
    sign(folder)
    before = (folder / file).read_bytes() if (folder / file).exists() else b""
    (folder / file).write_bytes(pickle.dumps(Bomb(mark)) if file.endswith("pkl") else before + b"\n")
    refuse(folder, BadSignature, "changed after it was signed")


def test_a_seal_cannot_be_carried_to_another_package(tmp_path, mark):
    write_package(tmp_path / "good", abs, flavor="python_function")
    sign(tmp_path / "good")
    write_package(tmp_path / "evil", len, flavor="python_function")
    (tmp_path / "evil" / "python_model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    (tmp_path / "evil" / "trackbook.seal.json").write_bytes((tmp_path / "good" / "trackbook.seal.json").read_bytes())
    refuse(tmp_path / "evil", BadSignature)


@pytest.mark.parametrize(
    "seal", [b"", b"{}", b"[]", b"null", b"\xff", b'{"algorithm":"none","public_key":"","signature":""}', b"x" * 20_000]
)
def test_a_seal_that_is_none_is_refused(tmp_path, seal):
    write_package(tmp_path / "model", abs, flavor="python_function")
    (tmp_path / "model" / "trackbook.seal.json").write_bytes(seal)
    refuse(tmp_path / "model", BadSignature)


def test_trust_is_for_that_call_only(tmp_path):
    write_package(tmp_path / "model", abs, flavor="python_function")
    assert load_package(tmp_path / "model", trust=True)(-3) == 3
    refuse(tmp_path / "model")


def test_the_key_can_be_read_by_its_owner_only(tmp_path, own_key):
    fingerprint = own_fingerprint()
    assert own_key.stat().st_mode & 0o777 == 0o600
    assert own_key.parent.stat().st_mode & 0o777 == 0o700
    assert own_fingerprint() == fingerprint
    assert [path.name for path in own_key.parent.iterdir()] == ["key.pem"]


def test_the_same_files_give_the_same_seal(tmp_path, forest):
    write_package(tmp_path / "model", forest)
    sign(tmp_path / "model")
    once = manifest_of(tmp_path / "model")
    sign(tmp_path / "model")
    assert manifest_of(tmp_path / "model") == once


def test_a_sealed_package_may_be_told_its_version(tmp_path):
    write_package(tmp_path / "model", abs, flavor="python_function")
    sign(tmp_path / "model")
    (tmp_path / "model" / "registration.json").write_text('{"version": 3}')
    assert load_package(tmp_path / "model")(-3) == 3


def test_a_store_can_verify_a_seal_without_unpacking_anything(tmp_path, forest):
    write_package(tmp_path / "model", forest)
    fingerprint = sign(tmp_path / "model")
    manifest = manifest_of(tmp_path / "model")
    seal = (tmp_path / "model" / "trackbook.seal.json").read_bytes()
    assert verify(tmp_path / "model", manifest, seal) == fingerprint
    with pytest.raises(BadSignature):
        verify(tmp_path / "model", manifest[1:], seal)


def test_processes_that_sign_first_at_the_same_time_agree_on_one_key(own_key):
    code = "from trackbook.models import own_fingerprint; print(own_fingerprint())"
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for _ in range(6)
    ]
    found = {process.communicate()[0].strip() for process in running}
    assert found == {own_fingerprint()}
    assert [path.name for path in own_key.parent.iterdir()] == ["key.pem"]


def test_without_cryptography_an_unsealed_model_still_loads_and_a_sealed_pickle_says_what_is_missing(
    tmp_path, forest, iris, monkeypatch
):
    write_package(tmp_path / "forest", forest)
    write_package(tmp_path / "function", abs, flavor="python_function")
    sign(tmp_path / "function")
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert load_package(tmp_path / "forest").predict(iris[0]).shape == (150,)
    refuse(tmp_path / "function", ImportError, r"trackbook\[models\]")
