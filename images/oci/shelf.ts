/** What is in the hub, and how `docker search` shows it. */
import { busybox } from "./busybox/recipe";
import { debian } from "./debian/recipe";
import { helloWorld } from "./hello-world/recipe";
import { mariadb, mysql } from "./mysql/recipe";
import { nginx } from "./nginx/recipe";
import { helloNginx, nginxProxy } from "./nginx-examples/recipe";
import { python } from "./python/recipe";
import type { Recipe } from "./recipe";
import { redis } from "./redis/recipe";
import { registry } from "./registry/recipe";
import { ubuntu } from "./ubuntu/recipe";
import { web } from "./web/recipe";

export interface ShelfEntry {
  readonly recipe: Recipe;
  /** The order in which the search lists them. They are nobody's votes. */
  readonly stars: number;
  /** Docker's word for the images that are pulled without a namespace. */
  readonly official: boolean;
}

const official = (recipe: Recipe, stars: number): ShelfEntry => ({ recipe, stars, official: true });
const example = (recipe: Recipe, stars: number): ShelfEntry => ({ recipe, stars, official: false });

export const SHELF: readonly ShelfEntry[] = [
  official(nginx, 100),
  official(ubuntu, 90),
  official(redis, 80),
  official(mysql, 75),
  official(python, 70),
  official(mariadb, 60),
  official(debian, 50),
  official(busybox, 40),
  official(registry, 30),
  official(helloWorld, 20),
  example(web, 15),
  example(helloNginx, 12),
  example(nginxProxy, 8),
];

/** With its namespace: `library/nginx`. */
export function repositoryName({ name }: Pick<Recipe, "name">): string {
  return name.includes("/") ? name : `library/${name}`;
}
