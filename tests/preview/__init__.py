"""`python -m tests.preview`: pictures of the boards for docs/dashboards.md, made without Grafana.

    a simulated city ─▶ InfluxDB, Prometheus ─▶ answers ─▶ draw ─▶ page ─▶ chromium ─▶ png ─▶ docs/pictures/<board>.png

What is drawn are the results of the boards' own queries, where the boards put them; how it is drawn is ours. No part of
`make test`: it needs a chromium.
"""
