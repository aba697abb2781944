"""The fake engine against the official clients, without Aurora between them: the other suites trust it."""

import ollama
import openai
import pytest

from fake_engine import TEXT, TOOL_ARGUMENTS, WORDS

ASK = [{"role": "user", "content": "hello"}]


@pytest.mark.parametrize("kind", ["ollama", "openai"])
def test_openai_client_is_served(new_engine, kind):
    client = openai.OpenAI(base_url=new_engine(kind).url + "/v1", api_key="none", max_retries=0)
    assert [m.id for m in client.models.list()] == ["fake:latest"]
    assert client.chat.completions.create(model="fake", messages=ASK).choices[0].message.content == TEXT
    pieces = [c.choices[0].delta.content or "" for c in client.chat.completions.create(model="fake", messages=ASK, stream=True)]
    assert "".join(pieces) == TEXT
    assert client.embeddings.create(model="fake", input=["abc"]).data[0].embedding == [3.0, 0.5, -0.25]
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="none", messages=ASK)


def test_ollama_client_is_served(new_engine):
    client = ollama.Client(host=new_engine("ollama").url)
    assert [m.model for m in client.list().models] == ["fake:latest"]
    assert client.chat("fake", ASK).message.content == TEXT
    assert "".join(c.response for c in client.generate("fake", "hi", stream=True)) == TEXT
    assert (
        dict(
            client.chat("fake", ASK, tools=[{"type": "function", "function": {"name": "get_weather"}}])
            .message.tool_calls[0]
            .function.arguments
        )
        == TOOL_ARGUMENTS
    )


def test_engine_of_the_openai_kind_has_no_ollama_routes(new_engine):
    with pytest.raises(ollama.ResponseError):
        ollama.Client(host=new_engine("openai").url).list()


def test_client_that_leaves_is_noticed(new_engine):
    engine = new_engine("openai")
    engine.script.hold_before = 2
    client = openai.OpenAI(base_url=engine.url + "/v1", api_key="none", max_retries=0)
    stream = client.chat.completions.create(model="fake", messages=ASK, stream=True)
    next(iter(stream))
    assert not engine.client_left.is_set()
    stream.close()
    assert engine.client_left.wait(5)


def test_cut_breaks_the_connection_in_mid_stream(new_engine):
    engine = new_engine("ollama")
    engine.script.fault = "cut"
    pieces = []
    with pytest.raises(Exception, match="(?i)incomplete|peer|closed|disconnected"):
        for piece in ollama.Client(host=engine.url).chat("fake", ASK, stream=True):
            pieces.append(piece.message.content)
    assert pieces == ["Hello", ", ", "world"]


def test_engine_comes_back_on_its_port(new_engine):
    engine = new_engine("ollama")
    port = engine.port
    engine.stop()
    with pytest.raises(ConnectionError):
        ollama.Client(host=f"http://127.0.0.1:{port}").list()
    engine.start()
    assert engine.port == port and ollama.Client(host=engine.url).list().models


@pytest.mark.parametrize("begun", ["Hello", "Hello,", "".join(WORDS[:4]), "".join(WORDS[:4]) + "¿Q"])
@pytest.mark.parametrize("kind", ["ollama", "openai"])
def test_answer_that_was_begun_goes_on_behind_its_beginning(new_engine, kind, begun):
    engine = new_engine(kind)
    turns = [*ASK, {"role": "assistant", "content": begun}]
    client = openai.OpenAI(base_url=engine.url + "/v1", api_key="none")
    stream = client.chat.completions.create(model="fake", messages=turns, stream=True)
    assert begun + "".join(c.choices[0].delta.content or "" for c in stream) == TEXT
    if kind == "ollama":
        assert begun + ollama.Client(host=engine.url).chat("fake", turns).message.content == TEXT
        assert begun + ollama.Client(host=engine.url).generate("fake", "hello" + begun).response == TEXT
