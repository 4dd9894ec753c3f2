"""A secret in a cell is pointed out by its line, and what only talks of secrets is not."""

from __future__ import annotations

import pytest

from trackbook.capture.code_secrets import lines_with_secrets

KEY = "sk-" + "a1B2" * 8


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        pytest.param(f'x = 1\nclient = OpenAI("{KEY}")', [2], id="a known token, whatever it is called"),
        pytest.param('api_key = "q8f7a6s5d4"', [1], id="a name that says it"),
        pytest.param('cfg.password = "hunter22"\n', [1], id="an attribute"),
        pytest.param('os.environ["DB_PASSWORD"] = "hunter22"', [1], id="a variable of the environment"),
        pytest.param('connect(host="db", password="hunter22")', [1], id="an argument"),
        pytest.param('cfg = {\n  "user": "ana",\n  "secret": "hunter22",\n}', [3], id="an entry"),
        pytest.param('url = "postgresql://ana:hunter22@db/main"', [1], id="a login in an address"),
        pytest.param(f"\n%env OPENAI_API_KEY={KEY}\nx = 1", [2], id="in a magic"),
        pytest.param(f"\n!curl -H 'Authorization: Bearer {KEY}' example.org", [2], id="in a command"),
        pytest.param("%%time\n\ntoken = 'q8f7a6s5d4'", [3], id="below a cell magic"),
        pytest.param("f(api_key=api_key)", [], id="a name is no secret"),
        pytest.param('api_key = os.environ["API_KEY"]', [], id="read from the environment"),
        pytest.param("password = getpass()", [], id="asked for"),
        pytest.param('token = "<pad>"\nsep_token = "[SEP]"', [], id="tokens of a language model"),
        pytest.param("tokenizer = load('bert-base-uncased')\ntokens = 'a b c'", [], id="words that only begin so"),
        pytest.param('"""api_key: the key of the service"""', [], id="a text about keys"),
        pytest.param('raise ValueError("password = needed for this")', [], id="a message"),
        pytest.param('password = ""\napi_key = None\nsecret = "none"', [], id="nothing yet"),
        pytest.param("password = (", [], id="no Python"),
    ],
)
def test_the_line_is_named(cell, lines):
    assert lines_with_secrets(cell) == lines
