"""DeepSeek V4 Flash, as OpenRouter, Routeway and DeepSeek state it."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations.facts.base import (
    Capability,
    Fact,
    Facts,
    Parameters,
    Remark,
    Score,
    Source,
    State,
    StatedRate,
    Words,
)

_READ = date(2026, 11, 1)
OPENROUTER = Source(
    gettext_noop("OpenRouter, model page"), "https://openrouter.ai/deepseek/deepseek-v4-flash", _READ
)
ROUTEWAY = Source(gettext_noop("Routeway, model page"), "https://routeway.ai/models/deepseek-v4-flash", _READ)
ROUTEWAY_API = Source(gettext_noop("Routeway, API documentation"), "https://docs.routeway.ai/", _READ)
DEEPSEEK = Source(
    gettext_noop("DeepSeek, pricing page"),
    "https://api-docs.deepseek.com/quick_start/pricing",
    date(2026, 10, 1),
)

_DESCRIPTIONS = (
    Remark(
        _(
            "An efficiency-optimised mixture-of-experts model from DeepSeek with 284B parameters in all and 13B "
            "at work for each token, and a context window of 1M tokens. It is made for fast answers and high "
            "throughput, with strong reasoning and coding, and has hybrid attention for long contexts and "
            "configurable reasoning."
        ),
        OPENROUTER,
    ),
    Remark(
        _(
            "An efficiency-optimised mixture-of-experts model with a context window of 1M tokens, built for fast "
            "inference, high-throughput workloads, reasoning, coding and agents."
        ),
        ROUTEWAY,
    ),
)

_SHEET = (
    Fact(_("Author"), "DeepSeek", OPENROUTER),
    Fact(_("Released"), _("24 April 2026"), OPENROUTER),
    Fact(_("Architecture"), _("mixture of experts"), OPENROUTER),
    Fact(_("Parameters"), _("284B in all, 13B active"), OPENROUTER),
    Fact(_("Attention"), _("hybrid, for efficient reading of long contexts"), OPENROUTER),
    Fact(_("Reasoning"), _("configurable modes"), OPENROUTER),
    Fact(_("Context window"), _("1,048,576 tokens"), OPENROUTER),
    Fact(_("Context window"), _("1.0M tokens"), ROUTEWAY),
    Fact(
        _("Meant for"),
        _("coding assistants, chat systems, agent workflows, where quick answers and low cost matter"),
        OPENROUTER,
    ),
    Fact(_("Meant for"), _("high-throughput workloads, reasoning, coding, agents"), ROUTEWAY),
    Fact(_("Name at OpenRouter"), "deepseek/deepseek-v4-flash", OPENROUTER, is_code=True),
    Fact(_("Name at Routeway"), "deepseek-v4-flash", ROUTEWAY, is_code=True),
    Fact(_("Name at DeepSeek"), "deepseek-flash", DEEPSEEK, is_code=True),
    Fact(_("API at Routeway"), "https://api.routeway.ai/v1", ROUTEWAY, is_code=True),
    Fact(
        _("Dialect at Routeway"), _("OpenAI’s: its page shows OpenAI’s own client at that address"), ROUTEWAY
    ),
)

_RATES = (
    StatedRate("openrouter", Decimal("0.14"), None, Decimal("0.28"), OPENROUTER),
    StatedRate("routeway", Decimal("0.12"), Decimal("0.04"), Decimal("0.25"), ROUTEWAY),
)

_CAPABILITIES = (
    Capability(_("Text"), State.AVAILABLE, ROUTEWAY, _("listed as “LLM”")),
    Capability(_("Vision"), State.NOT_LISTED, ROUTEWAY),
    Capability(_("Function calling"), State.AVAILABLE, ROUTEWAY),
    Capability(_("Reasoning"), State.AVAILABLE, ROUTEWAY),
    Capability(_("Reasoning"), State.AVAILABLE, OPENROUTER, _("configurable modes, shown step by step")),
    Capability(_("Vision"), State.NOT_LISTED, OPENROUTER),
    Capability(_("Function calling"), State.NOT_LISTED, OPENROUTER, _("“agent workflows” are named")),
)

_PARAMETERS = (
    Parameters(
        ("reasoning",),
        OPENROUTER,
        _("Answers carry reasoning_details, to be handed back complete when a conversation goes on."),
    ),
    Parameters((), ROUTEWAY, _("Its page has the heading “Supported Parameters” and names none below it.")),
    Parameters(
        (
            *("max_tokens", "temperature", "top_p", "stream", "stream_options", "tools", "tool_choice"),
            *("response_format", "stop", "reasoning_effort"),
        ),
        ROUTEWAY_API,
        _("For its API in general, not for this model."),
    ),
)


def _score(name: str, figure: str, explains: Words, *, is_percent: bool = True) -> Score:
    return Score(name, Decimal(figure), is_percent, explains, ROUTEWAY)


_SCORES = (
    _score(
        "Intelligence Index",
        "44.9",
        _("How capable over all: reasoning, mathematics, coding and knowledge in one figure."),
        is_percent=False,
    ),
    _score("Coding Index", "39.8", _("How well it handles real programming tasks."), is_percent=False),
    _score("GPQA", "86.7", _("Graduate-level science questions made so that no short cut helps.")),
    _score("HLE", "27.8", _("A very hard exam for experts across a wide range of subjects.")),
    _score("SciCode", "42", _("Coding tasks from real scientific work.")),
    _score("IFBench", "73.5", _("How exactly it follows detailed instructions.")),
    _score("LCR", "62.7", _("Reasoning over long documents and conversations.")),
    _score("TerminalBench Hard", "38.6", _("Harder tasks for coding agents: many steps at a terminal.")),
    _score("Tau2", "95.6", _("Conduct as an agent in customer support that uses tools.")),
)

_ACTIVITY = (
    Fact(_("Prompt"), _("5.87B tokens a day: what the model was given to read"), OPENROUTER),
    Fact(_("Completion"), _("121M tokens a day: all that it wrote"), OPENROUTER),
    Fact(_("Reasoning"), _("108M tokens a day: what it thought before it answered"), OPENROUTER),
)

_REMARKS = (
    Remark(
        _(
            "OpenRouter passes a request to a host that can take the prompt’s size and parameters, and falls "
            "back on others, so that it is up as much as can be. It makes requests and answers of all hosts alike. "
            "Headers that name the app on its leaderboards are optional; they are sent from here only where an "
            "administrator switches that on."
        ),
        OPENROUTER,
    ),
    Remark(
        _(
            "DeepSeek’s own API answers to the old name deepseek-v4-flash with V4.1 Flash since 10 September "
            "2026, at that model’s price, which is twice as high in peak hours."
        ),
        DEEPSEEK,
    ),
)

FACTS = Facts(
    slug="deepseek-v4-flash",
    descriptions=_DESCRIPTIONS,
    sheet=_SHEET,
    names={
        "openrouter": "deepseek/deepseek-v4-flash",
        "routeway": "deepseek-v4-flash",
        "deepseek": "deepseek-flash",
    },
    rates=_RATES,
    capabilities=_CAPABILITIES,
    parameters=_PARAMETERS,
    scores=_SCORES,
    claims=(Fact(_("Hallucination rate"), _("0 % as stated by Routeway, unverified"), ROUTEWAY),),
    activity=_ACTIVITY,
    remarks=_REMARKS,
    lacks=(
        Remark(
            _(
                "Its page announces a radar of reasoning, code, mathematics and accuracy. It gives no score for "
                "mathematics, and for accuracy none but the hallucination rate, so no radar is drawn here."
            ),
            ROUTEWAY,
        ),
        Remark(
            _(
                "Its headings for performance, effective prices, apps and uptime stand without figures in what "
                "was read. What this installation measured itself stands above."
            ),
            OPENROUTER,
        ),
    ),
)
