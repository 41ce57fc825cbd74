import { python } from "../python/recipe";
import type { Recipe } from "../recipe";
import { ownFiles } from "../take-files";
import { openWorkshop, workshopOf } from "../workshop";

/** PyMySQL is the one library: redis's protocol is a line each way. */
export const web: Recipe = {
  name: "drydock/web",
  folder: import.meta.dirname,
  tags: ["latest", "1.0"],
  description: "A sample business app in Python for compose: counts visits in redis, reads a row from mysql.",
  base: python,
  wants: { tree: workshopOf("python3.13-minimal", "python3-pymysql") },
  async build(context) {
    const workshop = await openWorkshop(context);
    // Compiled now and not at the start of every container.
    const compile = "python3.13 -I -S -m compileall -q --invalidation-mode unchecked-hash";
    await workshop.run(`${compile} /usr/lib/python3/dist-packages/pymysql`);
    const taken = await workshop.take(["usr/lib/python3/dist-packages/pymysql/"]);
    return {
      entries: [
        ...taken.entries,
        ...(await ownFiles(import.meta.dirname, { "app/app.py": "app.py", "app/page.html": "page.html" })),
      ],
      config: {
        Env: ["PYTHONDONTWRITEBYTECODE=1", "REDIS_HOST=redis", "MYSQL_HOST=mysql"],
        ExposedPorts: { "8000/tcp": {} },
        WorkingDir: "/app",
        User: "nobody",
        StopSignal: "SIGINT",
        Cmd: ["python3", "app.py"],
      },
      step: "COPY app.py page.html /app/",
      packages: taken.packages,
    };
  },
};
