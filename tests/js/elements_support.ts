/** The parts of the server's markup that the elements fill, without what is only there to be looked at. */

const PARTS = `<h2 data-part="name"></h2><time data-part="time" data-format="time"></time>`;
const TABLE = `<table><tbody data-part="lines"><tr><td></td><td></td><td></td></tr></tbody></table>`;
const FIGURES = ["figures", "toggle-word", "total-tokens", "total-cost", "source", "model", "speed", "exact"];

const REPLY = `
  <article class="turn turn--reply">${PARTS}
    <parley-reply>
      <div data-part="reasoning" hidden></div>
      <p data-part="waiting" hidden></p>
      <div data-part="text"></div>
      <p data-part="note" hidden><span data-part="note-text"></span><span data-part="fault-id"></span></p>
      <parley-receipt data-part="foot">
        <button data-part="toggle" hidden><svg data-part="strip"></svg></button>
        <button data-part="copy" hidden>Copy</button>
        <form method="post" data-part="retry" hidden><button>Retry</button></form>
        <div data-part="receipt" hidden>${TABLE}${FIGURES.map((name) => `<b data-part="${name}"></b>`).join("")}</div>
      </parley-receipt>
    </parley-reply>
  </article>`;

/** A page with the conversation "c", in which nothing was said yet. */
export const CONVERSATION = `
  <parley-transcript data-conversation="c"><div data-part="log"></div></parley-transcript>
  <template id="said-template">
    <article class="turn turn--said">${PARTS}<div data-part="said"></div></article>
  </template>
  <template id="reply-template">${REPLY}</template>`;
