"""The descriptions of the three APIs: valid, true to their examples, and served."""

import json
import pathlib

import jsonschema
import pytest
from openapi_spec_validator import validate

ROOT = pathlib.Path(__file__).parents[2]
DOCUMENTS = sorted(ROOT.glob("Sources/*/Resources/openapi-*.json"))


def examples(part):
    """(schema, example) of every media type, parameter and header."""
    if isinstance(part, dict):
        if "schema" in part:
            yield from (
                (part["schema"], e)
                for e in [part[k] for k in ("example",) if k in part] + [e["value"] for e in part.get("examples", {}).values()]
            )
        for inner in part.values():
            yield from examples(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from examples(inner)


def check(document):
    validate(document)
    for schema, example in examples(document):
        jsonschema.Draft202012Validator(schema | {"components": document["components"]}).validate(example)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f.name)
def test_document_is_valid_and_its_examples_fit(file):
    document = json.loads(file.read_text())
    assert document["openapi"].startswith("3.1") and any(True for _ in examples(document))
    check(document)


def test_each_of_the_three_apis_has_a_description():
    assert {"openapi-gateway.json", "openapi-chat.json", "openapi-node.json"} == {f.name for f in DOCUMENTS}


def test_each_port_serves_its_description(node, engine):
    titles = set()
    for base in (node.gateway, node.chat, node.console):
        reply = node.get("/openapi.json", base)
        assert reply.status_code == 200 and reply.headers["content-type"].startswith("application/json")
        check(reply.json())
        titles.add(reply.json()["info"]["title"])
    assert len(titles) == 3


@pytest.mark.parametrize("port", ["gateway", "chat", "console"])
def test_every_plain_route_of_the_description_answers_as_described(node, engine, port):
    base = getattr(node, port)
    document = node.get("/openapi.json", base).json()
    for path, item in document["paths"].items():
        if "get" in item and "{" not in path and not path.endswith("/stream"):
            reply = node.get(path, base)
            assert str(reply.status_code) in item["get"]["responses"], f"{path} answered {reply.status_code}"
            check_reply(document, item["get"]["responses"], reply)


@pytest.mark.parametrize("port", ["gateway", "chat", "console"])
def test_node_without_an_engine_is_not_ready_and_says_so_as_described(new_node, port):
    node = new_node().start(ready=False)
    base = getattr(node, port)
    reply = node.get("/ready", base)
    assert reply.status_code == 503 and int(reply.headers["retry-after"]) >= 1
    assert "engine" in str(reply.json()["error"])
    document = node.get("/openapi.json", node.console if port == "chat" else base).json()
    check_reply(document, document["paths"]["/ready"]["get"]["responses"], reply)
    assert node.stop() == 0


def check_reply(document, responses, reply):
    """That this answer has a shape which the description gives it."""
    described = responses[str(reply.status_code)]
    while "$ref" in described:
        described = document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    content = described.get("content", {})
    if "application/json" in content:
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(reply.json())
