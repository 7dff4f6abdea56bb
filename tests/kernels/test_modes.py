"""The kernels once more uncompiled, as plain Python reads them, and once compiled with every index checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODES = {
    "NUMBA_DISABLE_JIT": (
        ["csr", "bounded", "closures", "order", "hierarchy", "sweep", "versions", "cells"],
        "not real",
    ),
    # Each test compiles what it calls anew, some seconds each: so few, which together call every layer of the kernels.
    "NUMBA_BOUNDSCHECK": (
        ["csr", "bounded", "closures", "hierarchy", "sweep", "versions", "cells"],
        "strongly_connected or closing_arcs or customisation_is or textbook_in_any or versions or rest_of_the_way",
    ),
}


@pytest.mark.parametrize("mode", MODES)
def test_the_suite_passes_in_another_mode(mode, tmp_path):
    names, chosen = MODES[mode]
    files = [HERE / f"test_{name}.py" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", chosen, *files]
    # What is compiled in another mode must not meet what the usual mode keeps.
    env = os.environ | {mode: "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(command, cwd=HERE.parents[1], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_is_what_numba_makes_of_it(mode, tmp_path):
    code = "import numba, numpy as np\n@numba.njit\ndef f(a, i): return a[i]\nf(np.zeros(2), 5)"
    env = os.environ | {mode: "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert "IndexError" in done.stderr
