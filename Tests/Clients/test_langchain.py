"""LangChain's two chat classes against the gateway, in front of an engine of each kind."""

import pytest

pytest.importorskip("langchain_openai")
pytest.importorskip("langchain_ollama")

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage  # noqa: E402
from langchain_core.tools import tool  # noqa: E402
from langchain_ollama import ChatOllama, OllamaEmbeddings  # noqa: E402
from langchain_openai import ChatOpenAI, OpenAIEmbeddings  # noqa: E402

from fake_engine import TEXT, TOOL_ARGUMENTS  # noqa: E402


@tool
def get_weather(zone: str, city: str, at: int) -> str:
    """The weather of a city."""
    return f"snow in {city}"


def chat_openai(node, **more):
    return ChatOpenAI(**{"base_url": node.gateway + "/v1", "api_key": "unused", "model": "fake:latest", "max_retries": 0, "timeout": 20} | more)


def chat_responses(node, **more):
    return chat_openai(node, use_responses_api=True, **more)


def chat_ollama(node, **more):
    return ChatOllama(**{"base_url": node.gateway, "model": "fake:latest"} | more)


@pytest.fixture(params=[chat_openai, chat_responses, chat_ollama])
def chat(request, node, engine):
    return lambda **more: request.param(node, **more)


def test_invoke_answers(chat, engine):
    reply = chat().invoke([SystemMessage("be brief"), HumanMessage("hello")])
    assert reply.text == TEXT and reply.usage_metadata["output_tokens"] > 0
    assert [message["role"] for message in engine.asks[-1].json["messages"]] == ["system", "user"]


def test_stream_comes_piece_by_piece(chat, engine):
    engine.script.hold_before = 4
    chunks, texts = chat().stream("hello"), []
    while not texts:
        texts += [text] if (text := next(chunks).text) else []
    assert texts == ["Hello"]  # came through although the engine holds the rest
    engine.release()
    assert "Hello" + "".join(chunk.text for chunk in chunks) == TEXT


@pytest.mark.parametrize("stream", [False, True])
def test_tool_is_called(chat, engine, stream):
    model = chat().bind_tools([get_weather])
    if stream:
        reply = None
        for chunk in model.stream("weather?"):
            reply = chunk if reply is None else reply + chunk
    else:
        reply = model.invoke("weather?")
    assert [(call["name"], call["args"]) for call in reply.tool_calls] == [("get_weather", TOOL_ARGUMENTS)]


def test_result_of_a_tool_goes_back(chat, engine):
    model = chat().bind_tools([get_weather])
    call = model.invoke("weather?")
    assert isinstance(call, AIMessage)
    result = ToolMessage(get_weather.invoke(call.tool_calls[0]["args"]), tool_call_id=call.tool_calls[0]["id"])
    model.invoke([HumanMessage("weather?"), call, result])
    sent = engine.asks[-1].json["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool"]
    assert "snow in Zürich" in str(sent[2]["content"]) and sent[1]["tool_calls"][0]["function"]["name"] == "get_weather"


def test_unknown_model_is_an_error_that_names_it(chat, engine):
    with pytest.raises(Exception, match="'lama'"):
        chat(model="lama").invoke("hello")


def test_embeddings_come_through_both_wires(node, engine):
    wanted = [[1.0, 0.5, -0.25], [3.0, 0.5, -0.25]]
    openai = OpenAIEmbeddings(base_url=node.gateway + "/v1", api_key="unused", model="fake:latest", check_embedding_ctx_length=False)
    assert openai.embed_documents(["a", "bcd"]) == wanted
    assert OllamaEmbeddings(base_url=node.gateway, model="fake:latest").embed_documents(["a", "bcd"]) == wanted
