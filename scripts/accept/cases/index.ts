/** All cases; a unit test holds them against the tables. */
import { type Case, parseCases } from "../case";
import { around } from "./around";
import { badInput } from "./bad-input";
import { build } from "./build";
import { compose } from "./compose";
import { containers } from "./containers";
import { field } from "./field";
import { firstSteps } from "./first-steps";
import { hub } from "./hub";
import { images } from "./images";
import { limits } from "./limits";
import { lookInside } from "./look-inside";

export const CASES: readonly Case[] = parseCases([
  ...firstSteps,
  ...images,
  ...containers,
  ...lookInside,
  ...limits,
  ...build,
  ...around,
  ...compose,
  ...hub,
  ...badInput,
  ...field,
]);
