const USUAL_BYTES_PER_TOKEN = 4;

/** About how many tokens a text has: prose and code of V4's tokenizer. For what is shown, never for money. */
export function aboutTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / USUAL_BYTES_PER_TOKEN);
}
