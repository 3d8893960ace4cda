"""Whether what citylora depends on is as its promises need it: each check looks, and says what it has observed.

A check is one module with one question. It yields `Finding`s: `ok` only where it has seen that it is so, `unknown`
where it could not see; it changes nothing that is not its own, and never speaks under the worker's name.
"""
