"""What is run beside the package: makers of tables and charts, the conformance suite."""
