"""The measures of the desk, each with its definition. Reads everything below, is read by nobody.

Words: a *measure* is one of the four of the mission; a *figure* is its value for a period and a team.
"""
