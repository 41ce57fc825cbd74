# Compiles nginx from Debian's source, without TLS: libssl and libcrypto alone are three times as large as nginx.
RUN_HERE=yes ./configure --with-cc=gcc \
  --prefix=/etc/nginx --sbin-path=/usr/sbin/nginx --conf-path=/etc/nginx/nginx.conf --modules-path=/usr/lib/nginx/modules \
  --error-log-path=/var/log/nginx/error.log --http-log-path=/var/log/nginx/access.log \
  --pid-path=/run/nginx.pid --lock-path=/run/nginx.lock \
  --http-client-body-temp-path=/var/cache/nginx/client_temp --http-proxy-temp-path=/var/cache/nginx/proxy_temp \
  --http-fastcgi-temp-path=/var/cache/nginx/fastcgi_temp --http-uwsgi-temp-path=/var/cache/nginx/uwsgi_temp \
  --http-scgi-temp-path=/var/cache/nginx/scgi_temp \
  --user=nginx --group=nginx --with-threads --with-stream \
  --with-http_addition_module --with-http_auth_request_module --with-http_gunzip_module --with-http_gzip_static_module \
  --with-http_random_index_module --with-http_realip_module --with-http_secure_link_module --with-http_slice_module \
  --with-http_stub_status_module --with-http_sub_module \
  --with-cc-opt='-O2 -g0 -ffunction-sections -fdata-sections' \
  --with-ld-opt='-s -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro -Wl,--build-id=none'
make -j"$(nproc)"
