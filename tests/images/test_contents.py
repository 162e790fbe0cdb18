"""What is in an image, what isn't, and what it says of itself."""

import json

from images.image import BASE, BUILT_AT, COMMIT, Image

TOOLS = ("pip", "pip3", "uv", "gcc", "cc", "make", "ld", "git")
FIND = f"""
import importlib.util, json, shutil
found = [tool for tool in {TOOLS!r} if shutil.which(tool)]
found += [name for name in ("pip", "ensurepip") if importlib.util.find_spec(name)]
print(json.dumps(found))
"""
WRITABLE = """
import os
print([path for top in ("/app", "/venv") for folder, _, names in os.walk(top)
       for path in (folder, *(os.path.join(folder, name) for name in names))
       if os.stat(path).st_uid == os.getuid() or os.stat(path).st_mode & 0o022])
"""
NOT_COMPILED = """
import importlib, os, pkgutil, sys
for name in ("posts_service", "user_service", "admin_backup"):
    if importlib.util.find_spec(name):
        importlib.import_module(name + ".__main__")
for name in ("chassis.server", "admin_backup.backup", "admin_backup.targets.s3"):
    if importlib.util.find_spec("uvicorn" if name == "chassis.server" else "obstore"):
        importlib.import_module(name)
specs = [module.__spec__ for module in sys.modules.values() if module.__spec__ and module.__spec__.cached]
print([spec.name for spec in specs if spec.cached.startswith(("/app", "/venv")) and not os.path.exists(spec.cached)])
"""


def test_it_is_less_than_90_mb_over_its_base(image: Image) -> None:
    base = Image(BASE).inspect()["Size"]

    assert image.inspect()["Size"] - base < 90_000_000


def test_it_holds_no_installer_and_no_compiler(image: Image) -> None:
    assert json.loads(image.python(FIND)) == []


def test_its_user_can_change_none_of_its_code(image: Image) -> None:
    assert image.python(WRITABLE) == "[]"


def test_all_that_a_start_imports_is_compiled(image: Image) -> None:
    assert image.python(NOT_COMPILED) == "[]"


def test_it_runs_as_nobody_in_particular_and_without_a_shell(image: Image) -> None:
    config = image.inspect()["Config"]

    assert config["User"] == "10001:10001"
    assert config["Cmd"][:2] == ["python", "-m"]
    assert not config["Entrypoint"]


def test_its_labels_say_where_it_comes_from(image: Image) -> None:
    labels = image.inspect()["Config"]["Labels"]
    said = {name.removeprefix("org.opencontainers.image."): value for name, value in labels.items()}

    assert said["title"] in image.name
    assert said["source"].startswith("https://github.com/")
    assert (said["revision"], said["created"], said["licenses"]) == (COMMIT, BUILT_AT, "Apache-2.0")
