from __future__ import annotations

import subprocess
import sys

import pytest


def test_a_thread_may_compute_for_longer_than_python_lets_it() -> None:
    code = "import sys; from ingest.turns import lengthen; lengthen(); print(sys.getswitchinterval())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(0.02)
