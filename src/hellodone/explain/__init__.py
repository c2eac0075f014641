"""What the words of TLS mean: alerts, suites, extensions, groups, schemes, messages, facts, and raw bytes."""
