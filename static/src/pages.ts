/** What every page needs, in or outside a conversation: copying, local times, the sidebar's manners. */
import { CopyButton } from "./copy-button";
import { tendSidebar } from "./drawer";
import { localiseTimes } from "./local-times";

if (!customElements.get("parley-copy")) customElements.define("parley-copy", CopyButton);
localiseTimes();
tendSidebar();
