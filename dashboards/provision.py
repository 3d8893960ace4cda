"""The tree of files that Grafana reads at its start: data sources, boards of both languages, one alert rule, the map.

    datasources/citylora.yaml
    dashboards/citylora.yaml      a folder for each language
    dashboards/<language>/<name>.json
    alerting/citylora.yaml        citylora itself is not heard; whatever a city is to be told of, citylora tells
    maps/citylora-wards.geojson   to be mounted at Grafana's public/maps/

Addresses, names and secrets come from Grafana's environment, so the files are the same everywhere.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from dashboards import boards
from dashboards.base_layer import FILE, base_layer
from dashboards.board import as_json
from dashboards.queries import ROLLUPS, ROWS, WORKER
from dashboards.texts import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from decoders.bands import Language

LANGUAGES: tuple[Language, ...] = ("vi", "en")

FOLDERS: Mapping[Language, str] = {"vi": "Điều hành đô thị", "en": "City operations"}
"""What the folder of a language is called; its uid is `citylora-<language>`."""

_SOURCES = """\
# Grafana's environment has CITYLORA_INFLUX_URL, CITYLORA_INFLUX_DATABASE, CITYLORA_INFLUX_USER, CITYLORA_INFLUX_TOKEN
# (a password of 1.x; a token of 2.x or 3, then the user's name is of no meaning) and CITYLORA_PROMETHEUS_URL.
apiVersion: 1
datasources:
  - name: citylora
    uid: {rows}
    type: influxdb
    access: proxy
    url: ${{CITYLORA_INFLUX_URL}}
    basicAuth: true
    basicAuthUser: ${{CITYLORA_INFLUX_USER}}
    jsonData: {{version: InfluxQL, dbName: "${{CITYLORA_INFLUX_DATABASE}}", httpMode: POST, timeInterval: 1m}}
    secureJsonData: {{basicAuthPassword: "${{CITYLORA_INFLUX_TOKEN}}"}}
    isDefault: true
    editable: false
  - name: citylora, hours and days
    uid: {rollups}
    type: influxdb
    access: proxy
    url: ${{CITYLORA_INFLUX_URL}}
    basicAuth: true
    basicAuthUser: ${{CITYLORA_INFLUX_USER}}
    jsonData: {{version: InfluxQL, dbName: "${{CITYLORA_INFLUX_DATABASE}}_rollup", httpMode: POST, timeInterval: 1h}}
    secureJsonData: {{basicAuthPassword: "${{CITYLORA_INFLUX_TOKEN}}"}}
    editable: false
  - name: citylora, its own metrics
    uid: {worker}
    type: prometheus
    access: proxy
    url: ${{CITYLORA_PROMETHEUS_URL}}
    jsonData: {{httpMode: POST, timeInterval: 15s}}
    editable: false
"""

_PROVIDER = """\
  - name: citylora-{language}
    orgId: 1
    type: file
    folder: {folder}
    folderUid: citylora-{language}
    allowUiUpdates: false
    disableDeletion: true
    updateIntervalSeconds: 60
    options: {{path: {path}/dashboards/{language}}}
"""

_ALERTING = f"""\
# One rule: nothing of citylora arrives. Whom Grafana tells is its own notification policy, which stays as it is.
apiVersion: 1
groups:
  - orgId: 1
    name: citylora
    folder: {{folder}}
    interval: 1m
    rules:
      - uid: citylora-absent
        title: citylora is not heard
        condition: C
        for: 5m
        noDataState: Alerting
        execErrState: Error
        labels: {{{{severity: danger}}}}
        annotations:
          summary: No uplink was stored for 15 minutes. `citylora status` and `citylora check-config --probe` say why.
        data:
          - refId: A
            relativeTimeRange: {{{{from: 900, to: 0}}}}
            datasourceUid: {ROWS.uid}
            model:
              refId: A
              rawQuery: true
              resultFormat: time_series
              query: 'SELECT count("f_cnt") AS "uplinks" FROM "radio" WHERE $timeFilter'
          - refId: B
            datasourceUid: __expr__
            model: {{{{refId: B, type: reduce, reducer: sum, expression: A}}}}
          - refId: C
            datasourceUid: __expr__
            model:
              refId: C
              type: threshold
              expression: B
              conditions: [{{{{evaluator: {{{{type: lt, params: [1]}}}}}}}}]
"""  # noqa: S608  (a file for Grafana)

SEEN_AT = "/etc/grafana/provisioning"
"""Where Grafana has the tree, unless somebody says otherwise."""


def names() -> list[str]:
    """The boards, by the names of their files."""
    return sorted(module.name for module in iter_modules(boards.__path__))


@cache
def board_file(name: str, language: Language) -> str:
    """A board in a language, as Grafana reads it."""
    return as_json(import_module(f"dashboards.boards.{name}").board_of(Words(language)))


def tree(
    wards: str,
    licence: str,
    languages: Iterable[Language] = LANGUAGES,
    *,
    seen_at: str = SEEN_AT,
) -> dict[str, str]:
    """Every file by its path in the tree.

    Args:
        wards: borders of the wards, GeoJSON.
        licence: theirs, which goes with them.
        languages: of the boards.
        seen_at: the path at which Grafana has the tree.
    """
    chosen = [language for language in LANGUAGES if language in languages]
    providers = (_PROVIDER.format(language=one, folder=FOLDERS[one], path=seen_at) for one in chosen)
    found = {
        "datasources/citylora.yaml": _SOURCES.format(rows=ROWS.uid, rollups=ROLLUPS.uid, worker=WORKER.uid),
        "dashboards/citylora.yaml": "apiVersion: 1\nproviders:\n" + "".join(providers),
        "alerting/citylora.yaml": _ALERTING.format(folder=FOLDERS[chosen[0]]),
        f"maps/{FILE}": base_layer(wards),
        "maps/WARDS-LICENSE": licence,
    }
    return found | {f"dashboards/{one}/{name}.json": board_file(name, one) for one in chosen for name in names()}
