"""The console and a node that is not well: away, refusing, not ready."""

import pytest
from selenium.webdriver.common.keys import Keys

from page import unique

pytestmark = pytest.mark.standin


def test_outage_shows_a_banner_and_ends_by_itself(console, server):
    console.expected = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    question = unique("Before the outage")
    console.ask(question)
    console.wait_answer()
    server.stop()
    console.wait(lambda: console.shown("#banner"), "the banner")
    console.type("written while offline")
    assert not console.one("#send").is_enabled()
    assert console.text("#composer-hint") == "The node does not answer."
    server.start()
    console.wait(lambda: not console.shown("#banner"), "the banner to go")
    console.wait(lambda: console.one("#send").is_enabled(), "sending to work again")
    assert console.text(".question .message-body") == question
    console.press(Keys.ENTER)
    console.wait(lambda: len(console.all(".answer[data-state=complete]")) == 2, "an answer after the outage")


def test_answer_cut_by_an_outage_is_shown_as_interrupted(console, server, node):
    console.expected = ("ERR_", "404")
    node.gate.clear()
    console.ask("hold: what is a heat pump")
    console.wait_text("A heat pump")
    server.stop()
    node.gate.set()
    console.wait(lambda: console.shown("#banner"), "the banner")
    console.wait(lambda: all(m["state"] == "interrupted" for m in node.messages[next(iter(node.messages))][1:]), "the model to end")
    node.answers.clear()  # as after a restart: only what was stored is left
    server.start()
    console.wait(lambda: console.shown(".answer[data-state=interrupted]"), "the answer as it was kept")
    assert "A heat pump" in console.text(".answer .message-body")


def test_token_is_asked_for_kept_for_the_tab_and_forgotten_on_demand(console, node):
    console.expected = ("401",)
    node.token = "right-token"
    console.driver.refresh()
    console.wait(lambda: console.shown("#token-dialog"), "the question for a token")
    console.press(Keys.ESCAPE)
    assert console.shown("#token-dialog")
    console.one("#token-input").send_keys("wrong-token" + Keys.ENTER)
    console.wait(lambda: "does not know that token" in console.text("#token-problem"), "the refusal")
    console.one("#token-input").send_keys("right-token" + Keys.ENTER)
    console.wait_ready()
    assert not console.shown("#token-dialog")
    console.ask("hello with a token")
    console.wait_answer()
    console.driver.refresh()
    console.wait_ready()
    assert console.script("return JSON.stringify(localStorage)").find("right-token") < 0
    console.one("#sign-out").click()
    console.wait(lambda: console.shown("#token-dialog"), "the question again")


def test_refused_status_says_why_instead_of_calling_the_node_away(console, node):
    console.expected = ("403", "503")
    node.scene = "forbidden"
    console.driver.refresh()
    console.wait(lambda: console.shown("#banner"), "the banner")
    assert console.text("#banner-text") == "This token may not read the status. Create one with the scope 'read'."
    node.scene = "ready"
    console.one("#banner-retry").click()
    console.wait_ready()
    assert not console.shown("#banner")


@pytest.mark.parametrize("scene, title, words", [
    ("installing", "Getting a first model ready", "Downloading the model SmolLM2"),
    ("empty", "No engine answers yet", "This page notices by itself"),
    ("failed", "No engine answers yet", "the package index cannot be reached"),
])
def test_first_run_says_what_happens_and_notices_the_end(console, node, scene, title, words):
    node.scene = scene
    console.wait(lambda: console.text("#empty h2") == title, title)
    assert words in console.text("#empty .lead")
    assert console.shown("#empty progress") == (scene == "installing")
    console.type("a question too early" + Keys.ENTER)
    assert console.all(".question") == []
    assert console.text("#composer-hint") == "No model is ready yet."
    node.scene = "ready"
    console.wait_ready()
    console.press(Keys.ENTER)
    assert "a question too early" in console.wait_answer()


def test_down_engine_says_why(console):
    console.wait(lambda: console.shown(".engine[data-state=down]"), "the engine that is down")
    assert console.text(".engine[data-state=down] .engine-state") == "Down"
    assert console.text(".engine[data-state=down] .engine-place").endswith("last seen 4 min ago")
    assert "connection refused" in console.text(".engine[data-state=down] .engine-reason")


def test_address_of_a_deleted_conversation_leads_to_a_new_chat(console):
    console.expected = ("404",)
    console.driver.get(console.url + "/#/c/no-such-id")
    console.driver.refresh()
    console.wait(lambda: console.shown(".toast"), "the notice")
    assert console.shown("#empty")
