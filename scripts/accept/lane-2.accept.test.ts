import { defineLane } from "./lanes";

defineLane(1);
