import DOMPurify, { type Config } from "dompurify";

const TAGS =
  "a b blockquote br code del div em h2 h3 h4 h5 h6 hr i li ol p pre s span strong sup table tbody td th thead tr ul";

/** Classes our own grammar and highlighter write. No other class of the page can be worn by a reply. */
const CLASS =
  /^(language-[\p{L}\p{N}_+#.-]{1,40}|hljs-[\w-]{1,40}|[a-z]+_|align-(left|center|right)|maths|maths--block|heading|task|task--done|note|notes|note-(back-)?\d+(-\d+)?|visually-hidden)$/u;

const CONFIG: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: TAGS.split(" "),
  ALLOWED_ATTR: ["class", "href", "start", "title"],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  ADD_URI_SAFE_ATTR: ["start"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

DOMPurify.addHook("uponSanitizeAttribute", (_element, attribute) => {
  if (attribute.attrName !== "class") return;
  const kept = attribute.attrValue.split(/\s+/).filter((name) => CLASS.test(name));
  attribute.attrValue = kept.join(" ");
  if (!kept.length) attribute.keepAttr = false;
});

DOMPurify.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName !== "A" || !element.hasAttribute("href")) return;
  element.setAttribute("target", "_blank");
  element.setAttribute("rel", "noopener noreferrer nofollow");
  element.setAttribute("referrerpolicy", "no-referrer");
});

// Understood once, and not anew with every piece.
DOMPurify.setConfig(CONFIG);

/** The only way from HTML text to the page, and always the last step. */
export function sanitise(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, CONFIG);
}
