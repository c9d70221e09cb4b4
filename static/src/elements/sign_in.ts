import { type Answer, get, post } from "../models/send";
import { t } from "../words";
import { renewCsrf, stream, user } from "./page";
import { part, sayOrHide } from "./parts";
import { onSignal, signal } from "./signals";

interface Session {
  user: string;
  csrf: string;
}

const SUSPENDED = t("This account is suspended. Ask an administrator.");
/** A page that is let in and put out again at once asks no more often than this. */
const AGAIN_AFTER_MS = 5000;
/** Words that are being typed must not go on in the password's field: the dialog waits for such a pause. */
const PAUSE_MS = 1200;

/** `<parley-sign-in>`: a dialog over the page of somebody who was signed out, so that nothing on it is lost. */
export class SignIn extends HTMLElement {
  #isOut = false;
  #isSuspended = false;
  #isLooking = false;
  #isWanted = false;
  #isOutdated = false;
  #isPosting = false;
  #backAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;
  #opening: ReturnType<typeof setTimeout> | undefined;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    const beyond = new AbortController();
    const { signal } = beyond;
    for (const name of ["focus", "online", "pageshow"])
      window.addEventListener(name, this.#lookBack, { signal });
    document.addEventListener("visibilitychange", this.#lookBack, { signal });
    document.addEventListener("click", this.#pressed, { signal });
    document.addEventListener("input", this.#typed, { signal });
    part(this, "form").addEventListener("submit", this.#submit, { signal });
    this.#dialog.addEventListener("close", this.#forgetPassword, { signal });
    this.#ends = [
      () => beyond.abort(),
      onSignal("signedOut", () => this.#putOut()),
      onSignal("suspended", () => {
        this.#isSuspended = true;
      }),
    ];
  }

  disconnectedCallback(): void {
    clearTimeout(this.#opening);
    for (const end of this.#ends) end();
  }

  get #dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  get #password(): HTMLInputElement {
    return part<HTMLInputElement>(this, "password");
  }

  // --- finding out ---------------------------------------------------------------------------------------

  #putOut(): void {
    if (this.#isSuspended) return;
    this.#isOut = true;
    const sinceBack = Date.now() - this.#backAt;
    setTimeout(() => void this.#look(true), sinceBack < AGAIN_AFTER_MS ? AGAIN_AFTER_MS : 0);
  }

  /** Whoever comes back to the page may have signed in, or out, in another tab. A live socket would have told. */
  #lookBack = (): void => {
    if (!document.hidden && !stream.isOpen) void this.#look(false);
  };

  /** Asks who is signed in now; opens the dialog if nobody is and anybody `wanted` it meanwhile, or if it is news. */
  async #look(wanted: boolean): Promise<void> {
    this.#isWanted ||= wanted;
    this.#isOutdated = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    const answer = await this.#askUntilFresh();
    const isWanted = this.#isWanted;
    this.#isLooking = this.#isWanted = false;
    if (answer.ok) this.#found(answer.body, isWanted);
    else if (isWanted) this.#open();
  }

  /** Whoever asks while an answer is under way wants to know of now. */
  async #askUntilFresh(): Promise<Answer<Session>> {
    for (;;) {
      this.#isOutdated = false;
      const answer = await get<Session>("/session/");
      if (!this.#isOutdated) return answer;
    }
  }

  #found(session: Session, wanted: boolean): void {
    if (session.user && session.user !== user) leave();
    else if (session.user) this.#letIn(session.csrf);
    else if (wanted) this.#open();
    else if (!this.#isOut) signal("signedOut", undefined);
  }

  /** The same person again: the page goes on with the new session. */
  #letIn(csrf: string): void {
    renewCsrf(csrf);
    if (this.#dialog.open) this.#dialog.close();
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#backAt = Date.now();
    stream.readmit();
    signal("signedIn", undefined);
    signal("returned", undefined);
  }

  // --- the dialog ----------------------------------------------------------------------------------------

  /** It is of no use to the suspended, and old browsers have none: for them there is the plain link. */
  get #canOpen(): boolean {
    return !this.#isSuspended && typeof this.#dialog.showModal === "function";
  }

  #typed = (): void => {
    this.#typedAt = Date.now();
  };

  #open(): void {
    if (!this.#canOpen || this.#dialog.open) return;
    clearTimeout(this.#opening);
    const early = this.#typedAt + PAUSE_MS - Date.now();
    if (early > 0) {
      this.#opening = setTimeout(() => this.#isOut && this.#open(), early);
      return;
    }
    this.#refuse("");
    this.#dialog.showModal();
    this.#password.focus();
  }

  /** The plain link under the text does without a page's scripts; with them it opens the dialog again. */
  #pressed = (event: MouseEvent): void => {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "close-sign-in") this.#dialog.close();
    if (act !== "sign-in" || !this.#canOpen || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.#look(true);
  };

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.#isPosting) return;
    this.#isPosting = true;
    this.#refuse("");
    const refusal = await this.#signIn(event.target as HTMLFormElement);
    this.#isPosting = false;
    if (!this.#dialog.open) return;
    this.#refuse(refusal);
    this.#password.select();
  };

  /** "" or the reason why not. */
  async #signIn(form: HTMLFormElement): Promise<string> {
    const before = await get<Session>("/session/");
    if (!before.ok) return before.refusal.message;
    if (before.body.user) {
      this.#found(before.body, true);
      return "";
    }
    const fields = { login: part<HTMLInputElement>(this, "login").value, password: this.#password.value };
    const answer = await post<{ location: string }>(form.action, fields, before.body.csrf);
    if (!answer.ok) return answer.refusal.message;

    const after = await get<Session>("/session/");
    if (!after.ok) return after.refusal.message;
    if (!after.body.user) return SUSPENDED;
    this.#found(after.body, true);
    return "";
  }

  #refuse(sentence: string): void {
    sayOrHide(part(this, "refusal"), sentence);
  }

  #forgetPassword = (): void => {
    this.#password.value = "";
  };
}

/** Somebody else is signed in here now. Nothing of this page is theirs: what was typed stays with who typed it. */
function leave(): void {
  const conversation = document.querySelector("parley-transcript")?.conversation;
  if (conversation) location.assign("/");
  else location.reload();
}
