"""Everything that changes organisations, one module for each thing changed."""
