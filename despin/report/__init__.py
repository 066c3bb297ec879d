"""Pages that show results in a browser. Nothing is imported but what types need: results
show themselves in notebooks."""
