/*
 * Carries Ethernet frames between a TAP device and stdin/stdout, each after its length (two bytes, high byte first):
 * Node cannot open a TAP device itself. Only linux-peer.ts uses it. Usage: tap-bridge DEVICE
 */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LARGEST 65600

static int write_all(int fd, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count <= 0) return -1;
    bytes += count;
    length -= (size_t)count;
  }
  return 0;
}

/* Writes the whole frames of `bytes` to the device; returns how many bytes they took, or -1. */
static ssize_t deliver(int tap, const unsigned char *bytes, size_t length) {
  size_t at = 0;
  while (length - at >= 2) {
    size_t frame = (size_t)bytes[at] << 8 | bytes[at + 1];
    if (length - at < 2 + frame) break;
    /* A frame that the device does not want (cut ones, for instance) is lost, as on any wire. */
    if (write(tap, bytes + at + 2, frame) < 0 && frame > LARGEST) return -1;
    at += 2 + frame;
  }
  return (ssize_t)at;
}

int main(int argc, char **argv) {
  static unsigned char in[4 * LARGEST], out[2 + LARGEST];
  size_t held = 0;
  struct ifreq request;
  int tap = open("/dev/net/tun", O_RDWR);
  if (argc != 2 || tap < 0) {
    perror("/dev/net/tun");
    return 1;
  }
  memset(&request, 0, sizeof request);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  strncpy(request.ifr_name, argv[1], IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request) < 0) {
    perror("TUNSETIFF");
    return 1;
  }
  for (;;) {
    struct pollfd ready[2] = {{.fd = tap, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    if (poll(ready, 2, -1) < 0) return 1;
    if (ready[0].revents & POLLIN) {
      ssize_t count = read(tap, out + 2, LARGEST);
      if (count < 0) return 1;
      out[0] = (unsigned char)(count >> 8);
      out[1] = (unsigned char)count;
      if (write_all(1, out, 2 + (size_t)count) < 0) return 0;
    }
    if (ready[1].revents & (POLLIN | POLLHUP)) {
      ssize_t count = read(0, in + held, sizeof in - held);
      if (count <= 0) return 0;
      held += (size_t)count;
      ssize_t taken = deliver(tap, in, held);
      if (taken < 0) return 1;
      held -= (size_t)taken;
      memmove(in, in + taken, held);
    }
  }
}
