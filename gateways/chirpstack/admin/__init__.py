"""ChirpStack's gRPC API, as far as somebody needs it who adds devices and finds out why one is not heard.

`answers` is what leaves this package; `server` asks, `errors` says what a refusal means. No generated message is seen
outside. The names of the API's methods and fields are those of chirpstack-api 4.x.
"""

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # before grpc is imported: what it logs, our errors say in words
