import { defineLane } from "./lanes";

defineLane(0);
