"""首报 claims: a unit's protected first-report right on a lead. Registering stores the time; evidence and a passed 研判 grant it."""
