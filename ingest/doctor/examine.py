"""Everything that `citylora doctor` looks at: what `check-config --probe` tries, and what is known from inside.

Inside is the data directory (journal, ledger, registry), the network server's own account of its devices, and files of
ChirpStack and Mosquitto where they are shown.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ingest.doctor import (
    chirpstack_file,
    incidents,
    journal_case,
    ledger,
    lns_database,
    lns_gateways,
    lns_keys,
    lns_places,
    lns_reach,
    lns_region,
    lns_registry,
    lns_silent,
    lns_unheard,
    mosquitto_file,
    own_clock,
    plan,
    probe,
)
from ingest.doctor.finding import Deadline, Finding
from ingest.doctor.journal_bursts import Bursts
from ingest.doctor.journal_clocks import GatewayClocks
from ingest.doctor.journal_codec import CodecErrors
from ingest.doctor.journal_gaps import Gaps
from ingest.doctor.journal_infinity import Infinities
from ingest.doctor.journal_region import Regions
from ingest.doctor.probe import Task
from ingest.doctor.server_case import ServerCase, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer
    from gateways.chirpstack.admin.errors import AdminError
    from ingest.config import Settings
    from ingest.errors import CityloraError
    from ingest.i18n import Said

LIMIT = 60.0
"""Seconds for all of it, beside the listening: a network server with thousands of devices is asked for each of them."""

SERVER_CHECKS = {
    lns_region.NAME: lns_region.check,
    lns_gateways.ONLINE: lns_gateways.check,
    lns_keys.NAME: lns_keys.check,
    lns_silent.NAME: lns_silent.check,
    lns_places.SITE: lns_places.check,
    lns_unheard.NAME: lns_unheard.check,
    lns_database.NAME: lns_database.check,
}
JOURNAL_CHECKS = (CodecErrors, Infinities, Bursts, Gaps, GatewayClocks, Regions)


class Wanted(NamedTuple):
    """What to look at beside the configuration.

    Attributes:
        listen: seconds to wait for traffic at the brokers.
        servers: by the name of their [[lns]], how each is asked, or why it cannot be.
        explain: what a refusal of one comes to.
        chirpstack: its configuration, a file or a folder of them.
        mosquitto: its configuration.
    """

    listen: float
    servers: Mapping[str, NetworkServer | CityloraError]
    explain: Callable[[AdminError], Said]
    chirpstack: Path | None = None
    mosquitto: Path | None = None


def examine(settings: Settings, wanted: Wanted, progress: Callable[[int, int, str], None]) -> list[Finding]:
    """Run every check.

    Raises:
        ConfigError: the certificates cannot be used.
    """
    limit = LIMIT + wanted.listen
    deadline = Deadline(limit)
    found = [one for one in probe.tasks(settings, deadline, wanted.listen) if not _is_asked(one, wanted)]
    found += _inside(settings, deadline)
    found += _servers(settings, wanted)
    if wanted.chirpstack is not None:
        found.append(Task("QoS of events, as configured", "file", partial(chirpstack_file.check, wanted.chirpstack)))
    if wanted.mosquitto is not None:
        found.append(Task("persistence, as configured", "file", partial(mosquitto_file.check, wanted.mosquitto)))
    return probe.run(found, limit, progress)


def _is_asked(task: Task, wanted: Wanted) -> bool:
    """Whether it is the probe's word on a server that nobody asked, and this one is asked."""
    return task.name == lns_reach.NAME and task.subject.removeprefix("lns ") in wanted.servers


def _inside(settings: Settings, deadline: Deadline) -> list[Task]:
    folder = settings.data_dir
    return [
        Task("clock of this machine", "machine", own_clock.check),
        Task("configuration", "configuration", partial(plan.inside_remarks, settings)),
        Task("ledger", ledger.SUBJECT, partial(ledger.check, settings)),
        Task("incidents", journal_case.SUBJECT, partial(incidents.check, folder)),
        Task("events", journal_case.SUBJECT, partial(journal_case.watch, folder, JOURNAL_CHECKS, deadline)),
    ]


def _servers(settings: Settings, wanted: Wanted) -> Iterator[Task]:
    cases: list[ServerCase] = []
    for lns in settings.lns:
        server = wanted.servers.get(lns.name)
        subject = f"lns {lns.name}"
        if server is None:
            continue
        if isinstance(server, Exception):
            refused = Finding(lns_reach.NAME, subject, "fail", str(server), server.hint)
            yield Task(lns_reach.NAME, subject, partial(iter, (refused,)))
            continue
        case = ServerCase(settings, lns, server, wanted.explain)
        cases.append(case)
        yield Task(lns_reach.NAME, subject, partial(lns_reach.check, case))
        for name, check in SERVER_CHECKS.items():
            yield Task(name, subject, partial(asked, name, check, case))
    if cases:
        yield Task(lns_registry.NAME, "registry", partial(_registry, settings, cases))


def _registry(settings: Settings, cases: Sequence[ServerCase]) -> Iterator[Finding]:
    return asked(lns_registry.NAME, lambda _: lns_registry.check(settings, cases), cases[0])
