"""Tools of those who write scenarios: lint, graph, diff, new."""
