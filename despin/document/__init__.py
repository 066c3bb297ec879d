"""What a document as a whole says: its family, its rate, and the verdict."""
