import { expect, type Page } from "@playwright/test";

export type Point = { x: number; y: number };

/** The page of a run that a person has in the dashboard: pressed where things are on the page itself. */
export class HoldSurface {
  readonly #page: Page;
  readonly #size: { width: number; height: number };

  private constructor(page: Page, size: { width: number; height: number }) {
    this.#page = page;
    this.#size = size;
  }

  /** Waits until the page is there and in this person's hands. */
  static async of(page: Page): Promise<HoldSurface> {
    await expect(page.getByRole("button", { name: "Give back" })).toBeVisible({ timeout: 60_000 });
    const picture = page.getByRole("img", { name: "The page as it is now" });
    return new HoldSurface(page, await picture.evaluate(({ width, height }: HTMLCanvasElement) => ({ width, height })));
  }

  /** A window of the same size, to see there where things are; to be closed by the caller. */
  async twin(url: string): Promise<Page> {
    const twin = await this.#page.context().newPage();
    await twin.setViewportSize(this.#size);
    await twin.goto(url);
    return twin;
  }

  async press(place: Point): Promise<void> {
    const { x, y } = await this.#onScreen(place);
    await this.#page.mouse.click(x, y);
  }

  async tap(place: Point): Promise<void> {
    const { x, y } = await this.#onScreen(place);
    await this.#page.touchscreen.tap(x, y);
  }

  /** Spreads two fingers around a place of the page. */
  async spread(place: Point): Promise<void> {
    const { x, y } = await this.#onScreen(place);
    const session = await this.#page.context().newCDPSession(this.#page);
    const fingers = (apart: number) => [-1, 1].map((side, id) => ({ x: x + side * apart, y, id }));
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(20) });
    for (const apart of [30, 45, 60]) await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(apart) });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }

  /** Where on the screen a place of the page is seen, also where it is enlarged. */
  async #onScreen({ x, y }: Point): Promise<Point> {
    await this.#page.getByTestId("hold-surface").scrollIntoViewIfNeeded();
    const box = await this.#page.getByRole("img", { name: "The page as it is now" }).boundingBox();
    if (!box) throw new Error("the picture is gone");
    const { width, height } = this.#size;
    const scale = Math.min(box.width / width, box.height / height);
    return { x: box.x + (box.width - width * scale) / 2 + x * scale, y: box.y + (box.height - height * scale) / 2 + y * scale };
  }
}

/** A place inside of the element, as the page counts. */
export async function placeOf(page: Page, testId: string): Promise<Point> {
  const box = await page.getByTestId(testId).boundingBox();
  return { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 10 };
}
