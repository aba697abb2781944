"""The console of a real node in a real browser; the engine is scripted, so that answers come at once."""

import pytest

from console import browse
from fake_engine import WORDS


@pytest.mark.timeout(600)
def test_console_works_in_a_real_browser(new_engine, new_node):
    engine = new_engine("openai")
    engine.script.words, engine.script.delay = WORDS * 5, 0.02
    node = new_node([engine]).start()
    browse(node)
    assert node.stop() == 0
