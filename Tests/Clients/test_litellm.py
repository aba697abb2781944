"""litellm as a client of the gateway: through its OpenAI, Ollama and Anthropic providers, in front of an engine of each kind."""

import json
import os

import pytest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # prices come with the package, not from the network
litellm = pytest.importorskip("litellm")

from fake_engine import TEXT, TOOL_ARGUMENTS  # noqa: E402

ASK = [{"role": "user", "content": "hello"}]
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
]
# provider: what is added to the address of the gateway
PROVIDERS = {"openai": "/v1", "ollama_chat": "", "anthropic": ""}


@pytest.fixture(params=PROVIDERS)
def complete(request, node):
    """litellm.completion through one provider."""

    def ask(model="fake:latest", **more):
        base = node.gateway + PROVIDERS[request.param]
        settings = {"api_base": base, "api_key": "unused", "max_retries": 0, "num_retries": 0, "timeout": 20, "max_tokens": 100}
        return litellm.completion(f"{request.param}/{model}", **({"messages": ASK} | settings | more))

    return ask


def test_answers_whole(complete, engine):
    reply = complete()
    assert reply.choices[0].message.content == TEXT and reply.choices[0].finish_reason == "stop"
    assert reply.usage.completion_tokens > 0


def test_streams(complete, engine):
    chunks = list(complete(stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_calls_tools(complete, engine, stream):
    reply = complete(tools=TOOLS, stream=stream)
    if stream:
        reply = litellm.stream_chunk_builder(list(reply))
    call = reply.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather" and json.loads(call.function.arguments) == TOOL_ARGUMENTS
    # Of an Ollama stream litellm tells the reason as Ollama does, which says "stop" for calls too.
    assert reply.choices[0].finish_reason in ("tool_calls", "stop")


def test_unknown_model_is_an_error_that_names_it(complete, engine):
    with pytest.raises((litellm.NotFoundError, litellm.APIConnectionError, litellm.APIError)) as error:
        complete("lama")
    assert "'lama'" in str(error.value) and engine.asks == []


def test_failing_engine_is_a_server_error(complete, engine):
    engine.script.fault = "error"
    with pytest.raises((litellm.InternalServerError, litellm.ServiceUnavailableError, litellm.APIConnectionError, litellm.APIError)):
        complete()


def test_embeds_through_both_wires(node, engine):
    for model, base in (("openai/fake:latest", node.gateway + "/v1"), ("ollama/fake:latest", node.gateway)):
        reply = litellm.embedding(model, input=["a", "bcd"], api_base=base, api_key="unused")
        assert [entry["embedding"] for entry in reply.data] == [[1.0, 0.5, -0.25], [3.0, 0.5, -0.25]]
