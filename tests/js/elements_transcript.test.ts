import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Receipt } from "../../static/src/elements/receipt";
import { ReplyElement } from "../../static/src/elements/reply";
import { Transcript } from "../../static/src/elements/transcript";
import type { MessageView } from "../../static/src/models/views";
import { CONVERSATION } from "./elements_support";
import { replyView } from "./models_cast";

class NoSizes {
  observe(): void {}
  disconnect(): void {}
}

let transcript: Transcript;
let answered: (messages: MessageView[]) => void;

beforeAll(() => {
  vi.stubGlobal("ResizeObserver", NoSizes);
  vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  customElements.define("parley-receipt", Receipt);
  customElements.define("parley-reply", ReplyElement);
  customElements.define("parley-transcript", Transcript);
});

beforeEach(() => {
  const answer = new Promise<Response>((resolve) => {
    answered = (messages) => resolve(new Response(JSON.stringify({ messages })));
  });
  vi.stubGlobal("fetch", () => answer);
  document.body.innerHTML = CONVERSATION;
  transcript = document.querySelector("parley-transcript") as Transcript;
});

afterEach(() => {
  document.body.replaceChildren();
});

function said(id: string): MessageView {
  return {
    id,
    role: "user",
    author_name: "Alice",
    created_at: "2026-11-22T09:00Z",
    text: id,
    versions: null,
    reply: null,
  };
}

function reply(id: string, status: "running" | "done" = "done"): MessageView {
  const view = replyView({
    message: id,
    generation: `g-${id}`,
    status,
    text: id,
    can_retry: status === "done",
  });
  return { ...said(id), role: "assistant", author_name: "DeepSeek V4 Flash", reply: view };
}

function standing(): (string | undefined)[] {
  return [...transcript.querySelectorAll<HTMLElement>(".turn")].map((turn) => turn.dataset.message);
}

function retries(): (string | undefined)[] {
  const forms = transcript.querySelectorAll<HTMLElement>("[data-part=retry]:not([hidden])");
  return [...forms].map((form) => form.closest<HTMLElement>(".turn")?.dataset.message);
}

describe("looking again", () => {
  test("takes over what another tab has replaced and added", async () => {
    transcript.add([said("s1"), reply("r1")]);
    const looked = transcript.refresh();
    answered([reply("r2"), said("s2"), reply("r3", "running")]);
    await looked;

    expect(standing()).toEqual(["s1", "r2", "s2", "r3"]);
  });

  test("leaves alone what was sent meanwhile", async () => {
    transcript.add([said("s1"), reply("r1")]);
    const looked = transcript.refresh();
    transcript.add([said("s2"), reply("r2", "running")]);
    const live = transcript.running;
    answered([reply("r1")]);
    await looked;

    expect(standing()).toEqual(["s1", "r1", "s2", "r2"]);
    expect(transcript.running).toBe(live);
  });

  test("does not bring back what was replaced meanwhile", async () => {
    transcript.add([said("s1"), reply("r1")]);
    const looked = transcript.refresh();
    transcript.querySelector("[data-message=r1]")?.remove();
    transcript.add([reply("r2", "running")]);
    answered([reply("r1")]);
    await looked;

    expect(standing()).toEqual(["s1", "r2"]);
  });
});

describe("Retry", () => {
  test("is offered on the last turn alone", () => {
    transcript.add([said("s1"), reply("r1")]);
    expect(retries()).toEqual(["r1"]);

    transcript.add([said("s2"), reply("r2", "running")]);
    expect(retries()).toEqual([]);
    transcript.add([said("s3"), reply("r3")]);
    expect(retries()).toEqual(["r3"]);
  });

  test("is withdrawn from a reply that came with the page, once another turn follows", () => {
    const log = transcript.querySelector("[data-part=log]") as HTMLElement;
    log.innerHTML =
      document.getElementById("reply-template")?.innerHTML.replace(/ hidden=""(?=><button>Retry)/, "") ?? "";
    expect(retries()).toHaveLength(1);

    transcript.add([said("s2")]);
    expect(retries()).toEqual([]);
  });
});
