"""Named reads of leads: access (who sees what), hits (is it known already?), listing (the pipeline list), figures."""
