"""Corpora of whole documents, read from small files of our own wording in their formats."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from pipelines.nlp.training import documents


def conllu(rows: str) -> str:
    """Short form, `word tag head label [Entity]`, to ten columns."""
    lines = []
    for number, row in enumerate(rows.strip().splitlines(), start=1):
        word, tag, head, label, *entity = row.split()
        misc = f"Entity={entity[0]}" if entity else "_"
        lines.append("\t".join([str(number), word, word.lower(), tag, "_", "_", head, label, "_", misc]))
    return "\n".join(lines) + "\n\n"


STORY = conllu(
    """
    The DET 2 det (1-object-new-1
    plane NOUN 6 nsubj
    of ADP 4 case
    Ilya PROPN 2 nmod (2-person-new-1
    Petrov PROPN 4 flat 2)1)
    left VERB 0 root
    """
) + conllu(
    """
    He PRON 2 nsubj (2-person-giv-1)
    waved VERB 0 root
    at ADP 4 case
    it PRON 2 obl (1-object-giv-1)
    and CCONJ 6 cc
    Oslo PROPN 4 conj (3-place-new-1)
    """
)


def test_gum(tmp_path: Path) -> None:
    (tmp_path / "story.conllu").write_text(STORY, encoding="utf-8")
    (found,) = documents.read_gum(tmp_path)
    assert found.starts == [0, 6]
    assert found.every_mention
    assert sorted(found.clusters) == [[1, 9], [4, 6], [11]]  # "Ilya Petrov" is known by its last word


def test_wikievents(tmp_path: Path) -> None:
    row = {
        "docid": "d1",
        "tokens": "Guards held the crew of a jet in Oslo . The crew slept .".split(),
        "sentences": ["Guards held the crew of a jet in Oslo . ", "The crew slept . "],
        "event_mentions": [
            {
                "event_type": "Justice.ArrestJailDetain",
                "trigger": {"start_idx": 1, "end_idx": 2, "text": "held"},
                "arguments": [
                    {"role": "Jailer", "text": "Guards"},
                    {"role": "Detainee", "text": "the crew"},
                    {"role": "Disease", "text": "jet"},
                    {"role": "Place", "text": "nowhere"},
                ],
            }
        ],
    }
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (found,) = documents.read_wikievents(path)
    assert found.starts == [0, 10]
    assert found.events is not None
    assert [i for i, e in enumerate(found.events) if e != "O"] == [1]
    # The role that no table names and the argument that is not in the text are left out.
    assert found.roles == [(1, 0, "actor"), (1, 3, "affected")]


ECB = """<Document doc_name="1_1ecb.xml">
<token t_id="1" sentence="0" number="0">Unchecked</token>
<token t_id="2" sentence="1" number="0">Police</token>
<token t_id="3" sentence="1" number="1">raided</token>
<token t_id="4" sentence="1" number="2">it</token>
<Markables>
<HUMAN_PART_ORG m_id="1"><token_anchor t_id="2"/></HUMAN_PART_ORG>
<NEG_ACTION_OCCURRENCE m_id="2"><token_anchor t_id="3"/></NEG_ACTION_OCCURRENCE>
<ACTION_REPORTING m_id="3"><token_anchor t_id="1"/></ACTION_REPORTING>
<HUMAN_PART_ORG m_id="9" RELATED_TO="" TAG_DESCRIPTOR="police"/>
</Markables>
<Relations><CROSS_DOC_COREF r_id="1"><source m_id="1"/><target m_id="9"/></CROSS_DOC_COREF></Relations>
</Document>"""


def test_ecbplus_reads_checked_sentences_only(tmp_path: Path) -> None:
    folder = tmp_path / "topics" / "1"
    folder.mkdir(parents=True)
    (folder / "1_1ecb.xml").write_text(ECB, encoding="utf-8")
    (tmp_path / "ECBplus_coreference_sentences.csv").write_text("Topic,File,Sentence Number\n1,1ecb,1\n")
    (found,) = documents.read_ecbplus(tmp_path)
    assert found.words == ["Police", "raided", "it"]
    assert found.actions == ["O", "occurrence", "O"]
    assert found.clusters == [[0]]


@pytest.mark.parametrize(
    ("phrase", "head"),
    [("the crew of the plane", 1), ("Sergei Lavrov", 1), ("the minister , Sergei Lavrov", 1), ("of it", 1)],
)
def test_head_without_a_tree(phrase: str, head: int) -> None:
    words = phrase.split()
    assert documents.head_of(words, 0, len(words)) == head


def document(sizes: list[int]) -> documents.Document:
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return documents.Document("d", [str(i) for i in range(sum(sizes))], starts, [[0, 5], [sum(sizes) - 1]])


@pytest.mark.parametrize("sizes", [[3], [50, 40, 30], [200], [90, 200, 5], [96, 96, 1]])
def test_windows_cover_everything_once(sizes: list[int]) -> None:
    found = list(documents.windows(document(sizes)))
    assert [i for s, e in found for i in range(s, e)] == list(range(sum(sizes)))
    assert all(e - s <= documents.WINDOW for s, e in found)


def test_a_part_keeps_its_clusters_only() -> None:
    whole = document([40] * 100)
    begin, end = documents.part(whole, random.Random(1))
    assert 0 < end - begin <= documents.MOST
    assert begin in whole.starts
    piece = documents.cut(whole, begin, end)
    assert piece.words == whole.words[begin:end]
    assert all(0 <= i < len(piece.words) for group in piece.clusters for i in group)
