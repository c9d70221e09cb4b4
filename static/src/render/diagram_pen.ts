import type { DiagramAnswer, DiagramRequest } from "./diagram_messages";

/** For the frame's script, which is big, over a slow line. */
const LOADING_MS = 30_000;
const DRAWING_MS = 5_000;
/** A page whose diagrams hang again and again draws no more of them. */
const MOST_HANGS = 3;
const MOST_CHARACTERS = 2_000_000;

type Drawing = Omit<DiagramRequest, "id">;

/**
 * Draws diagrams, one after the other, in a frame that is made for the first of them. The frame has an origin of its
 * own, and what it says is believed of nothing: it becomes an image, which runs nothing and fetches nothing.
 */
export class DiagramPen {
  readonly #address: string;
  #frame: Promise<HTMLIFrameElement> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #hangs = 0;
  #count = 0;

  constructor(address: string) {
    this.#address = address;
  }

  /** The image, or nothing where there is none to be had. */
  draw(drawing: Drawing): Promise<DiagramAnswer | undefined> {
    const drawn = this.#last.then(() => this.#drawNow(drawing));
    this.#last = drawn;
    return drawn;
  }

  async #drawNow(drawing: Drawing): Promise<DiagramAnswer | undefined> {
    if (this.#hangs >= MOST_HANGS) return undefined;
    this.#frame ??= this.#opened();
    const frame = await this.#frame.catch(() => undefined);
    if (!frame?.contentWindow) return this.#close();

    const id = ++this.#count;
    const answered = said(frame, DRAWING_MS, (words) => isAnswer(words, id));
    frame.contentWindow.postMessage({ id, ...drawing } satisfies DiagramRequest, "*");
    const answer = (await answered.catch(() => this.#close())) as DiagramAnswer | undefined;
    return answer?.svg && answer.svg.length <= MOST_CHARACTERS ? answer : undefined;
  }

  async #opened(): Promise<HTMLIFrameElement> {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("aria-hidden", "true");
    frame.tabIndex = -1;
    frame.className = "diagram-frame";
    frame.src = this.#address;
    const ready = said(frame, LOADING_MS, (words) => words === "ready");
    document.body.append(frame);
    await ready.catch((error) => {
      frame.remove();
      throw error;
    });
    return frame;
  }

  /** What hangs in the frame ends with it. The next diagram gets another. */
  #close(): undefined {
    this.#hangs += 1;
    void this.#frame?.then((frame) => frame.remove()).catch(() => undefined);
    this.#frame = null;
    return undefined;
  }
}

/** The first message of this frame that is the one waited for. */
function said(frame: HTMLIFrameElement, ms: number, isIt: (words: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const heard = ({ source, data }: MessageEvent<unknown>) => {
      if (source !== frame.contentWindow || !isIt(data)) return;
      stop();
      resolve(data);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error("The diagram's frame is silent."));
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      window.removeEventListener("message", heard);
    };
    window.addEventListener("message", heard);
  });
}

function isAnswer(words: unknown, id: number): words is DiagramAnswer {
  const { id: own, svg } = (words ?? {}) as Partial<DiagramAnswer>;
  return own === id && typeof svg === "string";
}
