"""Grafana as code: the boards of the operations centre, in Vietnamese and English, and what provisions them.

    texts, colours ─▶ panels ─▶ boards/<name>.py ─▶ provision ─▶ provisioning/ (committed; `make generate`)
                                                        └────▶ wanted ─▶ push ─▶ grafana (one that runs)

Of citylora it knows the decoders' vocabulary and bands alone: measurements and fields are names here, as they are for
anybody who asks the database. The tests hold every one of them against rows that the real pipeline has written.
"""
