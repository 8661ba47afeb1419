"""The steps fit together: each needs only what stands before it."""

from __future__ import annotations

from pipelines.build import GIVEN, STEPS


def test_every_step_needs_only_what_earlier_steps_added():
    available = set(GIVEN)
    for step in STEPS:
        assert set(step.needs()) <= available, step.function
        available.add(step.adds)


def test_the_steps_add_all_that_findings_hold():
    assert {"article", "entities", "times", "events", "flights"} <= {step.adds for step in STEPS}
