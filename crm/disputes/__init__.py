"""争议协调: which unit a lead is, told by the evidence of all sides; decided by the coordinator, reviewed once by the headquarters."""
