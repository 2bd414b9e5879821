/*
 * crowd-reader PORT PATH VIEWERS: so many viewers of one MJPEG stream of 127.0.0.1, in one thread. Parts must tell their length:
 * their bytes are thrown away inside the kernel (MSG_TRUNC), so that thousands of viewers cost little. For each line on standard
 * input it prints one line of JSON: the pictures of each viewer so far, their bytes, and how many connections have ended.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER_BYTES = 2048, BODY_BYTES = 1 << 20 };

struct viewer {
  int socket;
  unsigned long pictures;
  unsigned long bytes;
  size_t left; /* of the present picture */
  size_t held; /* of the present header */
  char header[HEADER_BYTES];
};

static struct viewer *viewers;
static int count, ended;
static char discarded[BODY_BYTES];

static void leave(struct viewer *viewer) {
  close(viewer->socket);
  viewer->socket = -1;
  ended++;
}

/* Takes the header block that ends the held bytes, if there is one: what follows is a picture where a length is told. */
static int take_header(struct viewer *viewer) {
  char *end = memmem(viewer->header, viewer->held, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = '\0';
  char *length = strcasestr(viewer->header, "content-length:");
  viewer->left = length ? strtoul(length + 15, NULL, 10) : 0;
  viewer->held = 0;
  return 1;
}

/* Reads no byte beyond the header block, so that the picture can be thrown away unseen. */
static ssize_t read_header(struct viewer *viewer) {
  char *into = viewer->header + viewer->held;
  ssize_t seen = recv(viewer->socket, into, HEADER_BYTES - 1 - viewer->held, MSG_PEEK);
  if (seen <= 0) return seen;
  size_t from = viewer->held > 3 ? viewer->held - 3 : 0;
  char *end = memmem(viewer->header + from, viewer->held + (size_t)seen - from, "\r\n\r\n", 4);
  size_t taken = end ? (size_t)(end + 4 - into) : (size_t)seen;
  seen = recv(viewer->socket, into, taken, 0);
  if (seen <= 0) return seen;
  viewer->held += (size_t)seen;
  if (!take_header(viewer) && viewer->held >= HEADER_BYTES - 1) viewer->held = 0;
  return seen;
}

static ssize_t read_body(struct viewer *viewer) {
  size_t wanted = viewer->left < BODY_BYTES ? viewer->left : BODY_BYTES;
  ssize_t seen = recv(viewer->socket, discarded, wanted, MSG_TRUNC);
  if (seen <= 0) return seen;
  viewer->left -= (size_t)seen;
  viewer->bytes += (unsigned long)seen;
  if (viewer->left == 0) viewer->pictures++;
  return seen;
}

static void read_all(struct viewer *viewer) {
  for (;;) {
    ssize_t seen = viewer->left > 0 ? read_body(viewer) : read_header(viewer);
    if (seen > 0) continue;
    if (seen == 0 || (errno != EAGAIN && errno != EINTR)) leave(viewer);
    return;
  }
}

static void come(struct viewer *viewer, int port, const char *path) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  char request[512];
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  viewer->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  /* A server that has just been started does not listen yet. */
  for (int tries = 0; connect(viewer->socket, (struct sockaddr *)&address, sizeof address) < 0; tries++) {
    if (errno != ECONNREFUSED || tries == 200) {
      perror("connect");
      exit(1);
    }
    usleep(50000);
  }
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n", path);
  if (write(viewer->socket, request, (size_t)length) != length) exit(1);
  fcntl(viewer->socket, F_SETFL, O_NONBLOCK);
}

static void report(void) {
  unsigned long bytes = 0;
  printf("{\"pictures\":[");
  for (int i = 0; i < count; i++) {
    printf("%s%lu", i ? "," : "", viewers[i].pictures);
    bytes += viewers[i].bytes;
  }
  printf("],\"bytes\":%lu,\"ended\":%d}\n", bytes, ended);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  struct rlimit files = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  count = atoi(argv[3]);
  viewers = calloc((size_t)count, sizeof *viewers);
  int set = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(set, EPOLL_CTL_ADD, STDIN_FILENO, &input);
  for (int i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &viewers[i]};
    come(&viewers[i], atoi(argv[1]), argv[2]);
    epoll_ctl(set, EPOLL_CTL_ADD, viewers[i].socket, &event);
  }
  for (;;) {
    struct epoll_event events[256];
    int ready = epoll_wait(set, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      char line[64];
      if (events[i].data.ptr) read_all(events[i].data.ptr);
      else if (read(STDIN_FILENO, line, sizeof line) <= 0) return 0;
      else report();
    }
  }
}
