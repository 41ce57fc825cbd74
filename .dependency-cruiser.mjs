/** What a folder may import: the table in CONTRIBUTING.md, as rules. `npm run check` runs them. */
const core = "^worker/(disk|lan|hub|http|docker|checks|agent|ports)/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "\\?url$|\\?raw$" },
    },
    {
      name: "web-knows-the-contract-only",
      comment:
        "The page talks to the machine through contract/protocol.ts; only web/vm names the worker's entry.",
      severity: "error",
      from: { path: "^web/" },
      to: {
        path: "^(worker|images|scripts|e2e)/",
        pathNot:
          "^worker/(protocol|check-spec|errors|rpc|jitless|http/headers|own-name|checks/kinds/index)\\.ts$|^images/manifest\\.ts$",
      },
    },
    {
      name: "web-parts-do-not-know-one-another",
      severity: "error",
      from: { path: "^web/(terminal|course|preview|docker-view|files|embed)/" },
      to: { path: "^web/", pathNot: "^web/(vm|i18n|ui)/|^web/$1/" },
    },
    {
      name: "web-foundations",
      severity: "error",
      from: { path: "^web/(vm|i18n|ui)/" },
      to: { path: "^web/(app|terminal|course|preview|docker-view|files|embed|pwa)/" },
    },
    {
      name: "worker-never-knows-the-page",
      severity: "error",
      from: { path: "^worker/" },
      to: { path: "^(web|scripts|e2e|images)/", pathNot: "^images/manifest\\.ts$" },
    },
    {
      name: "worker-parts-meet-at-the-entry",
      comment:
        "Siblings come in through interfaces, wired in main.ts, session.ts, machine/ or a node/ folder.",
      severity: "error",
      from: { path: core, pathNot: "/node/|\\.test\\.ts$" },
      to: {
        path: "^worker/",
        pathNot: "^worker/($1|http|docker)/|^worker/(protocol|check-spec|errors|bytes|abort|own-name)\\.ts$",
      },
    },
    {
      name: "core-runs-anywhere",
      comment: "No Node module outside node/ folders, tests and the entry's wiring.",
      severity: "error",
      from: { path: "^worker/", pathNot: "/node/|\\.test\\.ts$|/test/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "images-and-scripts",
      severity: "error",
      from: { path: "^(images|scripts)/" },
      to: { path: "^(web|e2e)/", pathNot: "^web/course/format/" },
    },
    {
      name: "images-do-not-know-scripts",
      severity: "error",
      from: { path: "^images/" },
      to: { path: "^scripts/" },
    },
    {
      name: "e2e-sees-the-page",
      severity: "error",
      from: { path: "^e2e/" },
      to: { path: "^(web|worker|images)/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules/.cache" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
  },
};
