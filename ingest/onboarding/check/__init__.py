"""Is a device well? What the network server says of it, live, and the verdict with its reasons.

`run` listens, `evidence` is what was heard, `verdict` judges it, purely; `joining`, `radio`, `payload` and `position`
are its parts. `memory` keeps what was heard for `--resume`. `gateway` is the same for a gateway.
"""
