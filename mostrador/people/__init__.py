"""The public: identity and contact data in one table, so that erasing a person keeps the figures.

Words: a *person* (persona) is somebody whom an organisation helped; the organisation is the data controller.
Depends on: accounts, organisations, audit, shared.
"""
