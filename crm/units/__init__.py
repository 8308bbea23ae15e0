"""单位 units: city office, headquarters, districts, departments, overseas offices, sub-districts, task forces: one tree."""
