"""What `make bench` measures; README.rst tells against what, and on which ledger."""
