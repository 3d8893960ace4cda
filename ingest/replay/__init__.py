"""History, decoded anew: what the archive's events come to today, held against the rows that a sink has.

plan.py      which events can place a row in which slice of time
changes.py   rows as they are and as they should be: what differs; pure
rewrite.py   one consumer, slice by slice: read, compare, delete, write, count
"""
