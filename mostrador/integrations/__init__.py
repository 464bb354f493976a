"""Ways in and out for other systems: for now, importing tickets in bulk.

Depends on: feedback and below.
"""
