import { debian } from "../debian/recipe";
import type { Recipe } from "../recipe";

/** Debian under the name that the guides use. Every tag is the same image, which says what it is. */
export const ubuntu: Recipe = {
  name: "ubuntu",
  folder: import.meta.dirname,
  tags: ["latest", "14.04", "16.04", "18.04"],
  description:
    "Played by Debian 13: the image debian under another name, whatever the tag. Not made by Ubuntu.",
  base: debian,
  build: () =>
    Promise.resolve({
      entries: [],
      config: { Cmd: ["/bin/bash"], Labels: { "dev.drydock.played-by": "debian:trixie" } },
      step: "LABEL dev.drydock.played-by=debian:trixie",
      packages: {},
    }),
};
