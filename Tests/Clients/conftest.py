import pathlib

import pytest

from fake_engine import FakeEngine
from node import Node, manifest

HERE = pathlib.Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        # Other suites may be collected in the same run.
        if item.path.parent == HERE and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture
def new_engine():
    """Makes engines that end with the test."""
    engines = []

    def make(*arguments, **more):
        engines.append(FakeEngine(*arguments, **more).start())
        return engines[-1]

    yield make
    for engine in engines:
        engine.stop()


@pytest.fixture
def new_node(tmp_path):
    """Makes nodes that are gone when the test ends, however it ends."""
    nodes = []

    def make(engines=(), state=None, **more):
        nodes.append(Node(tmp_path / f"node{len(nodes)}", manifest(engines, **more), state=state))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture(scope="module", params=["ollama", "openai"])
def shared(request, tmp_path_factory):
    """One node in front of one engine of each kind, shared by the tests of a file."""
    engine = FakeEngine(request.param, models=["fake:latest", "other:7b"]).start()
    node = Node(tmp_path_factory.mktemp("node"), manifest([engine])).start()
    yield node, engine
    engine.release()
    code = node.stop()
    engine.stop()
    assert code == 0, node.log_tail()


@pytest.fixture
def node(shared):
    assert shared[0].alive(), shared[0].log_tail()
    return shared[0]


@pytest.fixture
def engine(shared):
    shared[1].reset()
    yield shared[1]
    shared[1].release()
