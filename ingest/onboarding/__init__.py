"""A sensor on a pole: what a technician holds in the hand becomes a device that the network server and we know.

`identifiers`, `qr` and `sheets` read what people and vendors write, and decide nothing else. `wanted` is what they come
to. `planning` compares it with what is there, purely; `carrying_out` does what is left to do; `check` watches a device
until there is a verdict. `queue` keeps work while no server can be reached. `labels` puts on paper what is then known.
"""
