"""The demo: a simulated city, a broker of its own, and the real pipeline, in one terminal.

    city ──▶ broker (a process of its own) ──▶ worker: intake, journal, decoders, store
      │                                             │
      └────────── observer ◀────────────────────────┘ ──▶ view, and a summary at the end

Nothing of the pipeline is made for it: the worker is the one of `citylora run`.
"""
