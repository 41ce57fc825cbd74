/** The notes' question of how several containers work together: the business app, redis and mysql. */
import { type CaseInput, run, state, write } from "../case";

const COMPOSE = `services:
  web:
    image: drydock/web
    ports: ["8080:8080"]
    depends_on: [redis, mysql]
  redis:
    image: redis
  mysql:
    image: mysql
    environment:
      MYSQL_ROOT_PASSWORD: secret
      MYSQL_DATABASE: shop
`;

export const compose: CaseInput[] = [
  {
    id: "compose",
    fresh: true,
    steps: [
      write("/root/shop/docker-compose.yml", COMPOSE),
      run("cd shop && docker compose up -d", {
        sees: [/web-1 +Started/, /redis-1 +Started/, /mysql-1 +Started/],
      }),
      state(
        "cd shop && docker compose ps --format '{{.Service}} {{.State}}' | sort",
        "mysql running\nredis running\nweb running",
      ),
    ],
  },
];
