"""What is said about Python and its packages, also where an installation is half broken."""

import importlib.metadata
import platform
import re
import sys
import time
import zipfile

import pytest

from trackbook.capture.environment import describe_environment, installed_packages


def add_package(folder, stem, metadata: str | None = "Metadata-Version: 2.1\nName: x\nVersion: 9\n\nText: no"):
    place = folder / stem
    place.mkdir(parents=True)
    if metadata is not None:
        (place / ("METADATA" if stem.endswith(".dist-info") else "PKG-INFO")).write_text(metadata)


def test_this_environment_is_told_as_python_tells_it():
    told = describe_environment()
    assert told.python == platform.python_version()
    assert told.implementation == platform.python_implementation()
    assert told.platform == platform.platform()
    assert told == describe_environment()
    assert told.digest == describe_environment().digest


def test_packages_are_those_that_the_standard_library_finds():
    known = {}
    for package in importlib.metadata.distributions():
        known.setdefault(re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower(), package.version)
    assert dict(installed_packages(sys.path)) == known


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        pytest.param("My_Pack.age-1.0.dist-info", ("my-pack-age", "1.0"), id="name is normalised"),
        pytest.param("torch-2.1+cu118.dist-info", ("torch", "2.1+cu118"), id="local version"),
        pytest.param("old-1.0-py3.11.egg-info", ("old", "1.0"), id="egg-info of a build"),
        pytest.param("editable.egg-info", ("x", "9"), id="editable without a version in its name"),
    ],
)
def test_a_package_is_known_by_its_folder(tmp_path, stem, found):
    add_package(tmp_path, stem)
    assert installed_packages([str(tmp_path)]) == (found,)


def test_damaged_and_half_removed_packages_are_left_out(tmp_path):
    add_package(tmp_path, "good-1.0.dist-info")
    add_package(tmp_path, "empty-1.0.dist-info", metadata=None)
    add_package(tmp_path, "~ood-0.9.dist-info")
    add_package(tmp_path, "noname.egg-info", metadata="")
    (tmp_path / "file-1.0.dist-info").write_text("not a folder")
    assert installed_packages([str(tmp_path), str(tmp_path / "absent"), None, "bad\0path"]) == (("good", "1.0"),)


def test_of_two_copies_the_one_that_import_finds_is_told(tmp_path):
    add_package(tmp_path / "first", "same-1.0.dist-info")
    add_package(tmp_path / "second", "same-2.0.dist-info")
    assert installed_packages([str(tmp_path / "first"), str(tmp_path / "second")]) == (("same", "1.0"),)


def test_packages_in_an_archive_are_found_and_a_broken_archive_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
        archive.writestr("zipped-3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: Zipped\nVersion: 3.0\n")
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 and no more")
    assert installed_packages([str(tmp_path / "lib.zip"), str(tmp_path / "broken.zip")]) == (("zipped", "3.0"),)


def test_hundreds_of_packages_take_a_moment(tmp_path):
    for number in range(600):
        add_package(tmp_path, f"package_{number}-1.{number}.dist-info")
    begun = time.process_time()
    assert len(installed_packages([str(tmp_path)])) == 600
    assert time.process_time() - begun < 0.15
