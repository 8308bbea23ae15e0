"""后台 jobs: long work with progress. The row is the authority, written with the change that asks for it; huey carries its id."""
