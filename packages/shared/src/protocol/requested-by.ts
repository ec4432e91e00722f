import * as z from "zod";
import { id } from "../schemas/common.ts";

/** Who asked for the command; a runner whose policy names its members refuses one that says nobody. Absent from older servers. */
export const requestedBy = z.object({ userId: id.nullable() }).optional();
