"""The words of each language, a file a language: ``en.toml`` has every key, the others the same and ``[claims]``."""
