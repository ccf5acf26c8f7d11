"""One scenario per app file: `SCENARIO` in the module with the app's id."""
