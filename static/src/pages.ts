/** What every page needs, in or outside a conversation: copying, showing a password, local times, the sidebar. */
import { CopyButton } from "./copy-button";
import { tendSidebar } from "./drawer";
import { entitleTimes, localiseTimes } from "./local-times";
import { RevealButton } from "./reveal-button";
import { tellZone } from "./zone";

if (!customElements.get("parley-copy")) customElements.define("parley-copy", CopyButton);
if (!customElements.get("parley-reveal")) customElements.define("parley-reveal", RevealButton);
localiseTimes();
entitleTimes();
tendSidebar();
tellZone();
