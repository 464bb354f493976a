"""Who did what, when: an append-only record, chained by hashes per organisation.

Words: an *event* is one line of the record; a *seal* puts it into its organisation's chain. Values only, no foreign keys,
so that every app above may write here. Depends on: shared.
"""
