"""What happens to the electronic office as a whole: incidents that touch many people.

Words: an *incident* is an interruption of the sede or of a part of it.
Depends on: accounts, organisations, audit, shared.
"""
