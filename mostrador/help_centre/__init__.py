"""Articles that answer before anybody has to ask, and the search that finds them.

Words: an *article* is one matter; a *version* is its text in one language; a *vote* says whether it was useful.
Depends on: notifications and below.
"""
