"""Counts as a Series, NumPy numbers, a warning and a print on the way."""
# ruff: noqa - written as learners write, on what the notebook defines above

import sys
import warnings


def talk_metrics(turns):
    warnings.warn("deprecated, says a library", FutureWarning)
    print("working", file=sys.stderr)
    seller = turns.query("speaker == 'seller'")
    return {
        "spin_counts": pd.Series({kind: (seller["tag"] == kind).sum() for kind in reversed(SPIN)}),
        "longest_monologue_s": seconds(merged(seller, pause=PAUSE)).max(),
        "seller_share": seconds(merged(seller)).sum() / seconds(merged(turns)).sum(),
    }
