"""The mechanism: operations, fold, merge, series, names, frames.

Pure: no input or output, no threads, no reading of the time.
"""
