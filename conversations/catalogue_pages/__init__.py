"""What administrators read of models, routes and providers. Reads only."""
