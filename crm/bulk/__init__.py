"""批量操作: one act for many chosen leads, seen before it is done, each lead in its own right."""
