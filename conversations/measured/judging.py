"""Which attempts say something about their provider: one answer for every page that judges one."""

from conversations.providers.base import FaultCode

# Not the provider's doing.
OURS = [FaultCode.INTERNAL.value, FaultCode.NO_ROUTE.value]
# A condition on an attempt `a`; `ours` are OURS. Neither what a person stopped nor what a worker left before the
# first token tells how the provider would have answered.
IS_JUDGED = "a.fault_code <> ALL(%(ours)s) AND (a.fault_code <> '' OR a.first_data_at IS NOT NULL)"
