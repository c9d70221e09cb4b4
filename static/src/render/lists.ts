import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { t } from "../words";

const MARK = /^\[([ xX])\]\s+/;

/** "- [x] bread" is a task: its box is drawn by the stylesheet and said in words. */
export function tasks(md: MarkdownIt): void {
  md.core.ruler.push("tasks", markTasks);
  md.renderer.rules.task = (tokens, index) =>
    `<span class="visually-hidden">${md.utils.escapeHtml(stateWords(tokens[index]))} </span>`;
}

function stateWords(task: Token | undefined): string {
  return task?.info === "done" ? t("Done:") : t("To do:");
}

function markTasks(state: StateCore): void {
  state.tokens.forEach((item, index) => {
    const words = state.tokens[index + 2];
    if (item.type !== "list_item_open" || words?.type !== "inline") return;

    const first = words.children?.[0];
    const mark = first?.type === "text" ? MARK.exec(first.content) : null;
    if (first && mark) markTask(state, item, words, first, mark);
  });
}

function markTask(state: StateCore, item: Token, words: Token, first: Token, mark: RegExpExecArray): void {
  const isDone = mark[1] !== " ";
  item.attrSet("class", isDone ? "task task--done" : "task");
  first.content = first.content.slice(mark[0].length);

  const token = new state.Token("task", "", 0);
  token.info = isDone ? "done" : "open";
  words.children?.unshift(token);
}
