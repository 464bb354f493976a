"""What is asked about tickets, one module per noun."""
