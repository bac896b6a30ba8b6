"""The stage worked out from the gaps."""

LADDER = [{"pain"}, {"metrics"}, {"economic_buyer", "champion"}, {"decision_criteria", "decision_process"}]
gaps = {"A": ["champion"], "B": ["decision_process"], "C": ["metrics", "economic_buyer"]}
gaps["D"] = [*gaps["C"], "champion"]
qualify = {}
for deal, missing in gaps.items():
    stage = 0
    while stage < 4 and not LADDER[stage] & set(missing):
        stage += 1
    qualify[deal] = {"stage": stage, "gaps": missing, "bid": "bid" if stage >= 3 else "no-bid", "note": "read twice"}
