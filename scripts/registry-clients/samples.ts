/** The images that the clients carry back and forth. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  makeImage,
  makeIndex,
  writeOciLayout,
  type SampleImage,
} from "../../worker/hub/testing/sample-images";
import { noise } from "../../worker/lan/testing/random";
import { OCI_INDEX } from "../../worker/hub/manifest";

export interface Samples {
  /** Two layers, uncompressed, as the catalogue's are. */
  readonly plain: SampleImage;
  /** Docker's own media types, gzipped. */
  readonly docker: SampleImage;
  /** A layer of 20 MB that does not compress. */
  readonly large: SampleImage;
  /** The digest of an index of two platforms. */
  readonly indexDigest: string;
  /** How skopeo and podman name the images on disk: OCI layouts, and a `dir:` for Docker's, which those cannot hold. */
  readonly sources: Readonly<Record<"plain" | "docker" | "large" | "index", string>>;
}

const LARGE_BYTES = 20_000_000;

export async function makeSamples(folder: string): Promise<Samples> {
  const shared = { "/etc/motd": "A sample image.\n", "/bin/app": "#!/bin/sh\necho app\n" };
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const plain = await makeImage({
    layers: [shared, { "/srv/page": "hello" }],
    architecture,
    labels: { role: "plain" },
  });
  const docker = await makeImage({ layers: [shared, { "/srv/page": "docker" }], architecture, format: "docker", gzip: true }); // prettier-ignore
  const large = await makeImage({ layers: [shared, { "/srv/noise": noise(LARGE_BYTES) }], architecture });
  const other = await makeImage({ layers: [shared], architecture: "386" });
  const index = await makeIndex({ [architecture]: plain, "386": other });
  const at = (name: string): string => join(folder, name);
  await writeOciLayout(at("plain"), { latest: plain });
  await writeOciLayout(at("large"), { latest: large });
  await writeOciLayout(at("index"), { first: plain, second: other });
  await writeFile(join(at("index"), "blobs", ...index.digest.split(":")), index.bytes);
  const annotations = { "org.opencontainers.image.ref.name": "latest" };
  const entry = { mediaType: OCI_INDEX, digest: index.digest, size: index.bytes.length, annotations };
  const top = { schemaVersion: 2, manifests: [entry] };
  await writeFile(join(at("index"), "index.json"), JSON.stringify(top));
  await writeDirLayout(at("docker"), docker);
  const sources = {
    plain: `oci:${at("plain")}:latest`,
    docker: `dir:${at("docker")}`,
    large: `oci:${at("large")}:latest`,
    index: `oci:${at("index")}:latest`,
  };
  return { plain, docker, large, indexDigest: index.digest, sources };
}

/** The layout of `dir:`: a manifest, and blobs named by their hex. */
async function writeDirLayout(folder: string, image: SampleImage): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "version"), "Directory Transport Version: 1.1\n");
  await writeFile(join(folder, "manifest.json"), image.manifest);
  for (const [digest, bytes] of image.blobs)
    await writeFile(join(folder, digest.slice("sha256:".length)), bytes);
}
