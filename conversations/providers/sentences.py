"""What is said of a provider's faults, in English, with places in braces for what differs.

Filled in, they are kept in rows by who cannot know their reader; `conversations.stored_words` says them in the
reader's language, and adds its own. So every sentence that a fault may have stands here.
"""

SENTENCES: list[str] = []


def said(sentence: str) -> str:
    """Put it among those that can be translated; `make messages` looks for this name."""
    SENTENCES.append(sentence)
    return sentence


UNREACHABLE = said("{name} cannot be reached.")
REFUSED_KEY = said("{name} is refusing our key.")
NO_CREDIT = said("Our account at {name} has no credit left.")
KEY_SPENT = said("Our key at {name} has used up the limit that is set for it there.")
FORBIDDEN = said("{name} did not allow this request.")
NOT_FOUND = said("{name} does not offer this model.")
BAD_REQUEST = said("{name} did not accept the request.")
TOO_LONG = said("This conversation is longer than the model can read.")
RATE_LIMITED = said("{name} takes no more requests from us just now.")
RATE_LIMITED_FOR = said("{name} takes no more requests from us just now. Try again in {time}.")
OVERLOADED = said("{name} is overloaded or out of order.")
OVERLOADED_FOR = said("{name} is overloaded or out of order. Try again in {time}.")
STALLED = said("{name} fell silent.")
CUT = said("{name} broke off in mid-reply.")
BROKEN = said("{name} sent something that cannot be read.")
EMPTY = said("{name} sent an empty reply.")
REDIRECTS = said("{name} is not at the address we have: it answered with a redirect, which is not followed.")
OWN_FAULT = said("{name} reported a fault of its own.")
AGAINST_RULES = said("{name} refused this message: it is against its rules.")
NOBODY_WITHIN_LIMITS = said("{name} knows nobody who runs this model within our limits of price and privacy.")
COMPRESSED = said("{name} sent a compressed answer, which was not asked for and is not read.")
WEB_PAGE = said("{name} answered with a web page; the address may be wrong.")
TOO_LONG_A_LIST = said("{name} sent more than anybody would read.")
NO_MODEL_SERVER = said("{name} does not answer as a model server; the address may be wrong.")
TOO_SLOW = said("The reply took longer than {time} and was ended.")
SILENT_FOR = said("{name} fell silent for {time}.")
NOT_BEGUN = said("{name} did not begin to answer within {time}.")
GAVE_UP = said("{name} gave up in mid-reply.")
GAVE_UP_AT_ONCE = said("{name} gave up before its first word.")
UNREADABLE_CALL = said("{name} sent a tool call that cannot be read.")
FAR_TOO_MUCH = said("{name} wrote far more than it was asked for and was stopped.")

HOURS, MINUTES, SECONDS = said("{count} hours"), said("{count} minutes"), said("{count} seconds")
A_SECOND = said("a second")
