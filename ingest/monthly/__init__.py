"""The report of a month, as a department files it: from the days of each site to a page, a workbook or a table.

model.py      what a report says, in no language
month.py      which days a month has, and which of them are over
sources.py    reads the roll-ups and the registry of a data directory
gather.py     summaries and registry into a report (places.py judging.py exceeded.py figures.py); pure
numbers.py    how many digits mean something
words.py      all that a reader reads, in Vietnamese and English
titles.py     names, limits and notes as every format writes them
tables.py     the tables that every format prints
csv_file.py   the days as CSV
html_page.py  the report as one HTML file (plots.py style.py)
workbook.py   the report as an Excel workbook (charts.py); needs the extra `report`
"""
