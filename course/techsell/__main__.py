"""`python -m techsell`."""

from techsell.cli import main

main()
