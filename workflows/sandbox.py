"""The sandbox that workflow code runs in, the same for the worker, the tests and the replay of histories."""

from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    # Reloaded inside, ZoneInfo and datetime become proxies and the domain's date arithmetic raises.
    "partnerflow",
    # Constants and signatures without state: reloading them for every workflow would only cost memory.
    "workflows.contract",
    "workflows.contract_payments",
    "workflows.options",
    "workflows.steps",
)


def runner() -> WorkflowRunner:
    """Sandboxed: a workflow that looks at a clock or opens a file fails at once instead of at its replay."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
