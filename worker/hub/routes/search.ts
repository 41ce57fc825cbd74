/** Docker's search, `/v1/search?q=&n=&page=`: the one part of the first registry API that clients still use. */
import type { Catalogue } from "../catalogue/catalogue";
import type { HttpRequest } from "../../http/server/handler";
import { jsonResponse } from "../responses";
import type { RepositoryIndex } from "../storage/repository-index";

const DEFAULT_SIZE = 25;
const MAX_SIZE = 100;

interface SearchResult {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
  readonly is_trusted: boolean;
}

export interface Searchable {
  readonly catalogue: Catalogue;
  readonly index: RepositoryIndex;
  /** Docker Hub shows its official images without `library/`, because there they are pulled without it. */
  readonly hidesLibrary: boolean;
}

/** Answers `/v1/search` and `/v1/_ping`; undefined for any other path. */
export async function search(
  searchable: Searchable,
  request: HttpRequest,
  url: URL,
): Promise<Response | undefined> {
  if (request.method !== "GET") return undefined;
  if (url.pathname === "/v1/_ping") {
    return jsonResponse(true, {
      "x-docker-registry-version": "0.9.0",
      "x-docker-registry-standalone": "True",
    });
  }
  if (url.pathname !== "/v1/search") return undefined;
  const query = url.searchParams.get("q") ?? "";
  const size = positive(url.searchParams.get("n"), DEFAULT_SIZE, MAX_SIZE);
  const page = positive(url.searchParams.get("page"), 1, Number.MAX_SAFE_INTEGER);
  const results = await find(searchable, query);
  return jsonResponse({
    num_pages: Math.max(Math.ceil(results.length / size), 1),
    num_results: results.length,
    page_size: size,
    page,
    query,
    results: results.slice((page - 1) * size, page * size),
  });
}

/** Repositories with the term in their name or description, the most starred first. */
async function find({ catalogue, index, hidesLibrary }: Searchable, query: string): Promise<SearchResult[]> {
  const typed = query.trim().toLowerCase();
  const term = hidesLibrary ? typed.replace(/^library\//, "") : typed;
  const described = new Map(catalogue.repositories.map((repository) => [repository.name, repository]));
  const present = await index.repositories();
  const missing = new Map(catalogue.missing.map(({ name, why }) => [name, why]));
  const names = [...new Set([...present, ...missing.keys()])];
  const results = names.map((name): SearchResult => {
    const known = described.get(name);
    const why = present.includes(name) ? undefined : missing.get(name);
    return {
      name: hidesLibrary ? name.replace(/^library\//, "") : name,
      description: why === undefined ? (known?.description ?? "") : `Not in this build: ${why}.`,
      star_count: known?.stars ?? 0,
      is_official: known?.official ?? false,
      is_automated: false,
      is_trusted: false,
    };
  });
  return results
    .filter(({ name, description }) => name.includes(term) || description.toLowerCase().includes(term))
    .sort((left, right) => right.star_count - left.star_count || (left.name < right.name ? -1 : 1));
}

/** A positive number no greater than `most`; `otherwise` for anything else. */
function positive(text: string | null, otherwise: number, most: number): number {
  const value = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value === 0 ? otherwise : Math.min(value, most);
}
