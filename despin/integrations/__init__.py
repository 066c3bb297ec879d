"""despin as a step of other engines' pipelines; each module needs the library it is named for."""
