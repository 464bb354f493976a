"""The administrators' pages: how the visited organisation is set up. One module for each thing that is set up."""
