"""Staff who sign in, what they may do where, and the decorators that every page wears.

Words: a *user* works for one or more organisations; a *membership* is a role in one (with or without its descendants).
Depends on: organisations, audit, shared.
"""
