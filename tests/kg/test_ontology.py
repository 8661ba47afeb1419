"""One list of words: what kg.ttl says is what the stores, the frames and the documentation have."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import rdflib
import yaml

from kg import ontology
from kg.errors import OntologyError

TTL = files("ontologies").joinpath("kg.ttl").read_text(encoding="utf-8")
KG = rdflib.Namespace(ontology.NAMESPACE)
FRAME = {
    "type": "Signing", "parent": "Agree", "plover": "AGREE", "label": "Signing", "comment": "Names are put to it.", "example": "They signed.",
    "triggers": {"verbs": ["sign"]}, "roles": {"actor": {"from": ["subject"]}}, "requires": ["actor|target"],
}  # fmt: skip

# The two levels that the design names.
TYPES = {
    "Consult": ["Meeting", "Visit", "Talks"], "Agree": ["Signing", "Commitment"], "Support": [], "Cooperate": [],
    "Aid": ["ArmsSupply", "MilitaryAid", "HumanitarianAid"], "Concede": [], "Request": [], "Accuse": ["Criticism", "Investigation"],
    "Reject": [], "Threaten": ["Warning"], "Protest": [], "Sanction": [], "Mobilize": ["Deployment", "Exercise", "WeaponTest"],
    "Coerce": ["Detention", "Seizure", "Expulsion"], "Assault": ["Attack", "ShootDown"], "Statement": [], "PolicyChange": [],
    "Appointment": [], "Crash": [], "Flight": ["Departure", "Arrival", "Stopover", "Overflight", "Diversion", "SignalLoss"],
}  # fmt: skip
CLASSES = {
    "Article", "Publisher", "Person", "Organization", "Country", "Region", "City", "Airport", "Facility", "Aircraft", "AircraftType", "Weapon",
    "Agreement", "NamedEvent", "Event", "ReportedFlight", "ObservedFlight", "Evidence",
}  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data=TTL, format="turtle")


def test_the_tables_are_fresh():
    kept = json.loads(files("ontologies").joinpath("kg.json").read_text(encoding="utf-8"))
    assert ontology.compile_tables(TTL) == kept, "run python -m kg.ontology"


def test_the_data_model_page_is_fresh():
    page = Path(__file__).parents[2] / "docs" / "data-model.md"
    assert page.read_text(encoding="utf-8") == ontology.data_model_markdown(), "run python -m kg.ontology"


def test_every_class_is_there_once():
    labels = [t.label for t in ontology.node_tables()]
    assert sorted(labels) == sorted(CLASSES)


def test_event_types_have_two_levels():
    found = {t.name: t.parent for t in ontology.event_types()}
    assert found == {**dict.fromkeys(TYPES), **{sub: parent for parent, subs in TYPES.items() for sub in subs}}


@pytest.mark.parametrize("kind", ["Class", "DatatypeProperty", "ObjectProperty", "Role", "EventType"])
def test_every_word_has_a_label_a_comment_and_one_example(graph, kind):
    class_ = KG[kind] if kind in ("Role", "EventType") else rdflib.OWL[kind]
    words = set(graph.subjects(rdflib.RDF.type, class_))
    assert words
    for word in words:
        for predicate in (rdflib.RDFS.label, rdflib.RDFS.comment, rdflib.SKOS.example):
            assert len([v for v in graph.objects(word, predicate) if str(v).strip()]) == 1, (word, predicate)


def test_every_class_and_edge_is_aligned_with_a_published_vocabulary(graph):
    for kind, predicate in (
        (rdflib.OWL.Class, rdflib.RDFS.subClassOf),
        (rdflib.OWL.ObjectProperty, rdflib.RDFS.subPropertyOf),
    ):
        for word in graph.subjects(rdflib.RDF.type, kind):
            assert [o for o in graph.objects(word, predicate) if not str(o).startswith(str(KG))], word


def test_edges_join_classes_that_exist():
    for edge in ontology.edge_tables():
        assert edge.pairs, edge.type
        assert {label for pair in edge.pairs for label in pair} <= CLASSES


def test_the_roles_of_the_design_are_there():
    assert {"actor", "counterpart", "target", "place", "instrument", "topic", "recipient"} <= set(ontology.roles())


def test_importing_the_ontology_loads_nothing_heavy():
    code = "import sys, kg.ontology as o; o.node_tables(), o.edge_tables(); print('rdflib' in sys.modules, 'yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == [
        "False",
        "False",
    ]


# Stores --------------------------------------------------------------------------------------------------------------


def test_the_embedded_store_accepts_the_tables(tmp_path):
    ladybug = pytest.importorskip("ladybug")
    connection = ladybug.Connection(ladybug.Database(str(tmp_path / "x.lbug")))
    for statement in ontology.ladybug_tables():
        connection.execute(statement)
    rows = connection.execute("CALL show_tables() RETURN name, type")
    made = set()
    while rows.has_next():
        made.add(tuple(rows.get_next()))
    assert {n for n, t in made if t == "NODE"} == CLASSES
    assert {n for n, t in made if t == "REL"} == {t.type for t in ontology.edge_tables()}


def test_constraints_make_every_id_unique_and_can_be_run_again():
    statements = ontology.neo4j_constraints()
    assert len(statements) == len(set(statements))
    assert all(" IF NOT EXISTS " in s for s in statements)
    names = [s.split()[2] for s in statements]
    assert len(names) == len(set(names)), "two of one name: the second would silently not be made"
    unique = {
        m[1]
        for s in statements
        if (m := re.fullmatch(r"CREATE CONSTRAINT \w+ IF NOT EXISTS FOR \(n:(\w+)\) REQUIRE n\.id IS UNIQUE", s))
    }
    assert unique == CLASSES


# Frames --------------------------------------------------------------------------------------------------------------


def test_every_event_type_has_a_frame():
    assert set(ontology.load_frames()) == {t.name for t in ontology.event_types()}


def test_a_sound_frame_loads(tmp_path):
    (tmp_path / "signing.yaml").write_text(yaml.safe_dump(FRAME))
    assert ontology.load_frames(tmp_path) == {"Signing": FRAME}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"type": "Picnic"}, "type 'Picnic' is no event type"),
        ({"type": ["Signing"]}, "it is no frame"),
        ({"parent": "Fun"}, "parent 'Fun' is no event type"),
        ({"parent": "Aid"}, "parent is 'Aid', but ontologies/kg.ttl says 'Agree'"),
        ({"plover": "AID"}, "plover is 'AID', but"),
        ({"plover": None}, "plover is 'none', but"),
        ({"rolls": {}}, "unknown key 'rolls'"),
        ({"example": ""}, "'example' is missing"),
        ({"triggers": None}, "'triggers' is missing"),
        ({"roles": {"hero": {}}}, "role 'hero' is unknown"),
        ({"roles": ["actor"]}, "'roles' has the wrong form"),
        ({"requires": ["actor|hero"]}, "requires: role 'hero' is unknown"),
        ({"requires": "actor"}, "'requires' has the wrong form"),
    ],
)
def test_an_unsound_frame_names_file_and_key(change, says, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**FRAME, **change}))
    with pytest.raises(OntologyError) as raised:
        ontology.load_frames(tmp_path)
    assert raised.value.what.startswith("mine.yaml: ")
    assert says in raised.value.what
    assert raised.value.next


@pytest.mark.parametrize("content", ["type: [", "- a", "", "\0"])
def test_a_file_that_is_no_frame_says_so(content, tmp_path):
    (tmp_path / "mine.yaml").write_text(content)
    with pytest.raises(OntologyError, match=r"^mine\.yaml: it is no"):
        ontology.load_frames(tmp_path)


def test_two_frames_of_one_type_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(FRAME))
    with pytest.raises(OntologyError, match=r"b\.yaml: another file describes 'Signing'"):
        ontology.load_frames(tmp_path)


def test_a_missing_folder_says_so(tmp_path):
    with pytest.raises(OntologyError, match="no folder of frames"):
        ontology.load_frames(tmp_path / "none")
