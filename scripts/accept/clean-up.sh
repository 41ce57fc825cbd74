# Takes away what a row made. Speaks to the engine's API with curl, because each start of the docker command costs a
# second here. $1 names the images that stay, one a line. Prints what is left as JSON.
api() { curl -sS --unix-socket /run/docker.sock "http://localhost/v1.45$1" "${@:2}"; }

for id in $(api '/containers/json?all=1' | jq -r '.[].Id'); do api "/containers/$id?force=1&v=1" -X DELETE; done
api /networks/prune -X POST >/dev/null
api '/volumes/prune?filters=%7B%22all%22%3A%5B%22true%22%5D%7D' -X POST >/dev/null
# By tag, then what has no tag any more.
api '/images/json?all=1' | jq -r '.[] | (.RepoTags // [])[]' | while read -r name; do
  grep -qxF "$name" <<<"$1" || api "/images/$name?force=1" -X DELETE >/dev/null
done
api '/images/json?all=1' | jq -r '.[] | select((.RepoTags // []) == []) | .Id' | while read -r id; do
  api "/images/$id?force=1" -X DELETE >/dev/null
done
api '/build/prune?all=1' -X POST >/dev/null
find /root /tmp -mindepth 1 -maxdepth 1 ! -name '.bash*' ! -name .profile ! -name templates -exec rm -rf {} +

jq -n --argjson containers "$(api '/containers/json?all=1')" --argjson images "$(api /images/json)" \
  --argjson volumes "$(api /volumes)" --argjson networks "$(api /networks)" \
  '{containers: [$containers[].Names[0]], images: [$images[] | (.RepoTags // ["<none>"])[]] | sort,
    volumes: [($volumes.Volumes // [])[].Name], networks: [$networks[].Name] | sort}'
