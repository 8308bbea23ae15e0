"""导入导出 exchange: workbooks as offices send them, read, judged whole, applied in chunks; exports that hold no formula."""
