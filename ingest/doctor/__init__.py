"""Whether what citylora depends on is as its promises need it: each check looks, and says what it has observed.

A check is one module with one question. It yields `Finding`s: `ok` only where it has seen that it is so, `unknown`
where it could not see; it changes nothing that is not its own, and never speaks under the worker's name. What it says
stands in `locale/doctor_*.toml` in both languages, what it is called in `doctor_titles.toml`.

`probe` tries what is around citylora from outside (`check-config --probe`); `examine` does that and looks inside too
(`citylora doctor`): `journal_*` at the events of the last day, `lns_*` at a network server's own account, `*_file` at
files of others that are shown. `guarantees` makes promises of findings.
"""
