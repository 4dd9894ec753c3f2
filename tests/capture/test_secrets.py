"""What is masked before text is kept, what is left readable, and that no text takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.capture.secrets import MASK, mask_secrets


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param('password = "hunter2"', "hunter2", id="assigned literal"),
        pytest.param("DB_PASSWORD=hunter2", "hunter2", id="environment file"),
        pytest.param("password = hunter2", "hunter2", id="ini file"),
        pytest.param("  api_key: hunter2", "hunter2", id="yaml"),
        pytest.param('"client_secret": "hunter2",', "hunter2", id="json"),
        pytest.param('{\\"api_key\\": \\"hunter2\\"}', "hunter2", id="json inside json"),
        pytest.param('os.environ["OPENAI_API_KEY"] = "hunter2"', "hunter2", id="environment variable set"),
        pytest.param('os.getenv("API_TOKEN", "hunter2")', "hunter2", id="fallback of a variable"),
        pytest.param('token: str = "hunter2"', "hunter2", id="annotated"),
        pytest.param('if password == "hunter2":', "hunter2", id="compared"),
        pytest.param('login(token="hunter2")', "hunter2", id="keyword argument"),
        pytest.param('password = "with \\" a quote hunter2"', "hunter2", id="escaped quote"),
        pytest.param('password = f"hunter2{x}"', "hunter2", id="f-string"),
        pytest.param('pwd = """hunter2', "hunter2", id="triple quotes"),
        pytest.param("run --hf-token hunter2 --fast", "hunter2", id="command line option"),
        pytest.param("https://api.host/x?access_token=hunter2&page=1", "hunter2", id="query of a url"),
        pytest.param("postgresql://ana:hunter2@db.host/x", "hunter2", id="login in a url"),
        pytest.param("postgresql://ana:hun@ter2@db.host/x", "ter2", id="at sign in a password"),
        pytest.param("Authorization: Bearer hunter2hunter2", "hunter2", id="bearer header"),
        pytest.param("'Authorization': 'Basic aHVudGVyMg=='", "aHVudGVyMg", id="basic header"),
        pytest.param("x = 'AKIAIOSFODNN7EXAMPLE'", "AKIAIOSFODNN7EXAMPLE", id="AWS key id"),
        pytest.param("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPx", "wJalrXUtnFEMI", id="AWS secret"),
        pytest.param("ghp_" + "a1" * 18, "a1a1", id="GitHub"),
        pytest.param("github_pat_" + "a1_" * 12, "a1_a1", id="GitHub fine-grained"),
        pytest.param("glpat-" + "a1" * 10, "a1a1", id="GitLab"),
        pytest.param("hf_" + "aB" * 17, "aBaB", id="Hugging Face"),
        pytest.param("sk-proj-" + "aB1-" * 10, "aB1-", id="OpenAI"),
        pytest.param("xoxb-123456789012-abcdefgh", "123456789012", id="Slack"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3.SflKxwRJSM", "SflKxwRJSM", id="JSON Web Token"),
    ],
)
def test_a_secret_is_not_in_what_is_kept(text, secret):
    assert secret not in mask_secrets(text)
    assert MASK in mask_secrets(text)
    assert secret not in mask_secrets(f"+{text}\n context\n")


@pytest.mark.parametrize(
    "code",
    [
        "max_tokens = 512",
        'tokenizer = AutoTokenizer.from_pretrained("bert-base")',
        'pad_token = "<pad>"',
        "token = tokenizer.encode(text)",
        'password = os.environ["PASSWORD"]',
        "password = settings.password",
        'headers = {"token": f"{token}"}',
        "secret = None",
        'sort_key="name"',
        "def check(token: str, strict: bool) -> bool:",
        "git@github.com:team/project.git",
        "https://host/path:with/colons",
        "df.groupby('user')['token'].count()",
        "def test_passwords_are_masked():",
        "key = jax.random.PRNGKey(0)",
    ],
)
def test_code_without_a_secret_stays_as_it_is(code):
    assert mask_secrets(code) == code


def test_a_private_key_is_masked_line_by_line_and_the_code_after_it_is_kept():
    key = "\n".join(
        ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEowIBAAKCAQEA7" * 3] * 5, "-----END RSA PRIVATE KEY-----"]
    )
    masked = mask_secrets(f"before = 1\n{key}\nafter = 2")
    assert "MIIE" not in masked
    assert masked.startswith("before = 1\n-----BEGIN RSA")
    assert masked.endswith("-----END RSA PRIVATE KEY-----\nafter = 2")
    assert masked.count("\n") == key.count("\n") + 2


def test_a_private_key_in_a_diff_keeps_its_signs():
    masked = mask_secrets("+-----BEGIN PRIVATE KEY-----\n+MIIEabc\n-MIIEold\n+-----END PRIVATE KEY-----\n")
    assert masked.splitlines()[1:3] == [f"+{MASK}", f"-{MASK}"]


def test_a_private_key_on_one_line_is_masked():
    masked = mask_secrets(r'"k": "-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----\n", "n": 1')
    assert "MIIE" not in masked
    assert '"n": 1' in masked


def test_a_key_that_never_ends_does_not_swallow_the_rest_of_the_file():
    masked = mask_secrets('MARK = "-----BEGIN PRIVATE KEY-----"\n\ndef check(x):\n    return x > 1\n')
    assert "def check(x):\n    return x > 1\n" in masked


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="tokenpswrd =:\"'\\\n-/@.,{}[]()•1aA", max_size=80))
def test_lines_stay_and_masking_twice_is_masking_once(text):
    text = f"password={text}"
    once = mask_secrets(text)
    assert once.count("\n") == text.count("\n")
    assert mask_secrets(once) == once


SLOW_FOR_CARELESS_PATTERNS = [
    *("password", "token:", "token: a", "://", "://a:", "eyJ", "-eyJ", "SG.", "a", " ", '"', "-", "-a", "--token-"),
    *("bearer ", "secret_", "sk-", "-----BEGIN PRIVATE KEY-----", "password='", 'token="\\', "://aaaa:bb", "[key]"),
]


@pytest.mark.parametrize("piece", SLOW_FOR_CARELESS_PATTERNS)
def test_a_line_made_to_be_slow_is_not_slow(piece):
    text = (piece * 200_000)[:200_000]
    begun = time.process_time()
    mask_secrets(text)
    assert time.process_time() - begun < 2  # a quadratic pattern takes minutes


def test_a_megabyte_on_one_line_is_not_slow():
    begun = time.process_time()
    mask_secrets("".join(piece * (45_000 // len(piece)) for piece in SLOW_FOR_CARELESS_PATTERNS))
    assert time.process_time() - begun < 5
