#!/bin/bash
# InfluxDB 2, once, when it is set up: the bucket of the roll-ups, and users for /write and /query who may do their part
# and no more. A bucket answers to the database of its name by itself. Runs in the container of InfluxDB.
set -euo pipefail

readings=$DOCKER_INFLUXDB_INIT_BUCKET_ID
rollups=$(influx bucket create --org "$DOCKER_INFLUXDB_INIT_ORG" --name citylora_rollup --shard-group-duration 52w --hide-headers | cut -f 1)

influx v1 auth create --org "$DOCKER_INFLUXDB_INIT_ORG" \
  --username citylora --password "$(cat /run/secrets/influxdb-citylora)" \
  --read-bucket "$readings" --write-bucket "$readings" --read-bucket "$rollups" --write-bucket "$rollups" > /dev/null
influx v1 auth create --org "$DOCKER_INFLUXDB_INIT_ORG" \
  --username grafana --password "$(cat /run/secrets/influxdb-grafana)" \
  --read-bucket "$readings" --read-bucket "$rollups" > /dev/null
