"""Commands that learn the shipped models and weights anew."""
