"""The mesh page of the console."""

import pytest
from selenium.webdriver.common.keys import Keys

import meshscene
from console_look_test import CONTRAST
from page import unique


def texts(console, selector):
    return [element.get_attribute("textContent").strip() for element in console.all(selector)]


def section(name):
    return f"#mesh-view section[aria-label='{name}']"


# ---- any node


def test_mesh_page_is_reached_by_link_key_and_address_and_leads_back(console):
    console.wait_ready()
    console.script("document.activeElement.blur()")
    console.press("m")
    console.wait(lambda: console.shown("#mesh-page"), "the mesh page")
    assert not console.shown("#chat") and not console.shown("#mesh")
    assert console.driver.title == "Mesh · Aurora"
    assert console.one("#place-mesh").get_attribute("aria-current") == "page"
    console.driver.refresh()
    console.wait(lambda: console.text("#page-state").startswith("Live"), "the page after a reload")
    console.driver.back()
    console.wait(lambda: console.shown("#chat"), "the chat again")
    console.one("#place-mesh").click()
    console.wait(lambda: console.shown("#mesh-page"), "the mesh page by its link")
    console.one("#place-chat").click()
    console.wait(lambda: console.shown("#chat") and console.driver.title == "Aurora", "the chat by its link")


def test_conversation_is_still_open_after_a_look_at_the_mesh(console):
    question = unique("Say hello")
    console.ask(question)
    console.wait_answer()
    console.open_mesh()
    console.one("#place-chat").click()
    console.wait(lambda: console.shown("#chat") and console.text(".question .message-body") == question, "the same conversation")
    console.open_mesh()
    console.row(question).click()
    console.wait(lambda: console.shown("#chat") and not console.shown("#mesh-page"), "the conversation from the list")


def test_nodes_and_workers_are_shown(console):
    console.open_mesh()
    assert console.shown(f"{section('Nodes')} .card[data-state=up]")
    assert "this node" in console.text(f"{section('Nodes')} .card")
    assert console.shown(f"{section('Workers')} .card[data-state=up] tbody tr")
    assert texts(console, ".tile dt") == ["Nodes", "GPUs", "Requests", "Tasks"]


def test_request_appears_with_its_reason_and_times(console):
    console.ask(unique("Where do you go"))
    console.wait_answer()
    console.open_mesh()
    console.wait(lambda: console.shown(".decisions li"), "the decision")
    console.one(".decisions summary").click()
    console.wait(lambda: console.shown(".decision-why"), "the reason")
    assert console.text(".decision-why").startswith("Because ")
    assert "predicted" in console.one(".decision-picture svg").get_attribute("aria-label")


def test_every_control_of_the_mesh_page_can_be_reached_with_the_keyboard(console):
    console.ask(unique("Something to decide"))
    console.wait_answer()
    console.open_mesh()
    console.wait(lambda: console.shown(".decisions li"), "the decision")
    console.script("document.querySelector('.decisions summary').focus()")
    console.press(Keys.ENTER)
    console.wait(lambda: console.shown(".decision-more"), "the details")
    nameless = console.script("""
        return [...document.querySelectorAll('#mesh-page :is(button, [tabindex="0"], svg[role=img])')]
          .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.outerHTML)""")
    assert nameless == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_the_mesh_page_has_enough_contrast(console, theme):
    console.open_mesh()
    console.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    console.one(f"[data-theme-choice={theme}]").click()
    console.script("document.querySelectorAll('#mesh-view details').forEach((e) => { e.open = true; })")
    console.wait(lambda: console.script(CONTRAST) == [], f"contrast of 4.5 or more everywhere, still weak: {console.script(CONTRAST)}", 5)


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_mesh_page_never_scrolls_sideways(console, width):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    console.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        console.open_mesh()
        console.script("document.querySelectorAll('#mesh-view details').forEach((e) => { e.open = true; })")
        assert console.script("return document.scrollingElement.scrollWidth") == width
        wide = console.script("""
            const page = document.getElementById('mesh-view');
            return [page.scrollWidth - page.clientWidth, ...[...page.querySelectorAll('.card, .tile, summary')]
              .filter((e) => e.getBoundingClientRect().right > page.getBoundingClientRect().right + 1).map((e) => e.textContent)]""")
        assert wide == [0]
        if width < 500:
            console.one("#open-places").click()
            console.wait(lambda: console.shown("#place-chat"), "the way back")
            console.one("#place-chat").click()
            console.wait(lambda: console.shown("#chat"), "the chat")
    finally:
        console.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# ---- what only the stand-in plays


@pytest.mark.standin
def test_nodes_tell_their_state_their_gpus_and_why(console):
    console.open_mesh()
    cards = texts(console, f"{section('Nodes')} .card")
    assert len(cards) == 4
    assert "Online" in cards[1] and "38 ms away" in cards[1] and "88 % busy" in cards[1] and "21.3 GB of 24.0 GB" in cards[1]
    assert "3 running" in cards[1] and "2 waiting" in cards[1]
    assert "Draining" in cards[2] and "drained here" in cards[2]
    assert "Asleep" in cards[3] and "last heard 1 h 30 min ago" in cards[3]
    assert console.all(f"{section('Nodes')} .bar")[0].get_attribute("aria-label").startswith("NVIDIA RTX 4090")
    # A laptop that sleeps is no alarm.
    assert console.text("#page-state") == "Live"


@pytest.mark.standin
def test_workers_tell_their_models_and_whether_speeds_were_measured(console):
    console.open_mesh()
    rows = texts(console, f"{section('Workers')} .card:nth-child(2) tbody tr")
    assert rows[0] == "qwen3:8bloaded92.42,4103.1 s402×"
    assert "~60.0" in next(row for row in rows if row.startswith("nomic"))
    places = texts(console, f"{section('Workers')} .card-place")
    assert "3 of 4 slots busy (told)" in places[1] and "2 waiting" in places[1]
    down = console.one(f"{section('Workers')} .card[data-state=down]").text
    assert "connection refused" in down


@pytest.mark.standin
def test_decisions_come_while_one_looks_and_stay_open(console, node):
    console.open_mesh()
    console.wait(lambda: len(console.all(".decisions li")) == 4, "the decisions")
    first = console.one(".decisions li")
    first.find_element("css selector", "summary").click()
    node.decisions.insert(0, meshscene.decision("fresh", "vengeance/ollama", "least-busy", 0.5))
    console.wait(lambda: len(console.all(".decisions li")) == 5, "the new decision")
    assert "vengeance/ollama" in texts(console, ".decision-way")[0]
    assert first.find_element("css selector", "details").get_attribute("open") is not None
    assert "'lab'" in texts(console, ".decision-why")[3] and "(gone)" in texts(console, ".decision-more")[1]
    assert texts(console, ".decision-numbers.failed") == ["predicted 120 ms, measured nothing · answered 499"]


@pytest.mark.standin
def test_bars_are_as_long_as_their_times(console):
    console.open_mesh()
    console.wait(lambda: console.shown(".decisions li"), "the decisions")
    widths = console.script("return [...document.querySelectorAll('.decisions li:nth-child(2) .decision-picture rect')].map((e) => [e.getAttribute('class'), +e.getAttribute('width')])")
    scale = 300 / 0.62
    assert dict(widths) == pytest.approx({
        "part-queue": 0.31 * scale, "part-load": 0, "part-link": 0.04 * scale, "part-prompt": 0.22 * scale, "part-measured": 300}, abs=0.1)


@pytest.mark.standin
def test_tasks_show_their_timeline_and_change_when_they_end(console, node):
    console.open_mesh()
    console.wait(lambda: len(console.all(".tasks li[data-state]")) == 5, "the tasks")
    assert texts(console, ".tasks summary .chip") == ["queued", "running", "completed", "dead", "cancelled"]
    numbers = texts(console, ".tasks .decision-numbers")
    assert numbers[0].startswith("waiting for ") and "running for" in numbers[1]
    assert numbers[2] == "waited 2.0 s · took 27.0 s · 1 failed attempt"
    assert "no engine has the model 'qwen3:80b'" in numbers[3]
    assert len(console.all(".tasks li:nth-child(3) .mark-failed")) == 1
    console.all(".tasks summary")[2].click()
    console.wait(lambda: "closed the connection in mid-answer" in console.one(".tasks li:nth-child(3) .task-steps").text, "the attempts")
    running = node.tasks[1]
    running.update(status="completed", finished_at=running["started_at"])
    console.wait(lambda: texts(console, ".tasks summary .chip")[1] == "completed", "the end of the task")


@pytest.mark.standin
def test_mesh_without_engines_says_what_to_do(console, node):
    node.scene, node.decisions, node.tasks = "empty", [], []
    console.open_mesh()
    console.wait(lambda: "aurora doctor" in console.text(".page-note"), "the advice")
    assert "No request has passed yet" in console.text(section("Routing decisions"))
    assert "aurora mesh submit" in console.text(section("Tasks"))
    assert not console.shown(section("Workers"))


@pytest.mark.standin
def test_outage_dims_the_page_says_so_and_ends_by_itself(console, server):
    console.expected = ("ERR_",)
    console.open_mesh()
    server.stop()
    console.wait(lambda: console.text("#page-state") == "Offline", "the page to notice")
    assert console.shown(".page-note button") and console.shown(f"{section('Nodes')} .card")
    assert console.one(".page-body").get_attribute("data-stale") is not None
    server.start()
    console.wait(lambda: console.text("#page-state") == "Live", "the page to recover", 30)
    assert not console.shown(".page-note")


@pytest.mark.standin
def test_refusal_is_shown_in_the_words_of_the_node(console, node):
    console.expected = ("403",)
    node.scene = "forbidden"
    console.script("location.hash = '#/mesh'")
    console.wait(lambda: "may not see the mesh" in console.text(".page-note"), "the refusal")
    assert not console.shown(".page-body")
    node.scene = "ready"
    console.one(".page-note button").click()
    console.wait(lambda: console.text("#page-state") == "Live", "the page after the right token")


@pytest.mark.standin
def test_text_of_others_is_never_read_as_html(console, node):
    evil = "<img src=x onerror='window.pwned = 1'>"
    node.decisions.insert(0, meshscene.decision("evil", evil, "fastest", 0.2, model=evil, why=evil))
    node.tasks[0].update(error=evil, status="failed")
    console.open_mesh()
    console.wait(lambda: evil in console.text(".decision-way"), "the text as text")
    assert console.script("return window.pwned") is None
