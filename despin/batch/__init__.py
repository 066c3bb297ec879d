"""Whole crawls: records in, the same records out with a `despin` field, in bounded memory (`despin.batch.run`)."""
