"""Runs the public conformance suite tlsfuzzer against ``hellodone serve``: see docs/conformance.md."""
