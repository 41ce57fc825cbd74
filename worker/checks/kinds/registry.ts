/** A manifest in a registry. */
import { z } from "zod";
import { splitReference } from "../compare";
import { common, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

/**
 * Prints the status of the manifest $3 of the repository $2 at the registry $1; without $1, at the hub, which wants a
 * token of anybody.
 */
const ASK_REGISTRY = `
types='application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
types="$types, application/vnd.docker.distribution.manifest.v2+json"
types="$types, application/vnd.docker.distribution.manifest.list.v2+json"
host=$1; token=none
if [ -z "$host" ]; then
  host=registry-1.docker.io
  token=$(curl -s -m 10 "http://auth.docker.io/token?service=registry.docker.io&scope=repository:$2:pull" |
    sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p')
fi
curl -s -m 10 -o /dev/null -w '%{http_code}' -H "Accept: $types" -H "Authorization: Bearer $token" \\
  "http://$host/v2/$2/manifests/$3"`;

export const registry = defineKind({
  schema: z.strictObject({
    /** `registry.drydock.local:5000/team/app:1.0`, or `name/app` for the hub. */
    registry: text,
    absent: z.boolean().optional(),
    ...common,
  }),
  hints: ["missing"],
  async run(check, round) {
    const { host, repository, tag } = splitReference(check.registry);
    const { stdout } = await round.run("bash", "-c", ASK_REGISTRY, "ask", host ?? "", repository, tag);
    const status = stdout.trim();
    if (status === "" || status === "000")
      return { field: "missing", found: "the registry does not answer", soon: true };
    const there = status === "200";
    if (check.absent === true) return there ? { field: "absent" } : undefined;
    return there ? undefined : { field: "missing", found: status };
  },
});
