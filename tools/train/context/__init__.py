"""Makes the context model of words and the words around them."""
