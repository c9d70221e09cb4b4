/**
 * Does `work` in a task of its own, before the browser paints the page again; at once where it has no scheduler. A key
 * or a tap finds its way between two of them.
 */
export function inOwnTask(work: () => void): void {
  if ("scheduler" in window) void scheduler.postTask(work, { priority: "user-blocking" });
  else work();
}
