"""The language models: trigrams of words, and words with what surrounds them."""
