"""What people say of the help they got: one short survey after each resolution.

Depends on: tickets and below.
"""
