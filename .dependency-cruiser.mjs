/**
 * What a folder may import: the table in CONTRIBUTING.md, as rules. `npm run check` runs them, and fails on a path here
 * that no file has any more (scripts/check/stale-rules.ts).
 */
const core = "^worker/(disk|lan|hub|http|docker|checks|agent|ports|sessions)/";
const tests = "/testing/|\\.test\\.ts$";

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
      to: { couldNotResolve: true, pathNot: "\\?url$|\\?raw$|^virtual:" },
    },
    {
      name: "tests-alone-use-testing",
      severity: "error",
      from: { path: "^(contract|web|worker|images)/", pathNot: `/node/|${tests}` },
      to: { path: "/testing/" },
    },

    // The ground floor.
    {
      name: "contract-stands-alone",
      severity: "error",
      from: { path: "^contract/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(web|worker|images|scripts|e2e)/" },
    },

    // The page.
    {
      name: "web-knows-the-contract-only",
      comment:
        "The page talks to the machine through contract/; of the worker it names the entry (web/vm alone), comlink, and the kinds of checks.",
      severity: "error",
      from: { path: "^web/" },
      to: {
        path: "^(worker|images|scripts|e2e)/",
        pathNot: "^worker/(rpc|jitless|http/headers|checks/kinds/index)\\.ts$",
      },
    },
    {
      name: "web-parts-do-not-know-one-another",
      severity: "error",
      from: { path: "^web/(terminal|course|preview|offline|sessions)/" },
      to: { path: "^web/", pathNot: "^web/(vm|i18n|ui)/|^web/store\\.ts$|^web/$1/" },
    },
    {
      name: "web-foundations",
      severity: "error",
      from: { path: "^web/(vm|i18n|ui)/" },
      to: { path: "^web/(app|terminal|course|preview|offline|sessions)/" },
    },
    {
      name: "service-worker-stands-alone",
      comment: "It is a program of its own, and small: types and names of the contract, and no schemas.",
      severity: "error",
      from: { path: "^web/service-worker/" },
      to: { path: "^(web|contract|worker)/", pathNot: "^web/service-worker/|^contract/shell\\.ts$" },
    },
    {
      name: "nobody-imports-the-service-worker",
      severity: "error",
      from: { pathNot: "^web/service-worker/" },
      to: { path: "^web/service-worker/" },
    },
    {
      name: "web-build-stands-apart",
      comment: "It runs in Node, before there is a page.",
      severity: "error",
      from: { path: "^web/(app|terminal|course|preview|offline|sessions|vm|i18n|ui)/" },
      to: { path: "^web/build/" },
    },
    {
      name: "web-build-knows-no-page",
      comment: "Of the page's sources, the format of lessons alone: it compiles them.",
      severity: "error",
      from: { path: "^web/build/" },
      to: {
        path: "^web/(app|terminal|course|preview|offline|sessions|vm|i18n|ui)/",
        pathNot: "^web/course/format/",
      },
    },
    {
      name: "app-rooms-meet-in-the-app",
      severity: "error",
      from: { path: "^web/app/(start|stage|failures|dialogs|settings)/" },
      to: { path: "^web/app/", pathNot: "^web/app/$1/|^web/app/settings/|^web/app/use-online\\.ts$" },
    },
    {
      name: "course-panel-above-store-and-lessons",
      severity: "error",
      from: { path: "^web/course/(store|lessons)/" },
      to: { path: "^web/course/", pathNot: "^web/course/($1|format|content)/" },
    },
    {
      name: "course-format-stands-alone",
      severity: "error",
      from: { path: "^web/course/format/" },
      to: { path: "^web/course/", pathNot: "^web/course/format/" },
    },
    {
      name: "preview-frame-stands-alone",
      comment: "It is a program of its own, in a sandbox.",
      severity: "error",
      from: { path: "^web/preview/frame/" },
      to: { path: "^web/preview/", pathNot: "^web/preview/frame/" },
    },
    {
      name: "preview-pane-above-the-store",
      severity: "error",
      from: { path: "^web/preview/", pathNot: "^web/preview/pane/|^web/preview/index\\.ts$" },
      to: { path: "^web/preview/pane/" },
    },

    // The machine.
    {
      name: "worker-never-knows-the-page",
      severity: "error",
      from: { path: "^worker/" },
      to: { path: "^(web|scripts|e2e|images)/" },
    },
    {
      name: "worker-parts-meet-at-the-entry",
      comment:
        "Siblings come in through interfaces, wired in main.ts, session.ts, machine/ or a node/ folder.",
      severity: "error",
      from: { path: core, pathNot: `/node/|${tests}` },
      to: { path: "^worker/", pathNot: "^worker/($1|http|docker)/|^worker/(bytes|abort)\\.ts$" },
    },
    {
      name: "machine-below-the-entry",
      severity: "error",
      from: { path: "^worker/machine/", pathNot: tests },
      to: {
        path: "^worker/(browser|node|checks|ports|offline|sessions)/|^worker/(main|offline-main|session|session-keeper|session-state|console-services|guest-services|lesson-services|session-services)\\.ts$",
      },
    },
    {
      name: "offline-stands-on-the-disk-and-the-catalogue",
      comment: "It knows what there is to keep, and no machine.",
      severity: "error",
      from: { path: "^worker/offline/", pathNot: tests },
      to: { path: "^worker/", pathNot: "^worker/(offline|disk|hub)/" },
    },
    {
      name: "browser-and-node-stand-apart",
      severity: "error",
      from: { path: "^worker/(browser|node)/", pathNot: tests },
      to: { path: "^worker/(browser|node)/|^worker/main\\.ts$", pathNot: "^worker/$1/" },
    },
    {
      name: "core-runs-anywhere",
      comment: "No Node module outside node/ folders and tests.",
      severity: "error",
      from: { path: "^worker/", pathNot: `/node/|${tests}` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "hub-wings-stand-on-the-ground",
      comment: "Names, formats and rights know no wing; registry, faces and profiles put the wings together.",
      severity: "error",
      from: { path: "^worker/hub/(names|manifest|errors|digest|json|responses|access)\\.ts$" },
      to: { path: "^worker/hub/(routes|auth|storage|catalogue|node)/" },
    },
    {
      name: "hub-wings-stay-below-the-door",
      severity: "error",
      from: { path: "^worker/hub/(routes|auth|storage|catalogue)/", pathNot: tests },
      to: { path: "^worker/hub/(registry|profiles|hub-face)\\.ts$|^worker/hub/node/" },
    },
    {
      name: "hub-routes-and-auth-stand-apart",
      severity: "error",
      from: { path: "^worker/hub/(routes|auth)/", pathNot: tests },
      to: { path: "^worker/hub/(routes|auth)/", pathNot: "^worker/hub/$1/" },
    },
    {
      name: "hub-storage-below-routes-and-auth",
      severity: "error",
      from: { path: "^worker/hub/storage/", pathNot: tests },
      to: { path: "^worker/hub/(routes|auth)/" },
    },
    {
      name: "hub-catalogue-below-storage",
      severity: "error",
      from: { path: "^worker/hub/catalogue/", pathNot: tests },
      to: { path: "^worker/hub/(routes|auth|storage)/" },
    },

    // The guest's recipes, what people run, and the tests of the page.
    {
      name: "images-know-no-page",
      severity: "error",
      from: { path: "^images/" },
      to: { path: "^(web|scripts|e2e)/" },
    },
    {
      name: "scripts-know-the-format-of-lessons",
      comment: "Of the page's sources, that and its build.",
      severity: "error",
      from: { path: "^scripts/" },
      to: { path: "^(web|e2e)/", pathNot: "^web/(course/format|build)/" },
    },
    {
      name: "scripts-commands-on-top",
      severity: "error",
      from: { path: "^scripts/", pathNot: "^scripts/commands/" },
      to: { path: "^scripts/commands/" },
    },
    {
      name: "e2e-sees-the-page",
      severity: "error",
      from: { path: "^e2e/" },
      to: { path: "^(contract|web|worker|images)/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules/.cache" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
  },
};
