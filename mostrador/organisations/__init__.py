"""Public bodies: their tree, host names, teams, procedures, topics, calendars, opening hours, languages and themes.

Words: an *organisation* (entidad) is a public or private body; the *sede* is its electronic office; a *team* (equipo)
answers; a *procedure* (procedimiento, trámite) is what people come for; a *topic* groups problems.
Depends on: audit, shared.
"""
