"""What is done to tickets, one module per noun."""
