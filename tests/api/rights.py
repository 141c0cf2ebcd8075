"""Who may do what, as data: one row per operation and state of its object, one column per person (FAULTS).

The object belongs to harbour (reseller), through meridian (distributor), in GB; its owner is the case manager, and its
first step waits for the channel manager. ``outsider`` is a buyer of another reseller, for whom it does not exist;
``abroad`` a channel manager of another region. A cell is the status of the answer.
"""

PEOPLE = (
    "buyer", "outsider", "desk", "owner", "licensing", "decider", "abroad", "finance", "executive", "admin", "nobody",
)  # fmt: skip

CELLS = """
                             buyer outsider desk owner licensing decider abroad finance executive admin nobody
read_case            open      200      404  200   200       200     200    403     200       200   200    401
read_case            closed    200      404  200   200       200     200    403     200       200   200    401
read_timeline        open      200      404  200   200       200     200    403     200       200   200    401
read_timeline        closed    200      404  200   200       200     200    403     200       200   200    401
read_facts           open      200      404  200   200       200     200    403     200       200   403    401
read_facts           closed    200      404  200   200       200     200    403     200       200   403    401
read_clocks          open      200      404  200   200       200     200    403     200       200   403    401
read_clocks          closed    200      404  200   200       200     200    403     200       200   403    401
read_explanation     open      200      404  200   200       200     200    403     200       200   403    401
read_explanation     closed    200      404  200   200       200     200    403     200       200   403    401
read_dossier         open      200      404  200   200       200     200    403     200       200   403    401
read_dossier         closed    200      404  200   200       200     200    403     200       200   403    401
read_documents       open      200      404  200   200       200     200    403     200       200   403    401
read_documents       closed    200      404  200   200       200     200    403     200       200   403    401
list_cases           open      200      200  200   200       200     200    200     200       200   200    401
open_case            open      201      404  201   201       201     403    403     403       403   403    401
open_case            closed    201      404  201   201       201     403    403     403       403   403    401
preview              open      200      404  200   200       200     403    403     403       403   403    401
note                 open      200      404  200   200       200     200    200     403       200   403    401
note                 closed    200      404  200   200       200     200    200     403       200   403    401
withdraw             open      200      404  403   200       200     403    403     403       403   403    401
withdraw             closed    409      404  403   409       409     403    403     403       403   403    401
escalate             open      409      404  403   403       403     403    403     403       403   403    401
escalate             closed    409      404  403   403       403     403    403     403       403   403    401
ask_partner          open      403      404  403   200       403     200    403     403       403   403    401
ask_partner          closed    403      404  403   409       403     403    403     403       403   403    401
answer               open      409      404  409   409       409     403    403     403       403   403    401
answer               closed    409      404  409   409       409     403    403     403       403   403    401
propose              open      403      404  403   409       403     403    403     403       403   403    401
propose              closed    403      404  403   409       403     403    403     403       403   403    401
confirm_pass_through open      403      404  409   403       403     403    403     403       403   403    401
confirm_pass_through closed    403      404  409   403       403     403    403     403       403   403    401
attach               open      201      404  201   201       201     201    201     403       201   403    401
attach               closed    409      404  409   409       409     409    409     403       409   403    401
confirm_note         open      403      404  409   403       403     403    403     403       403   403    401
confirm_note         closed    403      404  409   403       403     403    403     403       403   403    401
void_note            credited  403      404  403   403       403     403    403     200       403   403    401
settle               open      200      404  200   403       403     403    403     200       403   403    401
settle               closed    409      404  409   403       403     403    403     409       403   403    401
retry_payout         open      403      404  403   409       403     403    403     409       403   403    401
retry_payout         closed    403      404  403   409       403     403    403     409       403   403    401
close                open      403      404  403   200       403     403    403     403       403   403    401
close                closed    403      404  403   409       403     403    403     403       403   403    401
decide               open      403      404  403   403       403     200    403     403       403   403    401
decide               closed    409      404  409   403       403     409    403     403       403   403    401
pass_on              open      403      404  403   403       403     200    403     403       403   403    401
pass_on              closed    409      404  409   403       403     409    403     403       403   403    401
redirect_step        open      403      404  403   403       403     200    403     403       403   403    401
redirect_step        closed    409      404  409   403       403     409    403     403       403   403    401
recall               open      200      404  403   403       403     403    403     403       403   403    401
recall               closed    409      404  403   403       403     403    403     403       403   403    401
appeal               open      409      404  403   403       403     403    403     403       403   403    401
appeal               closed    409      404  403   403       403     403    403     403       403   403    401
appeal               declined  200      404  403   403       403     403    403     403       403   403    401
reassign             open      403      404  403   200       403     403    403     403       403   403    401
reassign             closed    403      404  403   409       403     403    403     403       403   403    401
redirect             open      403      404  403   200       403     403    403     403       403   403    401
redirect             closed    403      404  403   409       403     403    403     403       403   403    401
add_fact             open      403      404  403   200       403     403    403     403       403   403    401
add_fact             closed    403      404  403   409       403     403    403     403       403   403    401
correct_fact         open      403      404  403   200       403     403    403     403       403   403    401
correct_fact         closed    409      404  403   409       403     403    403     403       403   403    401
correct_own_claim    open      200      404  403   403       403     403    403     403       403   403    401
correct_own_claim    closed    409      404  403   409       403     403    403     403       403   403    401
confirm_fact         open      409      404  403   403       403     403    403     403       403   403    401
confirm_fact         stated    200      404  403   403       403     403    403     403       403   403    401
confirm_fact         closed    409      404  403   403       403     403    403     403       403   403    401
dispute_fact         open      200      404  403   409       403     403    403     403       403   403    401
dispute_fact         closed    409      404  403   409       403     403    403     403       403   403    401
dispute_claim        open      409      404  403   200       403     403    403     403       403   403    401
dispute_claim        closed    409      404  403   409       403     403    403     403       403   403    401
uphold_fact          open      403      404  403   409       403     403    403     403       403   403    401
uphold_fact          disputed  403      404  403   200       403     403    403     403       403   403    401
uphold_fact          closed    403      404  403   409       403     403    403     403       403   403    401
decide               disputed  403      404  403   403       403     409    403     403       403   403    401
withdraw_fact        open      403      404  403   200       403     403    403     403       403   403    401
withdraw_fact        closed    409      404  403   409       403     403    403     403       403   403    401
request_exception    open      200      404  403   200       403     403    403     403       403   403    401
request_exception    closed    409      404  403   409       403     403    403     403       403   403    401
already_told         open      200      404  403   403       403     403    403     403       403   403    401
already_told         closed    200      404  403   403       403     403    403     403       403   403    401
watch                open      200      404  200   200       200     200    403     200       200   403    401
watch                closed    200      404  200   200       200     200    403     200       200   403    401
unwatch              open      200      404  200   200       200     200    403     200       200   403    401
ask_call             open      200      404  403   403       403     403    403     403       403   403    401
ask_call             closed    409      404  403   403       403     403    403     403       403   403    401
record_call          open      403      404  403   409       409     409    409     403       409   403    401
record_call          asked     403      404  403   200       200     200    200     403       200   403    401
record_call          closed    403      404  403   409       409     409    409     403       409   403    401
hand_partner         open      200      404  403   403       403     403    403     403       403   403    401
hand_partner         closed    409      404  403   403       403     403    403     403       403   403    401
read_precedents      open      200      404  200   200       200     200    403     200       200   403    401
read_precedents      closed    200      404  200   200       200     200    403     200       200   403    401
read_approval        open      403      404  403   200       200     200    403     200       200   403    401
read_approval        closed    403      404  403   200       200     200    403     200       200   403    401
list_approvals       open      200      200  200   200       200     200    200     200       200   200    401
credit_notes         open      200      200  200   200       200     200    200     200       200   403    401
read_order           open      200      404  200   200       200     200    403     200       200   403    401
list_orders          open      200      200  200   200       200     200    200     200       200   403    401
enter_order          open      201      403  201   403       403     403    403     403       403   403    401
correct_order        open      409      404  409   403       403     403    403     403       403   403    401
acknowledge_order    open      409      404  409   403       403     403    403     403       403   403    401
cancel_order         open      201      404  201   403       403     403    403     403       403   403    401
put_invoice          open      403      404  201   403       403     403    403     201       403   403    401
pay                  open      403      404  200   403       403     403    403     200       403   403    401
activate             open      403      404  200   403       403     403    403     200       403   403    401
contacts             open      200      200  200   200       200     200    200     200       200   200    401
deliveries           open      403      403  403   403       403     403    403     403       403   200    401
inbound              open      403      403  403   403       403     403    403     403       403   200    401
clear_undeliverable  open      404      404  404   403       403     403    403     403       403   200    401
metrics              open      403      403  403   403       403     403    403     403       403   200    401
"""


def cells() -> list[tuple[str, str, str, int]]:
    """(operation, state, person, status) of every cell."""
    header, *rows = (line.split() for line in CELLS.strip().splitlines())
    assert tuple(header) == PEOPLE
    found = []
    for operation, state, *statuses in rows:
        assert len(statuses) == len(PEOPLE), operation
        found += [(operation, state, who, int(status)) for who, status in zip(PEOPLE, statuses, strict=True)]
    return found
