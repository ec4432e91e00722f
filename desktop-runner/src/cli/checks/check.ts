/** One thing that the doctor looked at. */
export type Check = { name: string; status: "ok" | "warn" | "fail"; message: string; whatToDo?: string };
