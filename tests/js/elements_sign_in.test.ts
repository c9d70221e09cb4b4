import { afterEach, beforeEach, expect, test, vi } from "vitest";

const HERSELF = { user: "alice", csrf: "new" };
const NOBODY = { user: "", csrf: "new" };

const readmit = vi.fn();
const renewCsrf = vi.fn();
vi.mock("../../static/src/elements/page", () => ({
  user: "alice",
  stream: { isOpen: false, readmit },
  renewCsrf,
}));
const { SignIn } = await import("../../static/src/elements/sign_in");
const { onSignal, signal } = await import("../../static/src/elements/signals");
customElements.define("parley-sign-in", SignIn);

let answers: ((session: object | null) => void)[];
let showModal: ReturnType<typeof vi.fn<() => void>>;
let back: ReturnType<typeof vi.fn<() => void>>;
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  answers = [];
  vi.stubGlobal(
    "fetch",
    () =>
      new Promise<Response>((resolve, reject) => {
        answers.push((session) =>
          session ? resolve(new Response(JSON.stringify(session))) : reject(new TypeError("Failed to fetch")),
        );
      }),
  );
  document.body.innerHTML = `
    <a href="#" data-act="sign-in">Sign in</a>
    <parley-sign-in><dialog><form data-part="form">
      <p data-part="refusal" hidden></p><input data-part="login"><input data-part="password">
    </form></dialog></parley-sign-in>`;
  const dialog = document.querySelector("dialog") as HTMLDialogElement;
  showModal = vi.fn(() => dialog.setAttribute("open", ""));
  Object.assign(dialog, { showModal, close: () => dialog.removeAttribute("open") });
  back = vi.fn();
  end = onSignal("signedIn", back);
});

afterEach(() => {
  end();
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function putOut(session: object | null): Promise<void> {
  signal("signedOut", undefined);
  await vi.advanceTimersByTimeAsync(0);
  answers.at(-1)?.(session);
  await vi.advanceTimersByTimeAsync(0);
}

test("nobody is signed in: the dialog opens", async () => {
  await putOut(NOBODY);

  expect(showModal).toHaveBeenCalledOnce();
  expect(back).not.toHaveBeenCalled();
});

test("the dialog waits until one has stopped typing, so that no word of it goes on as a password", async () => {
  document.body.dispatchEvent(new Event("input", { bubbles: true }));
  await putOut(NOBODY);
  expect(showModal).not.toHaveBeenCalled();

  await vi.advanceTimersByTimeAsync(800);
  document.body.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(800);
  expect(showModal).not.toHaveBeenCalled();

  await vi.advanceTimersByTimeAsync(800);
  expect(showModal).toHaveBeenCalledOnce();
});

test("the same person has a new session: the page goes on with it, without a word", async () => {
  await putOut(HERSELF);

  expect(showModal).not.toHaveBeenCalled();
  expect(renewCsrf).toHaveBeenCalledWith("new");
  expect(readmit).toHaveBeenCalledOnce();
  expect(back).toHaveBeenCalledOnce();
});

test("a server that lets in and puts out at once is not stormed", async () => {
  await putOut(HERSELF);
  signal("signedOut", undefined);
  await vi.advanceTimersByTimeAsync(4000);
  expect(answers).toHaveLength(1);

  await vi.advanceTimersByTimeAsync(1000);
  expect(answers).toHaveLength(2);
});

test("an answer that was under way already is not taken for news", async () => {
  window.dispatchEvent(new Event("focus"));
  signal("signedOut", undefined);
  await vi.advanceTimersByTimeAsync(0);
  answers[0]?.(HERSELF);
  await vi.advanceTimersByTimeAsync(0);
  expect(back).not.toHaveBeenCalled();
  answers[1]?.(NOBODY);
  await vi.advanceTimersByTimeAsync(0);

  expect(showModal).toHaveBeenCalledOnce();
});

test("when that cannot be found out, one can try", async () => {
  await putOut(null);

  expect(showModal).toHaveBeenCalledOnce();
});

test("a dialog that was put off does not come back with every focus", async () => {
  await putOut(NOBODY);
  document.querySelector("dialog")?.removeAttribute("open");
  window.dispatchEvent(new Event("focus"));
  await vi.advanceTimersByTimeAsync(0);
  answers[1]?.(NOBODY);
  await vi.advanceTimersByTimeAsync(0);

  expect(showModal).toHaveBeenCalledOnce();
});

test("the suspended get the plain link, which leads to a page that says so", () => {
  signal("suspended", undefined);
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  document.querySelector("a")?.dispatchEvent(click);

  expect(click.defaultPrevented).toBe(false);
});
