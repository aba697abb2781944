"""Who may call what, once tokens are configured."""

import http.client
import json

import ollama
import openai
import pytest

from node import web

ADMIN, MESH, READ, CHAT = ("test-token-%s-0123456789abcdef" % name for name in ("admin", "mesh", "read", "chat"))
TOKENS = [
    {"name": name, "scopes": [name], "value": value} for name, value in (("admin", ADMIN), ("mesh", MESH), ("read", READ), ("chat", CHAT))
]
ASK = {"model": "fake:latest", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
def guarded(new_engine, new_node):
    node = new_node([new_engine("openai")], tokens=TOKENS).start(token=READ)
    yield node
    assert node.stop() == 0


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def status(method, url, token=None, **more):
    return web.request(method, url, headers=bearer(token) if token else {}, timeout=10, **more).status_code


def test_every_call_but_health_needs_a_token(guarded):
    for base in (guarded.gateway, guarded.chat, guarded.console):
        assert status("GET", base + "/health") == 200
        for path in ("/metrics", "/openapi.json", "/v1/models" if base != guarded.console else "/api/status"):
            assert status("GET", base + path) == 401, base + path
            assert status("GET", base + path, "wrong-token-0123456789") == 401
    assert status("POST", guarded.chat + "/api/chat", json={"message": "hi"}) == 401
    assert status("GET", guarded.console + "/api/tokens") == 401


def test_scopes_decide(guarded):
    work = guarded.gateway + "/v1/chat/completions"
    assert [status("POST", work, t, json=ASK) for t in (MESH, ADMIN, READ)] == [200, 200, 403]
    talk = guarded.chat + "/api/chat"
    assert [status("POST", talk, t, json={"message": "hi"}) for t in (CHAT, ADMIN, READ, MESH)] == [200, 200, 403, 403]
    assert [status("GET", guarded.console + "/api/tokens", t) for t in (ADMIN, READ, MESH)] == [200, 403, 403]
    assert [status("GET", guarded.gateway + "/metrics", t) for t in (READ, ADMIN)] == [200, 200]


def test_api_key_header_works_as_well(guarded):
    assert web.post(guarded.gateway + "/v1/chat/completions", json=ASK, headers={"X-API-Key": MESH}, timeout=10).status_code == 200
    assert web.post(guarded.gateway + "/v1/chat/completions", json=ASK, headers={"X-API-Key": "nonsense"}, timeout=10).status_code == 401


def test_clients_raise_their_own_exceptions(guarded):
    for token, error in (("nonsense", openai.AuthenticationError), (READ, openai.PermissionDeniedError)):
        with pytest.raises(error):
            openai.OpenAI(base_url=guarded.gateway + "/v1", api_key=token, max_retries=0).chat.completions.create(**ASK)
    assert openai.OpenAI(base_url=guarded.gateway + "/v1", api_key=MESH).models.list().data
    with pytest.raises(ollama.ResponseError) as error:
        ollama.Client(host=guarded.gateway).chat("fake", ASK["messages"])
    assert error.value.status_code == 401
    assert ollama.Client(host=guarded.gateway, headers=bearer(MESH)).chat("fake", ASK["messages"]).message.content


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer\t", "Bearer " + "x" * 5000, "Bearer \xff"])
def test_strange_credentials_are_refused(guarded, value):
    # The standard library sends what httpx would not.
    connection = http.client.HTTPConnection(guarded.gateway.removeprefix("http://"), timeout=10)
    connection.request("GET", "/v1/models", headers={"Authorization": value.encode("latin-1")})
    reply = connection.getresponse()
    assert reply.status == 401 and json.load(reply)["error"]
    connection.close()


def test_made_token_works_until_it_is_revoked(guarded):
    tokens = guarded.console + "/api/tokens"
    made = web.post(tokens, json={"name": "phone", "scopes": ["chat"]}, headers=bearer(ADMIN), timeout=10)
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    assert status("GET", guarded.chat + "/api/conversations", token) == 200
    assert status("POST", guarded.gateway + "/v1/chat/completions", token, json=ASK) in (200, 403)
    listed = web.get(tokens, headers=bearer(ADMIN), timeout=10)
    assert {t["name"]: t["origin"] for t in listed.json()["tokens"]} == {
        "admin": "manifest",
        "mesh": "manifest",
        "read": "manifest",
        "chat": "manifest",
        "phone": "store",
    }
    assert token not in listed.text and ADMIN not in listed.text
    assert status("POST", tokens, ADMIN, json={"name": "phone", "scopes": ["chat"]}) == 409
    assert status("POST", tokens, ADMIN, json={"name": "x", "scopes": ["root"]}) == 400
    assert status("DELETE", tokens + "/phone", ADMIN) == 204
    assert status("DELETE", tokens + "/phone", ADMIN) == 404
    assert status("DELETE", tokens + "/mesh", ADMIN) == 409  # it stands in the manifest
    assert status("GET", guarded.chat + "/api/conversations", token) == 401


def test_tokens_stand_nowhere_in_the_state_or_the_log(guarded):
    token = web.post(
        guarded.console + "/api/tokens", json={"name": "lost", "scopes": ["read"]}, headers=bearer(ADMIN), timeout=10
    ).json()["token"]
    assert status("GET", guarded.gateway + "/metrics", token) == 200
    for file in [p for p in guarded.state.rglob("*") if p.is_file()] + [guarded.log]:
        data = file.read_bytes()
        assert token.encode() not in data and ADMIN.encode() not in data, file
