"""An origin for each test, and a clone of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from delivery import checkouts
from delivery.checkouts import Checkout


@pytest.fixture(scope="session")
def first_origin(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """This tree, as one commit."""
    return checkouts.make_origin(tmp_path_factory.mktemp("first") / "origin.git")


@pytest.fixture
def origin(first_origin: Checkout, tmp_path: Path) -> Checkout:
    """A bare repository of this test's own."""
    shutil.copytree(first_origin.path, tmp_path / "origin.git")
    return Checkout(tmp_path / "origin.git")


@pytest.fixture
def another(origin: Checkout, tmp_path: Path) -> Callable[..., Checkout]:
    """Make a further clone: another person's, or a CI runner's."""
    return lambda name, *options: checkouts.clone(origin, tmp_path / name, *options)


@pytest.fixture
def clone(another: Callable[..., Checkout]) -> Checkout:
    """A person's clone."""
    return another("clone")


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """All that this tree has, as one commit."""
    return checkouts.copy(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def whole(tree: Checkout, tmp_path: Path) -> Checkout:
    """A clone of it."""
    return checkouts.clone(tree, tmp_path / "blog")


@pytest.fixture(scope="session")
def deployed_origin(first_origin: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The same, and all three services deployed to dev from its commit."""
    folder = tmp_path_factory.mktemp("deployed")
    origin = Checkout(shutil.copytree(first_origin.path, folder / "origin.git"))
    clone = checkouts.clone(origin, folder / "clone")
    clone.bump(*(f"{service}={checkouts.digest('a')}" for service in clone.images().services()))
    return origin


@pytest.fixture
def deployed(deployed_origin: Checkout, origin: Checkout, another: Callable[..., Checkout]) -> Checkout:
    """A person's clone of that."""
    shutil.rmtree(origin.path)
    shutil.copytree(deployed_origin.path, origin.path)
    return another("clone")


@pytest.fixture(scope="session")
def thrice_origin(deployed_origin: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The same, and posts-service deployed twice more: a, b, c."""
    folder = tmp_path_factory.mktemp("thrice")
    origin = Checkout(shutil.copytree(deployed_origin.path, folder / "origin.git"))
    clone = checkouts.clone(origin, folder / "clone")
    for digit in "bc":
        clone.commit("services/posts-service/src/posts_service/words.py", "\n", f"version {digit}")
        clone.push()
        clone.bump(f"posts-service={checkouts.digest(digit)}")
    return origin


@pytest.fixture
def thrice(thrice_origin: Checkout, origin: Checkout, another: Callable[..., Checkout]) -> Checkout:
    """A person's clone of that."""
    shutil.rmtree(origin.path)
    shutil.copytree(thrice_origin.path, origin.path)
    return another("clone")
