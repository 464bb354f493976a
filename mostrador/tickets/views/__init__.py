"""Pages of tickets, one module per audience."""
