import { describe, expect, it } from "vitest";
import { catalogueOf, makeImage } from "../testing/sample-images";
import { SampleRegistry } from "../testing/sample-registry";

const image = await makeImage({ layers: [{ "/a": "b" }] });
const tags = { latest: image };
const catalogue = catalogueOf([
  { name: "library/web", tags, description: "A sample web server", stars: 20, official: true },
  { name: "library/busybox", tags, description: "Small tools", stars: 3000, official: true },
  { name: "acme/web", tags, description: "A web server by Acme", stars: 500 },
]);

interface SearchAnswer {
  readonly num_results: number;
  readonly num_pages: number;
  readonly page: number;
  readonly page_size: number;
  readonly query: string;
  readonly results: readonly {
    readonly name: string;
    readonly description: string;
    readonly is_official: boolean;
    readonly star_count: number;
  }[];
}

async function find(query: string, sample = new SampleRegistry("hub", { catalogue })): Promise<SearchAnswer> {
  const answer = await sample.call("GET", `/v1/search${query}`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as SearchAnswer;
}
const names = (answer: SearchAnswer) => answer.results.map((result) => result.name);

describe("search", () => {
  it("finds by name and description, most stars first, without a token", async () => {
    const answer = await find("?q=web&n=25");
    expect(answer).toMatchObject({ num_results: 2, num_pages: 1, page: 1, page_size: 25, query: "web" });
    expect(names(answer)).toEqual(["acme/web", "web"]);
    expect(answer.results[1]).toEqual({
      name: "web",
      description: "A sample web server",
      star_count: 20,
      is_official: true,
      is_automated: false,
      is_trusted: false,
    });
    expect(names(await find("?q=SMALL"))).toEqual(["busybox"]);
    expect(names(await find("?q=library/web"))).toEqual(["acme/web", "web"]);
    expect(names(await find("?q=nothing-like-it"))).toEqual([]);
  });

  it("says which images this build lacks, until somebody pushes one of that name", async () => {
    const missing = [{ name: "library/nginx", why: "the mirror had no packages" }];
    const sample = new SampleRegistry("private", { catalogue: catalogueOf([], { missing }) });
    const [found] = (await find("?q=nginx", sample)).results;
    expect(found).toMatchObject({
      name: "library/nginx",
      description: "Not in this build: the mirror had no packages.",
    });
    await sample.pushImage("library/nginx", "1", image);
    expect((await find("?q=nginx", sample)).results).toMatchObject([{ description: "" }]);
  });

  it("finds what was pushed", async () => {
    const sample = new SampleRegistry("private", { catalogue });
    await sample.pushImage("team/webapp", "1", image);
    expect(names(await find("?q=webapp", sample))).toEqual(["team/webapp"]);
  });

  it("shows library/ where it is needed to pull", async () => {
    expect(names(await find("?q=busybox", new SampleRegistry("private", { catalogue })))).toEqual([
      "library/busybox",
    ]);
  });

  it("gives pages, and its own size for a size that is not a number", async () => {
    expect(names(await find("?q=&n=2"))).toEqual(["busybox", "acme/web"]);
    expect(await find("?q=&n=2&page=2")).toMatchObject({ page: 2, num_pages: 2, results: [{ name: "web" }] });
    expect(names(await find("?q=&n=2&page=9"))).toEqual([]);
    for (const n of ["0", "-1", "x", "1e9", ""]) expect((await find(`?q=&n=${n}`)).page_size).toBe(25);
    expect((await find("?q=&n=5000")).page_size).toBe(100);
    expect((await find("")).num_results).toBe(3);
  });

  it("answers the ping that comes before it", async () => {
    for (const profile of ["hub", "private"] as const) {
      const answer = await new SampleRegistry(profile).call("GET", "/v1/_ping");
      expect([answer.status, answer.text]).toEqual([200, "true"]);
      expect(answer.headers.get("x-docker-registry-version")).toBe("0.9.0");
    }
  });

  it("is only read", async () => {
    expect((await new SampleRegistry("hub").call("POST", "/v1/search?q=x")).status).toBe(404);
  });
});
