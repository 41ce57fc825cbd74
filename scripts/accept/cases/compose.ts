/** The notes' question of how several containers work together: the business app, redis and mysql. */
import { type CaseInput, run, state, write } from "../case";

export const SHOP_COMPOSE_FILE = `services:
  web:
    image: drydock/web
    ports: ["8000:8000"]
    environment: &account
      MYSQL_USER: app
      MYSQL_PASSWORD: app
      MYSQL_DATABASE: app
    depends_on: [redis, mysql]
  redis:
    image: redis
  mysql:
    image: mysql
    environment:
      <<: *account
      MYSQL_ROOT_PASSWORD: secret
    volumes: ["rows:/var/lib/mysql"]
volumes:
  rows:
`;

export const SHOP_IMAGES = ["redis", "mysql", "drydock/web"];

const ASK = "curl -sS localhost:8000/api | jq -c";
/** MiB that are left for the learner when all three services are up. */
const SPARE = 60;

export const compose: CaseInput[] = [
  {
    id: "compose",
    images: SHOP_IMAGES,
    steps: [
      write("/root/shop/docker-compose.yml", SHOP_COMPOSE_FILE),
      run("cd shop && docker compose up -d", {
        sees: [/shop-redis-1 +Started/, /shop-mysql-1 +Started/, /shop-web-1 +Started/],
      }),
      state(`${ASK} '[.problems, (.notice | length > 0)]'`, "[{},true]", { within: 240 }),
      state(`${ASK} '.visits' > one; ${ASK} '.visits' > two; echo $(($(cat two) - $(cat one)))`, "1"),
      state(`awk '/^MemAvailable/ { print ($2 / 1024 > ${SPARE}) }' /proc/meminfo`, "1"),
      run("cd shop && docker compose ps", {
        sees: [/^NAME +IMAGE +COMMAND/m, /shop-mysql-1 .* Up/, /shop-redis-1 .* Up/, /shop-web-1 .* Up/],
      }),
      run("cd shop && docker compose logs web", { sees: ["listening on port 8000", "GET /api"] }),
      run("cd shop && docker compose exec -T redis redis-cli get visits", { sees: /^[1-9]\d*$/m }),
      run("cd shop && docker compose exec -T mysql mysql -uapp -papp app -e 'SELECT COUNT(*) FROM notices'", {
        sees: /^1$/m,
      }),
      run(
        `cd shop && docker compose exec -T mysql mysql -uapp -papp app -e "INSERT INTO notices (text) VALUES ('after the restart')"`,
      ),
      run("cd shop && docker compose restart", { sees: /shop-mysql-1 +Started/ }),
      state(`${ASK} '[.problems, .notice]'`, '[{},"after the restart"]', { within: 240 }),
      run("cd shop && docker compose down -v", {
        sees: [/Volume shop_rows +Removed/, /Network shop_default +Removed/],
      }),
      state("docker ps -aq; docker volume ls -q", ""),
    ],
  },
];
