"""The ratios hold on whatever machine this is."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.bench
def test_every_bound_that_is_a_ratio_holds():
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("run.py")), "--quick"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
