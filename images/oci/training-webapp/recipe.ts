import { python } from "../python/recipe";
import type { Recipe } from "../recipe";
import { ownFiles } from "../take-files";

/** The web app of the oldest Docker guides, which start it with `python app.py`: the same greeting, in our own lines. */
export const trainingWebapp: Recipe = {
  name: "training/webapp",
  folder: import.meta.dirname,
  tags: ["latest"],
  description:
    "Says hello on port 5000, to whom PROVIDER names. Drydock's own program, in the place of Docker's.",
  base: python,
  build: async () => ({
    entries: await ownFiles(import.meta.dirname, { "opt/webapp/app.py": "app.py" }),
    config: {
      Env: ["PYTHONUNBUFFERED=1"],
      ExposedPorts: { "5000/tcp": {} },
      WorkingDir: "/opt/webapp",
      Cmd: ["python", "app.py"],
    },
    step: "COPY app.py /opt/webapp/",
    packages: {},
  }),
};
