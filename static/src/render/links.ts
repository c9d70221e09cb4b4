import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { t } from "../words";

const LONGEST_ADDRESS = 2_000;

/** Whole web and mail addresses. A bare path would act on this site in the reader's name. */
export function isSafeAddress(address: string): boolean {
  return /^(https?:\/\/[^/\s]|mailto:[^\s@]+@)/i.test(address.trim());
}

/** Only whole addresses become links, and a picture becomes a link to it: nothing is fetched from outside. */
export function links(md: MarkdownIt): void {
  md.validateLink = isSafeAddress;
  // "README.md" and "main.rs" are files, not sites; "www." says that it is one.
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: true, fuzzyIP: false });
  md.linkify.add("www.", {
    validate: hostLength,
    normalize: (match) => {
      match.url = `https://${match.url}`;
    },
  });
  md.core.ruler.after("inline", "pictures", linkPictures);
  md.core.ruler.push("addresses", showAddresses);
}

/** How much of what follows "www." belongs to the address: as much as if "https://" stood before it. */
function hostLength(text: string, at: number, linkify: MarkdownIt["linkify"]): number {
  const rest = text.slice(at, at + LONGEST_ADDRESS);
  return Math.max(0, linkify.testSchemaAt(`https://www.${rest}`, "https:", 6) - "//www.".length);
}

function linkPictures(state: StateCore): void {
  for (const block of state.tokens) {
    if (!block.children?.some((token) => token.type === "image")) continue;

    let depth = 0;
    block.children = block.children.flatMap((token) => {
      if (token.type === "link_open" || token.type === "link_close") depth += token.nesting;
      return token.type === "image" ? pictureAsLink(state, token, depth > 0) : [token];
    });
  }
}

function pictureAsLink(state: StateCore, image: Token, isInLink: boolean): Token[] {
  const address = String(image.attrGet("src") ?? "");
  const alt = state.md.renderer.renderInlineAsText(image.children ?? [], state.md.options, state.env).trim();
  const words = new state.Token("text", "", 0);
  words.content = [alt || t("Picture"), hostOf(address)].filter(Boolean).join(", ");
  words.level = image.level + 1;
  if (isInLink) return [words];

  const open = new state.Token("link_open", "a", 1);
  open.attrSet("href", address);
  const close = new state.Token("link_close", "a", -1);
  open.level = close.level = image.level;
  return [open, words, close];
}

/** A link's words may say anything; its title always says where it leads. */
function showAddresses(state: StateCore): void {
  for (const block of state.tokens) {
    for (const token of block.children ?? []) {
      if (token.type === "link_open") token.attrSet("title", token.attrGet("href") ?? "");
    }
  }
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : "";
}
