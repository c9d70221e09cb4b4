/** The parts of the server's markup that the elements fill, without what is only there to be looked at. */

const PARTS = `<h2 data-part="name"></h2><time data-part="time" data-format="time"></time>`;
const TABLE = `<table><tbody data-part="lines"><tr><td></td><td></td><td></td></tr></tbody></table>`;
const FIGURES = ["figures", "toggle-word", "total-tokens", "total-cost", "source", "model", "speed", "exact"];
const NOTE = `<p data-part="note" hidden><span data-part="note-text"></span><span data-part="fault-id"></span></p>`;

const REPLY = `
  <article class="turn turn--reply">${PARTS}
    <parley-reply>
      <div data-part="reasoning" hidden></div>
      <p data-part="waiting" hidden></p>
      <div data-part="text"></div>
      ${NOTE}
      <button form="acts" data-part="continue" hidden>Continue</button>
      <button form="acts" data-part="retry-here" hidden>Retry</button>
      <parley-receipt data-part="foot">
        <button data-part="toggle" hidden><svg data-part="strip"></svg></button>
        <div data-part="versions"></div>
        <button data-part="copy" hidden>Copy</button>
        <button form="acts" data-part="retry" hidden>Retry</button>
        <div data-part="receipt" hidden>${TABLE}${FIGURES.map((name) => `<b data-part="${name}"></b>`).join("")}</div>
      </parley-receipt>
    </parley-reply>
  </article>`;

/** A page with the conversation "c", in which nothing was said yet. */
export const CONVERSATION = `
  <parley-transcript data-conversation="c">
    <p data-part="earlier" hidden><a href="?before=" data-part="earlier-link"></a><b data-part="earlier-count"></b></p>
    <div data-part="log"></div><form id="acts"></form>
    <p data-part="deleted" data-deleted="Deleted." hidden>
      <span data-part="deleted-words"></span><button type="button" data-part="undo">Undo</button></p></parley-transcript>
  <p data-part="status"></p><p data-part="alarm"></p>
  <template id="said-template">
    <article class="turn turn--said">${PARTS}<div data-part="said"></div>${NOTE}
      <div data-part="unanswered" hidden><button form="acts" data-part="ask">Retry</button></div>
      <div data-part="versions"></div>
      <button type="button" data-part="edit">Edit</button></article>
  </template>
  <template id="fold-template"><div class="fold"><p data-part="fold-head"></p><details class="fold__block">
    <summary class="fold__line"><b data-part="fold-line"></b></summary><p data-part="fold-rest"></p></details></div></template>
  <template id="versions-template"><div>
    <button form="acts" class="versions__step" data-part="previous">‹</button><span data-part="version"></span>
    <button form="acts" class="versions__step" data-part="next">›</button>
  </div></template>
  <template id="edit-template"><parley-edit><form>
    <textarea data-part="edited"></textarea>${NOTE.replace('"note"', '"edit-note"')}<p data-part="hint"></p>
    <button type="button" data-part="cancel">Cancel</button><button data-part="send">Send</button>
  </form></parley-edit></template>
  <template id="reply-template">${REPLY}</template>`;

/** A form as one line, so that two can be compared. */
export function inOneLine(form: BodyInit | null | undefined): string {
  if (!(form instanceof FormData)) return "";
  return new URLSearchParams([...form].map(([name, value]) => [name, String(value)])).toString();
}

/** A window in which everything is near, as soon as it is looked at. */
export class EverythingNear {
  readonly #look: IntersectionObserverCallback;

  constructor(look: IntersectionObserverCallback) {
    this.#look = look;
  }

  observe(target: Element): void {
    if (target.hasAttribute("hidden")) return;
    const entry = { target, isIntersecting: true } as unknown as IntersectionObserverEntry;
    this.#look([entry], this as unknown as IntersectionObserver);
  }

  unobserve(): void {}
  disconnect(): void {}
}
