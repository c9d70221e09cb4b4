/** A signed-in person's page: everything alive on it, and the one socket that keeps it so. */
import "./pages";
import { followAddress } from "./elements/beginning";
import { Composer } from "./elements/composer/composer";
import { NextTurn } from "./elements/composer/next_turn";
import { QueueElement } from "./elements/composer/queue";
import { ConnectionLine } from "./elements/connection";
import { ConversationMenu } from "./elements/conversation/menu";
import { ConversationSettings } from "./elements/conversation/settings";
import { Share } from "./elements/conversation/share";
import { Sidebar } from "./elements/conversation/sidebar";
import { Menu } from "./elements/menu";
import { Money } from "./elements/money";
import { stream } from "./elements/page";
import { listenToKeys } from "./elements/palette/keys";
import { Palette } from "./elements/palette/palette";
import { Reasoning } from "./elements/reply/reasoning";
import { Receipt } from "./elements/reply/receipt";
import { ReplyElement } from "./elements/reply/reply";
import { SignIn } from "./elements/sign_in";
import { Spending } from "./elements/spending";
import { Transcript } from "./elements/transcript/transcript";
import { Edit } from "./elements/turn/editing";
import { TurnMenu } from "./elements/turn/menu";
import { inOwnTask } from "./models/own_task";

// Inner elements first: an outer one finds its parts alive when it is connected.
customElements.define("parley-menu", Menu);
customElements.define("parley-money", Money);
customElements.define("parley-spending", Spending);
customElements.define("parley-next-turn", NextTurn);
customElements.define("parley-reasoning", Reasoning);
customElements.define("parley-receipt", Receipt);
customElements.define("parley-reply", ReplyElement);
customElements.define("parley-edit", Edit);
customElements.define("parley-transcript", Transcript);
customElements.define("parley-settings", ConversationSettings);
customElements.define("parley-turn-menu", TurnMenu);
customElements.define("parley-queue", QueueElement);
customElements.define("parley-connection", ConnectionLine);
customElements.define("parley-composer", Composer);
customElements.define("parley-share", Share);
customElements.define("parley-sign-in", SignIn);
customElements.define("parley-conversation-menu", ConversationMenu);
customElements.define("parley-sidebar", Sidebar);
customElements.define("parley-palette", Palette);
listenToKeys();
followAddress();

// A socket takes a slow phone as long to make as half of the page takes to wake.
inOwnTask(() => stream.connect());
for (const name of ["online", "focus", "pageshow"]) window.addEventListener(name, () => stream.wake());
document.addEventListener("visibilitychange", () => document.hidden || stream.wake());
