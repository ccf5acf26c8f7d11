"""One technology per module; the only places that know a vendor. Errors are translated here, both ways."""
