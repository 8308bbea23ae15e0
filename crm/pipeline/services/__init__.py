"""Named writes of the pipeline, one verb a file."""

from crm.pipeline.services.move import move_stage

__all__ = ["move_stage"]
