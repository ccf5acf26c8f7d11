"""The sandbox's business apps: real authorization servers with the few REST calls that recipes need.

`create_app` gives one WSGI app per business app. What differs between vendors is data in an `AppDescription`
(`sandbox/apps/<app>/__init__.py`) and the vendor's own REST calls beside it; everything else is one engine.
"""

from sandbox.apps.factory import create_app

__all__ = ["create_app"]
