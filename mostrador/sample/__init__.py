"""The sample office: an invented diputación with two town halls, so that a newcomer sees the product at work.
"""
