"""The recipe builder's command line: check a catalog, begin an app or a recipe, try one, list what there is."""
