import { defineLane } from "./lanes";

await defineLane(0);
