"""Measurements: of this product and of its peers, in the same run, for only ratios mean something on another machine.

``python -m tests.bench.append``, ``tests.bench.fold`` or ``tests.bench.replay``, with ``pip install -e '.[bench]'``.
"""
