/**
 * Sentences for people, in the language of the page. They are written in English here, and an English page has no
 * catalogue; for another language the server puts Django's own before this script, and `make messages` collects what
 * is to be translated: so the sentences must be literals.
 */

interface Catalogue {
  gettext(sentence: string): string;
  ngettext(one: string, many: string, count: number): string;
}

declare global {
  var django: Catalogue | undefined;
}

type Names<S> = S extends `${string}%(${infer Name})s${infer Rest}` ? Name | Names<Rest> : never;
type Value = string | number;
type Named<S> = [Names<S>] extends [never] ? [] : [values: Record<Names<S>, Value>];
type Others<S> = Exclude<Names<S>, "count">;
type Counted<S> = [Others<S>] extends [never]
  ? [values?: { count: Value }]
  : [values: Record<Others<S>, Value> & { count?: Value }];
type Literal<S extends string> = string extends S ? never : S;

/** A whole sentence; `%(name)s` in it stands for the value of that name. */
export function t<const S extends string>(sentence: Literal<S>, ...[values]: Named<S>): string {
  return filled(globalThis.django?.gettext(sentence) ?? sentence, values);
}

/** The sentence for this count, in which `%(count)s` is the count itself unless it is given otherwise. */
export function tn<const One extends string, const Many extends string>(
  one: Literal<One>,
  many: Literal<Many>,
  count: number,
  ...[values]: Counted<One | Many>
): string {
  const sentence = globalThis.django?.ngettext(one, many, count) ?? (count === 1 ? one : many);
  return filled(sentence, { count, ...values });
}

/** True on a page in another language than English: what a worker said in a frame is in English, and is asked for anew. */
export function isTranslated(): boolean {
  return globalThis.django !== undefined;
}

function filled(sentence: string, values: Readonly<Record<string, Value>> = {}): string {
  return sentence.replace(/%\((\w+)\)s/g, (place, name: string) => String(values[name] ?? place));
}
