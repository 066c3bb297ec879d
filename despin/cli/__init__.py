"""The command line: one module a subcommand, each with `register(subparsers)` and `run(args) -> exit code`."""
