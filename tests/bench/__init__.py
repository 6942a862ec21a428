"""Measurements: of this product and of its peers, in the same run, for only ratios mean something on another machine.

``python -m tests.bench.append``, ``python -m tests.bench.fold`` and ``python -m tests.bench.replay``, with ``pip install -e '.[bench]'``.
"""
