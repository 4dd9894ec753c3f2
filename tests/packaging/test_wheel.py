"""One `pip install` brings everything: the wheel is built here, on a path without Node.js, and put into a fresh environment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = "share/jupyter/labextensions/trackbook-lab/"
CONFIG = "etc/jupyter/jupyter_server_config.d/trackbook.json"
AS_A_USER = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_QUIET": "1"}

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The tree as git has it, with what was changed since: nothing that was built is in it."""
    folder = tmp_path_factory.mktemp("source") / "trackbook"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A PATH with a shell and nothing else: no node, no npm."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("sh", "env"):
        (folder / name).symlink_to(shutil.which(name))
    return str(folder)


@pytest.fixture(scope="module")
def wheel(source, path, tmp_path_factory):
    return built(source, path, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """An environment with JupyterLab and this wheel, and no command besides the install."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", f"{wheel}", "jupyterlab"], check=True, env=os.environ | AS_A_USER)
    return folder


def built(source, path, target):
    """Build a wheel of a tree or of an sdist."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", target, source],
        check=True,
        env=os.environ | AS_A_USER | {"PATH": path},
    )
    (found,) = target.glob("trackbook-*.whl")
    return found


def contents(wheel):
    """Hash each file of a wheel, by its name without what leads to the folder of data."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name.partition(".data/data/")[2] or name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
        }


def said(fresh, *words):
    """What a command of the fresh environment says, with no other environment's settings near it."""
    own = {f"JUPYTER_{name}_DIR": str(fresh / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    done = subprocess.run(
        [fresh / "bin" / "jupyter", *words], env=os.environ | own, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


def test_a_wheel_built_without_node_holds_panels_extension_and_configuration(wheel):
    names = set(contents(wheel))
    assert {EXTENSION + "package.json", EXTENSION + "install.json", CONFIG} <= names
    assert "trackbook/widgets/static/anchor.js" in names
    assert any(name.startswith(EXTENSION + "static/remoteEntry.") for name in names)
    assert EXTENSION + "schemas/trackbook-lab/plugin.json" in names
    assert not [name for name in names if name.startswith("trackbook/labextension")]


def test_the_extension_is_small_enough_to_start_quickly(wheel):
    with zipfile.ZipFile(wheel) as archive:
        parts = [each for each in archive.infolist() if f"{EXTENSION}static/" in each.filename]
    assert 0 < sum(each.compress_size for each in parts) <= 300_000


def test_the_lock_file_names_no_place_to_download_from(source):
    text = (source / "js" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    locked = json.loads(text)["packages"]
    assert all(name == "" or "integrity" in facts for name, facts in locked.items())


def test_two_builds_give_the_same_files_wherever_they_are_made(wheel, source, path, tmp_path):
    elsewhere = source.rename(tmp_path / "elsewhere")  # with what npm has installed, which takes the time
    try:
        for made in ("js/lib", "src/trackbook/labextension", "src/trackbook/widgets/static"):
            shutil.rmtree(elsewhere / made)
        second = contents(built(elsewhere, path, tmp_path / "wheel"))
    finally:
        elsewhere.rename(source)
    first = contents(wheel)
    assert {name: at for name, at in first.items() if second.get(name) != at} == {}
    assert first.keys() == second.keys()


def test_a_wheel_of_the_sdist_is_the_same(wheel, source, path, tmp_path):
    builder = "import sys, hatchling.build as b; print(b.build_sdist(sys.argv[1]))"
    environment = tmp_path / "builder"
    venv.create(environment, with_pip=True)
    needs = ["hatchling>=1.27", "hatch-jupyter-builder>=0.10"]
    subprocess.run([environment / "bin" / "pip", "install", *needs], check=True, env=os.environ | AS_A_USER)
    # The tree was built for the wheel, so that nothing is built again here and no Node.js is asked for.
    subprocess.run([environment / "bin" / "python", "-c", builder, tmp_path], cwd=source, check=True)
    (sdist,) = tmp_path.glob("trackbook-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert not [name for name in names if "node_modules" in name or "/js/lib/" in name]
    assert contents(built(sdist, path, tmp_path / "wheel")) == contents(wheel)


def test_an_install_alone_enables_both_halves(fresh):
    listed = said(fresh, "labextension", "list")
    (line,) = [line for line in listed.splitlines() if "trackbook-lab" in line]
    assert "enabled" in line
    assert "OK" in line
    assert "python, trackbook" in line
    served = [line for line in said(fresh, "server", "extension", "list").splitlines() if "trackbook.labapi" in line]
    assert any("enabled" in line for line in served)
    assert any("OK" in line for line in served)
