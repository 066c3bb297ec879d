"""The command line: one module a subcommand, each with `add_arguments(parser)`, `run(args) -> exit code`, `EPILOG` and mostly `ABOUT`."""
