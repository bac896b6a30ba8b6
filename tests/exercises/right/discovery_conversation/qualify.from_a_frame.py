"""Rows taken from a DataFrame, so that numbers are NumPy's."""
# ruff: noqa - written as learners write, on what the notebook defines above

frame = pd.DataFrame(
    {
        "stage": [2, 3, 1, 1],
        "gaps": [
            ["champion"],
            ["decision_process"],
            ["metrics", "economic_buyer"],
            ["metrics", "economic_buyer", "champion"],
        ],
        "bid": ["no-bid", "bid", "no-bid", "no-bid"],
    },
    index=list("ABCD"),
)
qualify = {deal: dict(row) for deal, row in frame.iterrows()}
