"""Rules of leads: lead (what one is), paste (粘贴登记)."""
