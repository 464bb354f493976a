"""Talks to other people's mail servers, and to those that give access tokens for them."""
