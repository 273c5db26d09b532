"""``python -m preau.operations``: the command ``preau`` of the operations image."""

from preau.operations.cli import main

main()
