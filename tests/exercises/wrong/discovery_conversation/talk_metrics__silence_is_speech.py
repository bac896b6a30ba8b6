"""From the seller's first word to the last one before the buyer speaks."""
# ruff: noqa - written as learners write, on what the notebook defines above


def talk_metrics(turns):
    ordered = turns.sort_values("t0")
    block = (ordered["speaker"] != ordered["speaker"].shift()).cumsum().rename("block")
    blocks = ordered.groupby([block, "speaker"]).agg(t0=("t0", "min"), t1=("t1", "max"))
    seller = turns[turns["speaker"] == "seller"]
    seller_share = seconds(merged(seller)).sum() / seconds(merged(turns)).sum()
    longest_monologue_s = seconds(blocks.xs("seller", level="speaker")).max()
    spin_counts = seller["tag"].value_counts().reindex(SPIN, fill_value=0).to_dict()
    return {
        "seller_share": float(seller_share),
        "longest_monologue_s": float(longest_monologue_s),
        "spin_counts": spin_counts,
    }
