import { t } from "../words";

/** Why the server did not do it, with a sentence for the person. `code` is the server's, or one of ours. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  id: string;
  /** Where fields of a form were refused: by name, a sentence for each. */
  fields?: Readonly<Record<string, string>>;
}

const LOOK_PATIENCE_MS = 15_000;
/** A dead network takes minutes to say so. */
const ACT_PATIENCE_MS = 10_000;

export type Answer<T> = { ok: true; body: T } | { ok: false; refusal: Refusal };

/**
 * Posts a form and reads JSON. Never throws for what networks and servers do: it says what happened. Once `signal`
 * aborts, there was no answer.
 */
export async function post<T>(
  url: string,
  fields: Record<string, string>,
  csrf: string,
  signal: AbortSignal | null = null,
): Promise<Answer<T>> {
  return ask<T>(url, {
    method: "POST",
    body: formOf({ ...fields, csrfmiddlewaretoken: csrf }),
    signal,
  });
}

/** In parts, as they are: a form in one line writes three characters for each byte beyond ASCII. */
function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** Posts a small act that may be asked for again without harm, and waits no longer than a person does. */
export async function postBriefly<T>(
  url: string,
  fields: Record<string, string>,
  csrf: string,
): Promise<Answer<T>> {
  return post<T>(url, fields, csrf, AbortSignal.timeout(ACT_PATIENCE_MS));
}

/** Reads JSON. A look that gets no answer is given up: whoever looks again must not wait for a network that is gone. */
export async function get<T>(url: string, patienceMs = LOOK_PATIENCE_MS): Promise<Answer<T>> {
  return ask<T>(url, { signal: AbortSignal.timeout(patienceMs) });
}

async function ask<T>(url: string, init: RequestInit): Promise<Answer<T>> {
  let response: Response;
  let words: string;
  try {
    response = await fetch(url, {
      ...init,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    words = await response.text();
  } catch {
    return { ok: false, refusal: unreachable() };
  }
  const body = parsed(words);
  if (response.ok && body !== undefined) return { ok: true, body: body as T };
  return { ok: false, refusal: refusalOf(response, body) };
}

/** The session is over, or is another than when the page was made. */
export function isSignedOut({ code }: Refusal): boolean {
  return code === "signed_out" || code === "stale_page";
}

function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

function unreachable(): Refusal {
  const message = navigator.onLine
    ? t("The server cannot be reached. Your text is kept, and sending it again is safe.")
    : t("You are offline. Your text is kept and nothing was sent.");
  return { status: 0, code: "offline", message, id: "" };
}

function refusalOf(response: Response, body: unknown): Refusal {
  const said = (body as { error?: Partial<Refusal> } | undefined)?.error;
  // A page instead of JSON, reached by a redirect, is the sign-in form.
  const isSignedOut = response.status === 401 || (response.redirected && body === undefined);
  const code = said?.code ?? (isSignedOut ? "signed_out" : `http_${response.status}`);
  const message = said?.message || (isSignedOut ? SIGNED_OUT : sentenceFor(response.status));
  const refusal = { status: response.status, code, message, id: said?.id ?? "" };
  return said?.fields ? { ...refusal, fields: said.fields } : refusal;
}

const SIGNED_OUT = t("You are signed out. Your text is kept.");

function sentenceFor(status: number): string {
  if (status === 403) return t("This page is out of date. Your text is kept: reload the page, then send it.");
  if (status === 404) return t("This conversation is not here any more. Your text is kept.");
  if (status === 429)
    return t("That was too often in a short time. Your text is kept: wait a little, then try again.");
  if (status === 413) return t("This text is too long to send. Nothing was sent.");
  return t("The server did not answer as it should. Your text is kept, and sending it again is safe.");
}
