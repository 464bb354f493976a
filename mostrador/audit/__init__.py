"""Who did what, when: an append-only record, chained by hashes per organisation.

Words: an *event* is one line of the record; a *seal* puts it into its organisation's chain; the *head* of a chain is
its last seal. Values only, no foreign keys to other apps, so that every app above may write here. Its pages are in
`accounts`, which knows who may see them. Depends on: shared.
"""
