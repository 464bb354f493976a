"""Tickets: every question or fault that a citizen brings to the desk, whatever the channel.

Words: a *ticket* is one matter from opening to closing; a *message* is one thing said in it; a *draft* is what somebody
is still typing. Depends on: help_centre and below. Used by: feedback, metrics, integrations.
"""
