/** Small images on top of nginx: a few kilobytes each, since the rest is nginx's own layers. */
import { nginx } from "../nginx/recipe";
import type { Recipe } from "../recipe";
import { ownFiles } from "../take-files";

export const helloNginx: Recipe = {
  name: "drydock/hello-nginx",
  folder: import.meta.dirname,
  tags: ["latest"],
  description:
    "nginx that says which container answered: to see a load balancer or a published port at work.",
  base: nginx,
  build: async () => ({
    entries: await ownFiles(import.meta.dirname, { "etc/nginx/conf.d/default.conf": "hello.conf" }),
    config: {},
    step: "COPY hello.conf /etc/nginx/conf.d/default.conf",
    packages: {},
  }),
};

export const nginxProxy: Recipe = {
  name: "drydock/nginx-proxy",
  folder: import.meta.dirname,
  tags: ["latest"],
  description: "nginx as a reverse proxy in front of the container that UPSTREAM names, such as web:8000.",
  base: nginx,
  build: async () => ({
    entries: await ownFiles(import.meta.dirname, {
      "docker-entrypoint.d/10-upstream.sh": "proxy-entrypoint.sh",
    }),
    config: { Env: ["UPSTREAM=web:8000"] },
    step: "COPY 10-upstream.sh /docker-entrypoint.d/",
    packages: {},
  }),
};
