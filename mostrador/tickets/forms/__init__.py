"""What people type about tickets, one module per audience."""
