"""The sample office: an invented diputación with two town halls, so that a newcomer sees the product at work.

Its words are in data/ (see data/README.md); `actions` loads them through the same actions as people use.
"""
