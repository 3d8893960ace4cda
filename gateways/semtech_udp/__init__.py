"""Frames from packet forwarders: Semtech's UDP protocol, version 2 (GWMP), as concentrators with SX130x speak it.

UDP promises nothing, and neither does PUSH_ACK: it says that a datagram has come, not that a frame is kept. There is no
authentication: whoever reaches the port can pretend to be a gateway, and only the frames' own MICs tell. So it listens
on this machine alone unless it is told otherwise, knows its gateways by name, and bounds what one address may send.
"""
