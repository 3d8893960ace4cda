"""How much the promises cost: benches against real servers and against a floor that promises nothing.

`python -m tests.bench [name ...] [--json]`; docs/benchmarks.md keeps the results.
"""
