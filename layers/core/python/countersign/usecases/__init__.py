"""One verb per module: what Countersign does, spoken in the words of the domain and through ports."""
