import { beforeEach, expect, test } from "vitest";
import { ScrollKeeper } from "../../static/src/models/scroll_keeper";

/** A window of 800 px on a text of `length`. */
const view = {
  top: 0,
  height: 800,
  length: 2000,
  to(top: number) {
    this.top = Math.min(top, this.length - this.height);
  },
};
let keeper: ScrollKeeper;

beforeEach(() => {
  Object.assign(view, { top: 1200, length: 2000 });
  keeper = new ScrollKeeper(view);
});

function grow(px: number): void {
  view.length += px;
  keeper.resized();
}

function scrollTo(top: number): void {
  view.top = top;
  keeper.scrolled();
}

test("it keeps the end in view while text grows", () => {
  grow(500);

  expect(view.top).toBe(1700);
});

test("one small move upward lets go", () => {
  scrollTo(1190);
  grow(500);

  expect([view.top, keeper.isFollowing]).toEqual([1190, false]);
});

test("coming back near the end takes hold again", () => {
  scrollTo(400);
  scrollTo(1110);
  grow(500);

  expect([view.top, keeper.isFollowing]).toEqual([1700, true]);
});

test("moving down far from the end does not", () => {
  scrollTo(200);
  scrollTo(600);
  grow(500);

  expect(view.top).toBe(600);
});

test("a block that folds is no move of the reader's", () => {
  view.length = 1500;
  scrollTo(700);
  grow(300);

  expect(view.top).toBe(1000);
});

test("the latest can be asked for", () => {
  scrollTo(100);
  keeper.jump();
  grow(300);

  expect([view.top, keeper.isFollowing]).toEqual([1500, true]);
});
