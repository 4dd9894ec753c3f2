"""Which notebook a kernel belongs to, by what each front end leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from trackbook.capture.notebook import notebook_name, script_path


@pytest.mark.parametrize(
    ("user_ns", "environ", "name"),
    [
        pytest.param({}, {}, None, id="plain IPython, nbval and nbconvert leave nothing"),
        pytest.param({}, {"JPY_SESSION_NAME": "/w/a.ipynb"}, "/w/a.ipynb", id="Jupyter's environment"),
        pytest.param({"__session__": "/w/a.ipynb"}, {}, "/w/a.ipynb", id="Jupyter's variable"),
        pytest.param({"__session__": "sub/a b.ipynb"}, {}, "sub/a b.ipynb", id="relative path"),
        pytest.param({}, {"JPY_SESSION_NAME": "6d1c-4b"}, None, id="a console has an id"),
        pytest.param({}, {"JPY_SESSION_NAME": "RTC:a.ipynb"}, "a.ipynb", id="real-time collaboration"),
        pytest.param({"__vsc_ipynb_file__": "/v.ipynb", "__session__": "/s.ipynb"}, {}, "/v.ipynb", id="VS Code"),
        pytest.param({"__vsc_ipynb_file__": "/Interactive-1.interactive"}, {}, None, id="interactive window"),
        pytest.param({"__session__": 7, "__vsc_ipynb_file__": None}, {}, None, id="user took the names"),
    ],
)
def test_the_notebook_is_found_by_what_the_front_end_left(user_ns, environ, name):
    assert notebook_name(user_ns, environ) == (None if name is None else Path(name))


def test_a_script_knows_its_path_and_a_command_has_none(tmp_path):
    code = "from trackbook.capture.notebook import script_path; print(script_path())"
    script = tmp_path / "train.py"
    script.write_text(code)
    by_file = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    by_option = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert by_file.stdout.strip() == str(script)
    assert by_option.stdout.strip() == "None"


def test_a_kernel_has_no_script(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/x/ipykernel_launcher.py", raising=False)
    assert script_path() is None
