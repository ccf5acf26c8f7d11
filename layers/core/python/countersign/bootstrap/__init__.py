"""The composition root: the only place where ports meet adapters."""

from countersign.bootstrap.adapters import LambdaContext
from countersign.bootstrap.container import Container, container

__all__ = ["Container", "LambdaContext", "container"]
