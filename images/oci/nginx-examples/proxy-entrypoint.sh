#!/bin/sh
# Writes nginx's configuration from UPSTREAM. The name is looked up at each request, by Docker's own name server, so
# that the upstream may come and go.
set -e
cat > /etc/nginx/conf.d/default.conf <<END
server {
    listen 80;
    resolver 127.0.0.11 valid=5s ipv6=off;
    set \$upstream "$UPSTREAM";

    location / {
        proxy_pass http://\$upstream;
        proxy_set_header Host \$host;
        proxy_set_header X-Real-IP \$remote_addr;
        proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto \$scheme;
    }
}
END
