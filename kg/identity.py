"""Who is the same as whom: judgements → which id stands for a group. Taking one back gives back what was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.model import Judgement


def canonical_ids(judgements: Iterable[Judgement]) -> Mapping[str, str]:
    """Id → the id that stands for its group; ids that nobody judged "same" are absent.

    A group is named after its most public id (one with a scheme such as `wikidata:`), of equals the smallest: the order
    in which judgements came does not matter. "different", "unsure" and "open" join nothing.
    """
    parent: dict[str, str] = {}

    def root(item: str) -> str:
        while parent.setdefault(item, item) != item:
            item = parent[item]
        return item

    for judgement in judgements:
        if judgement.decision == "same":
            left, right = root(judgement.left), root(judgement.right)
            if left != right:
                first, second = sorted((left, right), key=_rank)
                parent[second] = first
    return {item: root(item) for item in sorted(parent) if root(item) != item}


def _rank(entity_id: str) -> tuple[bool, str]:
    return (":" not in entity_id, entity_id)
