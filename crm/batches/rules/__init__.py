"""Rules of the three batches: rolling (what stands on the list, how it adds up), comparing (one edition against the last),
periods (weeks and months), refusing.
"""
