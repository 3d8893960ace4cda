"""What `citylora init` makes: a set of files from which a site's services start, with secrets of its own.

`kinds` says how the two kinds of set differ, `contents` what is in one, `passwords`, `accounts` and `authority` make
what must differ from site to site, `writing` puts it all on disk or nothing of it.
"""
