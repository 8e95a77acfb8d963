"""The running service needs neither torch nor ultralytics, nor loads them where they are."""

import subprocess
import sys

RUNTIME = """
import importlib, pkgutil, sys
import streetwatch
TRAINING = {"streetwatch.models.train", "streetwatch.models.export"}
for floor in ("models", "vision", "zones", "service"):
    package = importlib.import_module(f"streetwatch.{floor}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name not in TRAINING and ".migrations." not in module.name:
            importlib.import_module(module.name)
importlib.import_module("streetwatch.cli")
importlib.import_module("streetwatch.datasets.live")
print(sorted({"torch", "torchvision", "ultralytics"} & set(sys.modules)))
"""


def test_no_module_of_the_running_service_loads_torch_or_ultralytics() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUNTIME], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
