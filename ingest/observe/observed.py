"""What an administrator watches of `citylora run`: its log, metrics, health and heartbeat, built here."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from ingest.delivery.overview import endpoint_names
from ingest.observe.glimpse import Glimpse
from ingest.observe.health import Health
from ingest.observe.heartbeat import Heartbeat
from ingest.observe.watch import Watch
from ingest.observe.web import Reply, Server
from ingest.outlets import consumer_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.app import Worker
    from ingest.config import Settings
    from ingest.observe.log import Logger


class Observed:
    """Around one worker, from before it starts until after it has stopped."""

    def __init__(self, worker: Worker, log: Logger) -> None:
        """Listen, but answer nothing yet.

        Raises:
            ConfigError: nobody can listen where `[metrics] listen` says.
        """
        settings = worker.settings
        glimpse = Glimpse(settings.data_dir, consumer_names(settings), lambda: endpoint_names(worker.settings))
        self._log = log
        self._worker = worker
        self._health = Health(worker, glimpse)
        self._watch = Watch(worker, self._health, glimpse)
        self._watch.read()  # what is in quarantine already is no news
        self._heartbeat = Heartbeat(settings.heartbeat, self._health.silent, self._words, worker.troubles.causes)
        self._server = self._listen(settings.metrics.listen, glimpse) if settings.metrics.listen else None

    def start(self) -> None:
        """Begin to watch a worker that has been started."""
        self._watch.start()
        self._heartbeat.start()
        if self._server is not None:
            self._server.start()

    def reload(self, settings: Settings) -> None:
        """Take over what can change while running: the log's form and level, the heartbeat."""
        self._log.configure(settings.log.format, settings.log.level)
        self._heartbeat.use(settings.heartbeat)

    def stop(self) -> None:
        """Watch no more. To be called when the worker has stopped: until then it answers that it is stopping."""
        self._heartbeat.stop()
        self._watch.stop()
        if self._server is not None:
            self._server.stop()

    def _listen(self, listen: str, glimpse: Glimpse) -> Server:
        from prometheus_client.exposition import choose_encoder  # noqa: PLC0415  (only who is asked needs it)

        from ingest.observe.metrics import Collector, registry  # noqa: PLC0415  (the same)

        ours = registry(Collector(self._worker, glimpse, self._health, self._heartbeat))

        def metrics(accept: str) -> Reply:
            encode, content_type = choose_encoder(accept)
            return Reply(HTTPStatus.OK, content_type, encode(ours))

        healthz, readyz = _answer("healthy", self._health.dead), _answer("ready", self._health.unready)
        return Server(listen, {"/metrics": metrics, "/healthz": healthz, "/readyz": readyz})

    def _words(self) -> str:
        """What a ping says: how the worker is, in a few words that may leave the house."""
        trouble = [one.name for one in self._worker.consumers if one.health.trouble]
        away = [f"{kind} {one.settings.name}" for kind, one in self._worker.ways_in if not one.connected.is_set()]
        said = [f"{name} is in trouble" for name in trouble] + [f"{name} is away" for name in away]
        return f"citylora: {'; '.join(said) or 'ok'}\n"


def _answer(what: str, reasons: Callable[[], list[str]]) -> Callable[[str], Reply]:
    """200 where there is no reason against it, else 503 with the reasons."""

    def answer(_accept: str) -> Reply:
        found = reasons()
        body = json.dumps({what: not found, "reasons": found}, ensure_ascii=False).encode()
        status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
        return Reply(status, "application/json; charset=utf-8", body + b"\n")

    return answer
