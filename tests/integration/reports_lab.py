"""What the tests of reports share: the hand-made results, the program's report command, and readers that are not ours."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "reports"
READERS = HERE / "readers"
PROGRAM = os.environ.get("HOOKDRILL", str(ROOT / "build" / "dev" / "hookdrill"))
SYSTEM_PYTHON = "/usr/bin/python3"


def need_modules(*names):
    """Packages of the distribution belong to its own Python, which need not be the first in PATH: go there if need be."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if not missing:
        return
    if os.path.realpath(sys.executable) != os.path.realpath(SYSTEM_PYTHON) and os.path.exists(SYSTEM_PYTHON):
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, "-B", "-m", "unittest", *sys.argv[1:]])
    raise unittest.SkipTest(f"Python packages are not installed: {', '.join(missing)}")


def need_tool(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise unittest.SkipTest(f"{name} is not installed")
    return found


def samples():
    """Name -> (file, document) of the hand-made results."""
    files = sorted(GOLDEN.glob("*.results.json"))
    assert len(files) >= 4, "golden results are missing"
    return {file.name.removesuffix(".results.json"): (file, json.loads(file.read_text())) for file in files}


def report(results_file, name, out=None):
    """The report in format `name`, as bytes; also written to `out`."""
    command = [PROGRAM, "report", str(results_file), "--format", name]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    if out:
        out.write_bytes(done.stdout)
    return done.stdout
