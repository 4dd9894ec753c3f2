"""Who gets in: every route, every method, without credentials, from a foreign page, without the XSRF token."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.request

import pytest

from trackbook.ids import new_id
from trackbook.labapi.route import Nowhere, Route
from trackbook.labapi.routes import ROUTES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ADDRESSES = [path.replace(r"([0-9a-f-]{36})", new_id()).replace(".*", "no/such/address") for path, _ in ROUTES]
FOREIGN = {"Origin": "http://evil.example"}
WALK = [(method, address) for address in ADDRESSES for method in METHODS]


@pytest.fixture(scope="module")
def cookies(server):
    """What a browser holds that has logged in: its cookies, and the XSRF token among them."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{server.url}/login?token={server.token}").close()
    opener.open(f"{server.url}/login").close()
    found = {cookie.name: cookie.value for cookie in jar}
    assert "_xsrf" in found
    return found


def as_header(cookies):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def is_a_plain_sentence(answer):
    if not answer.body:
        return True
    told = json.loads(answer.body)
    return set(told) == {"message"} and "Traceback" not in told["message"] and 'File "' not in told["message"]


def test_every_route_has_the_one_base():
    for path, route in ROUTES:
        assert issubclass(route, Route), path
        own = {name for name in vars(route) if name in {"prepare", "check_xsrf_cookie", "check_origin", "check_host"}}
        assert own == ({"prepare"} if route is Nowhere else set()), path


@pytest.mark.parametrize("credentials", [{}, {"Authorization": "token wrong"}, {"Cookie": "_xsrf=a; username=b"}],
                         ids=["none", "a wrong token", "made-up cookies"])  # fmt: skip
def test_nobody_gets_in_without_credentials(server, credentials):
    for method, address in WALK:
        answer = server.raw(method, address, b"{}" if method == "POST" else None, credentials)
        assert answer.status == 403, (method, address, answer)
        assert is_a_plain_sentence(answer), (method, address, answer)


def test_a_foreign_page_cannot_use_the_cookies_of_one_who_is_logged_in(server, cookies):
    headers = as_header(cookies) | FOREIGN | {"X-XSRFToken": cookies["_xsrf"]}
    for method, address in WALK:
        answer = server.raw(method, address, b"{}" if method == "POST" else None, headers)
        assert answer.status in {403, 404, 405}, (method, address, answer)
        assert is_a_plain_sentence(answer), (method, address, answer)
        assert method != "POST" or answer.status == 404, "refused before it was read"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_another_name_for_this_machine_is_foreign(server):
    headers = {"Authorization": f"token {server.token}", "Host": "rebound.example"}
    for method, address in WALK:
        assert server.raw(method, address, b"{}" if method == "POST" else None, headers).status == 403


def test_cookies_alone_change_nothing(server, cookies):
    for address in ADDRESSES:
        answer = server.raw("POST", address, b"{}", as_header(cookies))
        assert answer.status == 403, (address, answer)


def test_one_who_is_logged_in_gets_in(server, cookies):
    assert server.raw("GET", "stores", headers=as_header(cookies)).status == 200
    same = as_header(cookies) | {"X-XSRFToken": cookies["_xsrf"], "Origin": re.match(r"http://[^/]+", server.url)[0]}
    assert server.raw("POST", "undo", b"{}", same).status == 404  # let in, and there is nothing to undo


def test_an_address_that_is_none_of_ours_is_a_404_in_json(server):
    for address in ("nothing", "runs/not-an-id", "runs/../../../etc/passwd", "models/decide/more", ""):
        answer = server.ask("GET", address)
        assert answer.status == 404, address
        assert set(answer.body) == {"message"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
def test_other_methods_are_not_there(server, method):
    answer = server.raw(method, "runs", headers={"Authorization": f"token {server.token}"})
    assert answer.status == 405


def test_looking_is_not_doing_and_doing_is_not_looking(server):
    assert server.ask("POST", "runs", {}).status == 405
    assert server.ask("GET", "runs/change").status == 405


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b'{"store": 1}', id="a store that is a number"),
        pytest.param(b'{"store": "' + b"x" * 2_000_000 + b'"}', id="two megabytes"),
    ],
)
def test_malformed_words_are_a_400_in_one_sentence(server, body):
    for address in ("runs/change", "models/preview", "models/decide", "undo", "storage/collect"):
        answer = server.raw("POST", address, body, {"Authorization": f"token {server.token}"})
        assert answer.status == 400, (address, answer)
        assert is_a_plain_sentence(answer)
