/** What is in the hub, and how `docker search` shows it. */
import { busybox } from "./busybox/recipe";
import { debian } from "./debian/recipe";
import { dockerfileFrontend } from "./dockerfile-frontend/recipe";
import { gettingStarted, welcomeToDocker } from "./first-pages/recipe";
import { helloWorld } from "./hello-world/recipe";
import { httpd } from "./httpd/recipe";
import { mariadb, mysql } from "./mysql/recipe";
import { nginx } from "./nginx/recipe";
import { helloNginx, nginxProxy } from "./nginx-examples/recipe";
import { python } from "./python/recipe";
import type { Recipe } from "./recipe";
import { redis } from "./redis/recipe";
import { registry } from "./registry/recipe";
import { trainingWebapp } from "./training-webapp/recipe";
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
  official(httpd, 55),
  official(debian, 50),
  official(busybox, 40),
  official(registry, 30),
  official(helloWorld, 20),
  example(web, 15),
  example(helloNginx, 12),
  example(gettingStarted, 10),
  example(welcomeToDocker, 9),
  example(nginxProxy, 8),
  example(dockerfileFrontend, 6),
  example(trainingWebapp, 4),
];

/** What guides use and the hub does not have, and the repositories that come nearest. */
export interface AbsentEntry {
  readonly name: string;
  readonly instead: readonly string[];
}

const absent = (names: readonly string[], ...instead: string[]): AbsentEntry[] =>
  names.map((name) => ({ name, instead }));

export const ABSENT: readonly AbsentEntry[] = [
  ...absent(["alpine"], "busybox", "debian"),
  ...absent(["centos", "fedora", "amazonlinux", "rockylinux", "almalinux", "archlinux"], "debian", "ubuntu"),
  ...absent(
    ["node", "golang", "php", "ruby", "openjdk", "eclipse-temurin", "rust", "perl"],
    "python",
    "debian",
  ),
  ...absent(["maven", "gradle", "tomcat", "composer", "buildpack-deps", "gcc"], "python", "debian"),
  ...absent(["postgres", "mongo", "cassandra", "couchdb", "influxdb"], "mysql", "mariadb", "redis"),
  ...absent(["memcached", "valkey/valkey"], "redis"),
  ...absent(["caddy", "traefik", "haproxy", "nginxinc/nginx-unprivileged"], "nginx", "drydock/nginx-proxy"),
  ...absent(["wordpress", "ghost", "drupal", "joomla", "nextcloud"], "nginx", "mysql", "drydock/web"),
  ...absent(["phpmyadmin", "adminer", "mongo-express", "phpmyadmin/phpmyadmin"], "mysql", "mariadb"),
  ...absent(["nicolaka/netshoot", "curlimages/curl", "byrnedo/alpine-curl"], "busybox", "debian"),
  ...absent(["rabbitmq", "elasticsearch", "kibana", "logstash", "jenkins", "sonarqube", "docker"]),
  ...absent(["prom/prometheus", "grafana/grafana", "jenkins/jenkins", "portainer/portainer-ce"]),
];

/** With its namespace: `library/nginx`. */
export function repositoryName({ name }: Pick<Recipe, "name">): string {
  return name.includes("/") ? name : `library/${name}`;
}
