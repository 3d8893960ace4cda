"""The small network side of a site without a network server: frames as radios heard them, to events of devices we know.

    serial port ──▶ SerialSource ──┐ hear(Reception)                                   report(Handover)
    serial port ──▶ SerialSource ──┼──▶ Network: copies of a frame gathered, session, ──▶ intake ──▶ journal
    UDP         ──▶ UdpSource ─────┘    MIC, counter, decrypted, as ChirpStack's JSON         │
                                        session's counter to disk ◀── acknowledge(Handover) ──┘

Who calls what:

- A source has a thread of its own, and is made with `hear` and `report`. For each frame that a radio has received it
  calls `hear(reception)`, in the order in which they came. That costs microseconds, never raises, and gives True where
  the frame was taken. False: there is no room (the disk takes nothing): the source reads no more from its port, and
  calls again with the same reception some 50 ms later, unless it is told to stop. So the port's own buffer fills.
- `Reception.phy` is the frame as it was on air, whatever it is; a source judges no frame, and drops none but those that
  cannot be told apart from noise of its line. Frames whose `crc` is `bad` come too: they are counted here.
- What the administrator has to know a source tells by `report(Incident(source, kind, detail))`, from any thread:
  `connection_lost` when its port is gone (frames may be missing from then on), `connect_failed` for each cause that
  keeps it away, `firmware` for what answers otherwise than documented. And `SessionOpened(source, name of the modem or
  address)` whenever it begins to hear: that ends what the log says of its trouble.
- `start()` returns at once. `stop(timeout)` ends the thread and lets go of the port; nothing is heard after it returns.
  `connected` (threading.Event) is set while it hears; `status()` gives what `citylora status` shows, plain JSON values.
- `Network` hands over as a broker's subscriber does: events whose `source` is that of the first reception of the frame.
  Nothing on the air can be asked for again: an event is handed over once, and `acknowledge` only moves the session's
  counter on disk. A crash between the two has a copy of the frame that comes soon after handed over once more, and
  intake finds it to be a duplicate; nothing is lost by it.
- A modem that can transmit at a given time fulfils `transmit.Transmitter`; only through one can a device join.
"""
