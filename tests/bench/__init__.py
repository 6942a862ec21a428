"""Measurements: of this product and of its peers, in the same run, for only ratios mean something on another machine.

Each module is a measurement, such as ``python -m tests.bench.fold``, with ``pip install -e '.[bench]'``.
What was found of folding, appending, asking and starting is told in docs/explanation/speed.md.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # what the tests share is found there, as pytest finds it
