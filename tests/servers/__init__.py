"""Real servers for the tests, because a fake broker forgives what the real one does not.

`python -m tests.servers` finds or unpacks them; `Mosquitto`, `InfluxDB`, `Alertmanager`, `Prometheus` and `Proxy` run
them inside one test.
"""

from tests.servers.alertmanager import Alertmanager
from tests.servers.influxdb import Database, InfluxDB
from tests.servers.mosquitto import Mosquitto
from tests.servers.ports import free_port
from tests.servers.prometheus import Prometheus
from tests.servers.proxy import Proxy

__all__ = ["Alertmanager", "Database", "InfluxDB", "Mosquitto", "Prometheus", "Proxy", "free_port"]
