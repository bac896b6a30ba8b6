"""What runs inside a sandbox, and all of this package that can be seen there. Nothing here imports its neighbours
outside; the grader's side imports a few names from here.
"""
