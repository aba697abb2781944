"""Answers that break off in the middle and are continued by another engine, as the official clients see it."""

import threading

import anthropic
import httpx
import ollama
import openai
import pytest

from fake_engine import TEXT, WORDS
from node import until, web

ASK = [{"role": "user", "content": "hello"}]


def openai_chat(node):
    client = openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20)
    chunks = list(client.chat.completions.create(model="fake:latest", messages=ASK, stream=True))
    assert len({chunk.id for chunk in chunks}) == 1 and len({chunk.created for chunk in chunks}) == 1
    assert sum(choice.finish_reason is not None for chunk in chunks for choice in chunk.choices) == 1
    assert sum(choice.delta.role is not None for chunk in chunks for choice in chunk.choices) <= 1
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def openai_completion(node):
    client = openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20)
    return "".join(chunk.choices[0].text for chunk in client.completions.create(model="fake:latest", prompt="once", stream=True))


def openai_response(node):
    client = openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20)
    with client.responses.stream(model="fake:latest", input="hello") as stream:
        return stream.get_final_response().output_text


def ollama_chat(node):
    chunks = list(ollama.Client(host=node.gateway, timeout=20).chat("fake", ASK, stream=True))
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True] and chunks[-1].eval_count == len(WORDS)
    return "".join(chunk.message.content for chunk in chunks)


def ollama_generate(node):
    return "".join(chunk.response for chunk in ollama.Client(host=node.gateway, timeout=20).generate("fake", "hello", stream=True))


def anthropic_message(node):
    client = anthropic.Anthropic(base_url=node.gateway, api_key="unused", max_retries=0, timeout=20)
    with client.messages.stream(model="fake:latest", max_tokens=100, messages=ASK) as stream:
        return stream.get_final_message().content[0].text


WAYS = [openai_chat, openai_completion, openai_response, ollama_chat, ollama_generate, anthropic_message]


def up(node):
    return sum(engine["state"] == "up" for engine in web.get(node.console + "/api/status").json()["engines"])


@pytest.fixture(params=["ollama ollama", "openai openai", "ollama openai", "openai openai ollama"])
def group(request, new_engine, new_node):
    """A node in front of engines that all have the model; a fresh one each time, since engines that break often are let alone for a while."""
    engines = [new_engine(kind) for kind in request.param.split()]
    node = new_node(engines).start()
    until(lambda: up(node) == len(engines), "all engines up")
    return node, engines


def script(engines, **fault):
    for engine in engines:
        engine.reset()
        for name, value in fault.items():
            setattr(engine.script, name, value)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("cut_before", [2, 7])
def test_answer_that_breaks_off_goes_on_without_a_word_lost_or_doubled(group, way, cut_before):
    node, engines = group
    times = [1]  # whichever engine is chosen first breaks off, the next one does not
    script(engines, fault="cut", cut_before=cut_before, times=times)
    assert way(node) == TEXT
    assert times == [] and sum(len(engine.asks) for engine in engines) == 2


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_answer_that_breaks_off_twice_goes_on_at_a_third_engine(new_engine, new_node, way):
    engines = [new_engine("ollama"), new_engine("openai"), new_engine("ollama")]
    node = new_node(engines).start()
    until(lambda: up(node) == 3, "all engines up")
    script(engines, fault="cut", cut_before=3, times=[1, 2])
    assert way(node) == TEXT
    assert [len(engine.asks) for engine in engines] == [1, 1, 1]


def test_answer_of_a_hung_engine_goes_on_elsewhere(new_engine, new_node):
    engines = [new_engine("openai"), new_engine("ollama")]
    node = new_node(engines, limits={"silence": "1s"}).start()
    until(lambda: up(node) == 2, "both engines up")
    script(engines, hold_before=4, times=[1])
    assert openai_chat(node) == TEXT
    assert sum(engine.client_left.is_set() for engine in engines) == 1  # the hung one was let go


def test_answer_whose_tool_call_has_begun_is_an_error_not_a_second_call(new_engine, new_node):
    engines = [new_engine("openai"), new_engine("openai")]
    node = new_node(engines).start()
    until(lambda: up(node) == 2, "both engines up")
    script(engines, fault="cut", cut_before=2, times=[1])
    client, pieces = openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20), []
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]
    with pytest.raises((openai.APIError, httpx.TransportError)):
        for chunk in client.chat.completions.create(model="fake:latest", messages=ASK, tools=tools, stream=True):
            pieces += [choice for choice in chunk.choices if choice.delta.tool_calls]
    assert len(pieces) == 1


def test_many_answers_go_on_when_their_engine_dies(new_engine, new_node):
    first, second = new_engine("ollama"), new_engine("openai")
    node = new_node([first, second]).start()
    until(lambda: up(node) == 2, "both engines up")
    first.script.hold_before = 3
    second.script.delay = 0.02
    texts = []
    threads = [threading.Thread(target=lambda: texts.append(openai_chat(node))) for _ in range(12)]
    for thread in threads:
        thread.start()
    until(lambda: first.asks, "a request on the engine that dies")
    first.stop()
    for thread in threads:
        thread.join(30)
    assert texts == [TEXT] * 12
