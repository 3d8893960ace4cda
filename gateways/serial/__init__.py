"""LoRa modems at serial ports: a frame that one has received, to a `Reception`. One file a family, without any I/O.

    port ── bytes ──▶ family.split ── lines ──▶ Conversation ── Told ──▶ SerialSource ──▶ hear(Reception)
                      (rn2903.py …)               │  steps of family.set_up, after, retune
    port ◀─ bytes ── Conversation.take ◀──────────┘  timers: `due`, `tick`

- A family knows how its modems speak: how a line ends, which commands make it listen, what a frame looks like.
- `Conversation` knows what is the same for all: one command at a time and its answer, set-up again after a reset or
  silence, a frame's RSSI asked for afterwards, another channel. It is told the time; it never looks at a clock.
- `SerialSource` (link.py) owns the port and a thread: opens it for itself alone, finds it by USB ids, comes back when
  it was unplugged, tries the family's other speeds, takes turns over the channels of a scan plan.

A modem listens on one channel at one spreading factor at a time, where a gateway listens on eight at all of them. It is
good for one sensor, a survey and a test bench. It does not transmit: a device cannot join through it.
"""
