"""The city's places: sites, and which device stood at which of them from when to when.

site.py       what a site is, who is there; pure
moves.py      how devices come, go and are replaced; pure
invalid.py    values that an operator has declared invalid
wards.py      the wards and communes of Đà Nẵng: finding one by name, by position
file.py       registry.db: reading it, changing it, who changed what
geojson.py    sites as GeoJSON, out and in
sheet.py      devices.csv into the registry
directory.py  what decoding asks: whose an uplink is, as of its time
"""
