import { describe, expect, it } from "vitest";
import { findDebianMirrors, parseDeb822Sources, parseOneLineSources } from "./apt-sources";

describe("parseOneLineSources", () => {
  it("reads options, components and trailing comments, and skips comments and deb-src", () => {
    const sources = parseOneLineSources(
      [
        "# deb http://old.test/debian bookworm main",
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian bookworm main contrib # ours",
        "deb-src http://mirror.test/debian bookworm main",
        "  deb http://mirror.test/debian-security\tbookworm-security main",
        "debt http://odd.test/ x main",
        "deb http://flat.test/ ./",
      ].join("\n"),
    );
    expect(sources).toEqual([
      { uris: ["http://mirror.test/debian"], suites: ["bookworm"], components: ["main", "contrib"] },
      { uris: ["http://mirror.test/debian-security"], suites: ["bookworm-security"], components: ["main"] },
      { uris: ["http://flat.test/"], suites: ["./"], components: [] },
    ]);
  });

  it("finds nothing in an empty file or in noise", () => {
    expect(parseOneLineSources("")).toEqual([]);
    expect(parseOneLineSources("\0\xff deb\n deb only-a-uri")).toEqual([]);
  });
});

describe("parseDeb822Sources", () => {
  it("reads stanzas with continuation lines and comments, and skips what is disabled", () => {
    const sources = parseDeb822Sources(
      [
        "Types: deb deb-src",
        "# URIs: http://commented.test/debian",
        "URIs: http://mirror.test/debian",
        "Suites: bookworm",
        "  bookworm-updates",
        "Components: main",
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
        "",
        "enabled: no",
        "types: deb",
        "uris: http://off.test/debian",
        "suites: bookworm",
        "components: main",
        "",
        "Types: deb-src",
        "URIs: http://source.test/debian",
        "Suites: bookworm",
        "Components: main",
      ].join("\n"),
    );
    expect(sources).toEqual([
      { uris: ["http://mirror.test/debian"], suites: ["bookworm", "bookworm-updates"], components: ["main"] },
    ]);
  });

  it("keeps a stanza without fields out", () => {
    expect(parseDeb822Sources("no field here\n : x\n")).toEqual([]);
  });
});

describe("findDebianMirrors", () => {
  const debian = {
    uris: ["http://mirror.test/debian/"],
    suites: ["bookworm", "bookworm-updates"],
    components: ["main"],
  };
  const security = {
    uris: ["http://safe.test/debian-security"],
    suites: ["bookworm-security"],
    components: ["main"],
  };

  it("takes Debian's own archive before another that has the same code name", () => {
    const other = { uris: ["https://vendor.test/prod"], suites: ["bookworm"], components: ["main"] };
    expect(findDebianMirrors([other, debian, security], "bookworm").map(({ archive }) => archive)).toEqual([
      "http://mirror.test/debian",
      "https://vendor.test/prod",
    ]);
  });

  it("leaves out third parties' suites and components, and optical disks", () => {
    const others = [
      { uris: ["https://vendor.test/apt"], suites: ["cloud-bookworm"], components: ["main"] },
      { uris: ["https://vendor.test/debian"], suites: ["bookworm"], components: ["stable"] },
      { uris: ["cdrom:[Debian]/"], suites: ["bookworm"], components: ["main"] },
    ];
    expect(findDebianMirrors(others, "bookworm")).toEqual([]);
  });

  it("knows the security archive from the sources, and from its neighbour otherwise", () => {
    expect(findDebianMirrors([debian, security], "bookworm")[0]?.security).toBe(
      "http://safe.test/debian-security",
    );
    expect(findDebianMirrors([debian], "bookworm")[0]?.security).toBe("http://mirror.test/debian-security");
  });

  it("obeys DEBIAN_MIRROR alone", () => {
    expect(
      findDebianMirrors([debian], "bookworm", "http://near.test/archive/debian/20260101T000000Z/"),
    ).toEqual([
      {
        archive: "http://near.test/archive/debian/20260101T000000Z",
        security: "http://near.test/archive/debian-security/20260101T000000Z",
      },
    ]);
    expect(findDebianMirrors([debian], "bookworm", "")).toHaveLength(1);
  });
});
