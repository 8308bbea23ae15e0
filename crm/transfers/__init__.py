"""流转与承接: a lead goes from one unit to another by offer, by the coordinator's word, or by way of the pool of open projects."""
