/* The only program in the image hello-world. There is no C library: it asks the kernel itself, by int 0x80. */

static const char text[] =
    "\n"
    "Hello from Docker!\n"
    "你好, 这是 Docker 容器里的程序在说话!\n"
    "\n"
    "If you can read this, Docker works on this machine. What just happened:\n"
    " 1. The docker command asked the daemon, dockerd, to run the image hello-world.\n"
    " 2. dockerd looked for the image on this machine; had it been absent, dockerd would have pulled it from a registry.\n"
    " 3. dockerd made a container from the image: a writable layer on top, its own processes, network and names.\n"
    " 4. containerd and the runtime started the image's one program in it: me.\n"
    " 5. What I print goes to dockerd, from there to the docker command, and so to your terminal.\n"
    "\n"
    "能看到这段话, 说明 Docker 工作正常。刚才发生了这些事:\n"
    " 1. docker 命令请求守护进程 dockerd 运行镜像 hello-world。\n"
    " 2. dockerd 先在本机找这个镜像; 如果没有, 就从仓库拉取。\n"
    " 3. dockerd 用镜像创建容器: 加上一层可写层, 以及独立的进程、网络和名称空间。\n"
    " 4. containerd 和运行时启动镜像里唯一的程序, 也就是我。\n"
    " 5. 我的输出经 dockerd 传给 docker 命令, 再显示到你的终端。\n"
    "\n"
    "Next, a shell in a container / 接着试试容器里的 shell:\n"
    "  docker run -it busybox sh\n"
    "\n";

static int call(int number, int first, const void *second, int third) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
  return result;
}

enum { EXIT = 1, WRITE = 4, STDOUT = 1 };

void _start(void) {
  const char *rest = text;
  int left = sizeof text - 1;
  while (left > 0) {
    int written = call(WRITE, STDOUT, rest, left);
    if (written <= 0) break;
    rest += written;
    left -= written;
  }
  call(EXIT, left > 0, 0, 0);
  for (;;) {
  }
}
