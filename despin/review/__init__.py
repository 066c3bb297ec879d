"""Going through restorations in the browser: what is decided is kept beside the text, and becomes gold and entries."""
