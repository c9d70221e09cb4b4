import DOMPurify, { type Config } from "dompurify";
import type {} from "trusted-types";

const TAGS =
  "a b blockquote br code del div em h2 h3 h4 h5 h6 hr i li ol p pre s span strong sup table tbody td th thead tr ul";

/** Classes our own grammar and highlighter write. No other class of the page can be worn by a reply. */
const CLASS =
  /^(language-[\p{L}\p{N}_+#.-]{1,40}|hljs-[\w-]{1,40}|[a-z]+_|align-(left|center|right)|maths|maths--block|heading|task|task--done|note|notes|note-(back-)?\d+(-\d+)?|visually-hidden)$/u;

/**
 * The one policy by which text may become HTML. What it makes is put nowhere but in an element of a document without a
 * window, and leaves it sanitised.
 */
const policy = window.trustedTypes?.createPolicy("parley", {
  createHTML: (html) => html,
  // The sanitiser wants it there. No script comes from a text.
  createScriptURL: () => {
    throw new TypeError();
  },
} as TrustedTypePolicyOptions);

/** Belongs to no window: nothing in it is fetched or runs. One for all, as each piece would need one otherwise. */
const elsewhere = document.implementation.createHTMLDocument("");

const CONFIG: Config = {
  ALLOWED_TAGS: TAGS.split(" "),
  ALLOWED_ATTR: ["class", "href", "start", "title"],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  ADD_URI_SAFE_ATTR: ["start"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  IN_PLACE: true,
  ...(policy && { TRUSTED_TYPES_POLICY: policy }),
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
  const box = elsewhere.createElement("div");
  box.innerHTML = (policy?.createHTML(html) ?? html) as string;
  DOMPurify.sanitize(box);
  const clean = document.createDocumentFragment();
  while (box.firstChild) clean.append(box.firstChild);
  return clean;
}
