"""Rules of workbooks: reading (in a process of its own), mapping columns, understanding values, judging rows, finding twins."""
