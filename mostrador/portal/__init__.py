"""Home pages, errors, health, first run, the catalogue of components: pages that bring several apps together."""
