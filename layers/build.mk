# Shared by the three layers' Makefiles, which `sam build` runs with ARTIFACTS_DIR set (and build_in_source, see samconfig.toml).
UV ?= uv
# Python 3.13 with the project's own packages: byte code must be of the runtime's version.
PYTHON ?= $(UV) run --quiet --frozen --project $(ROOT) python
ROOT := $(realpath $(dir $(lastword $(MAKEFILE_LIST)))..)
PACKAGES = $(ARTIFACTS_DIR)/python

export PYTHONHASHSEED := 0
# /opt is read-only on Lambda: what isn't compiled here is compiled again at every cold start. Unchecked: the source is never newer.
COMPILE = $(PYTHON) -m compileall -q -f --invalidation-mode unchecked-hash -s "$(PACKAGES)" -p /opt/python "$(PACKAGES)"
