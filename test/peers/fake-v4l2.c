/*
 * A USB camera that is a file: preloaded into an engine, it answers V4L2 (linux/videodev2.h) for every file whose name
 * holds "fake-usb-camera". The file is the plug: when it is deleted, the camera is gone (ENODEV). A name with "mjpeg"
 * gives the JPEG that the file holds, a name with "h264" its access units one by one, again and again, each of which
 * begins with a delimiter; any other gives YUYV 4:2:2, dark for the first five pictures.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS = 4, BUFFER_BYTES = 1 << 20, MAX_FDS = 1024 };

struct camera {
  char path[512];
  char *memory;
  unsigned width, height, fps, queue[64], queued, taken, count;
  off_t at; /* in the file of access units */
};

static struct camera *cameras[MAX_FDS];

static int is_mjpeg(const struct camera *camera) { return strstr(camera->path, "mjpeg") != NULL; }
static int is_h264(const struct camera *camera) { return strstr(camera->path, "h264") != NULL; }
static int is_coded(const struct camera *camera) { return is_mjpeg(camera) || is_h264(camera); }
static unsigned format_of(const struct camera *camera) {
  if (is_h264(camera)) return V4L2_PIX_FMT_H264;
  return is_mjpeg(camera) ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
}

static int fail(int error) {
  errno = error;
  return -1;
}

static int open_camera(const char *path) {
  int fd = memfd_create("camera", 0);
  struct camera *camera = calloc(1, sizeof *camera);
  strncpy(camera->path, path, sizeof camera->path - 1);
  camera->width = 320, camera->height = 180, camera->fps = 25;
  if (ftruncate(fd, BUFFERS * BUFFER_BYTES) != 0) return -1;
  camera->memory = mmap(NULL, BUFFERS * BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  cameras[fd] = camera;
  return fd;
}

typedef int (*open_function)(const char *, int, ...);

static int open_any(const char *symbol, const char *path, int flags, int mode) {
  if (strstr(path, "fake-usb-camera") && (flags & O_ACCMODE) == O_RDWR) {
    if (access(path, R_OK) != 0) return -1;
    return open_camera(path);
  }
  return ((open_function)dlsym(RTLD_NEXT, symbol))(path, flags, mode);
}

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list list;                                    \
    va_start(list, flags);                           \
    int mode = va_arg(list, int);                    \
    va_end(list);                                    \
    return open_any(#name, path, flags, mode);       \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < MAX_FDS && cameras[fd]) {
    munmap(cameras[fd]->memory, BUFFERS * BUFFER_BYTES);
    free(cameras[fd]);
    cameras[fd] = NULL;
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, "close"))(fd);
}

static void describe(const struct camera *camera, struct v4l2_format *format) {
  struct v4l2_pix_format *pix = &format->fmt.pix;
  pix->width = camera->width, pix->height = camera->height;
  pix->pixelformat = format_of(camera), pix->field = V4L2_FIELD_NONE;
  pix->bytesperline = is_coded(camera) ? 0 : camera->width * 2;
  pix->sizeimage = is_coded(camera) ? BUFFER_BYTES : camera->width * camera->height * 2;
}

static ssize_t read_file(const struct camera *camera, char *buffer) {
  int fd = ((open_function)dlsym(RTLD_NEXT, "open"))(camera->path, O_RDONLY, 0);
  ssize_t length = fd < 0 ? 0 : pread(fd, buffer, BUFFER_BYTES, camera->at);
  if (fd >= 0) close(fd);
  return length > 0 ? length : 0;
}

static unsigned fill(struct camera *camera, char *buffer) {
  if (is_mjpeg(camera)) return read_file(camera, buffer);
  if (is_h264(camera)) {
    ssize_t length = read_file(camera, buffer);
    if (length == 0) camera->at = 0, length = read_file(camera, buffer);
    char *next = length > 5 ? memmem(buffer + 5, length - 5, "\0\0\0\1\x09", 5) : NULL;
    if (next) length = next - buffer;
    camera->at += length;
    return length;
  }
  unsigned bytes = camera->width * camera->height * 2;
  for (unsigned at = 0; at < bytes; at += 2) buffer[at] = camera->count < 5 ? 16 : 180, buffer[at + 1] = (char)128;
  return bytes;
}

static int dequeue(struct camera *camera, struct v4l2_buffer *buffer) {
  struct timespec pause = {0, 1000000000L / camera->fps};
  nanosleep(&pause, NULL);
  if (access(camera->path, F_OK) != 0) return fail(ENODEV);
  if (camera->taken == camera->queued) return fail(EAGAIN);
  unsigned index = camera->queue[camera->taken++ % 64];
  buffer->index = index;
  buffer->bytesused = fill(camera, camera->memory + index * BUFFER_BYTES);
  buffer->length = BUFFER_BYTES, buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, buffer->sequence = camera->count++;
  clock_gettime(CLOCK_MONOTONIC, &pause);
  buffer->timestamp.tv_sec = pause.tv_sec, buffer->timestamp.tv_usec = pause.tv_nsec / 1000;
  return 0;
}

static int answer(struct camera *camera, unsigned long request, void *argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: {
      struct v4l2_capability *capability = argument;
      strcpy((char *)capability->driver, "fake");
      strcpy((char *)capability->card, "Fake camera");
      capability->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      return 0;
    }
    case VIDIOC_ENUM_FMT: {
      struct v4l2_fmtdesc *description = argument;
      if (description->index > 0) return fail(EINVAL);
      description->pixelformat = format_of(camera);
      return 0;
    }
    case VIDIOC_S_FMT: {
      struct v4l2_format *format = argument;
      if (format->fmt.pix.width >= 640) camera->width = 640, camera->height = 360;
      describe(camera, format);
      return 0;
    }
    case VIDIOC_G_FMT:
      describe(camera, argument);
      return 0;
    case VIDIOC_S_PARM: {
      struct v4l2_streamparm *parameters = argument;
      struct v4l2_fract *time = &parameters->parm.capture.timeperframe;
      if (time->numerator > 0) camera->fps = time->denominator / time->numerator;
    } /* fall through */
    case VIDIOC_G_PARM: {
      struct v4l2_streamparm *parameters = argument;
      parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
      parameters->parm.capture.timeperframe.numerator = 1;
      parameters->parm.capture.timeperframe.denominator = camera->fps;
      return 0;
    }
    case VIDIOC_G_INPUT:
      *(int *)argument = 0;
      return 0;
    case VIDIOC_S_INPUT:
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
      return 0;
    case VIDIOC_ENUMINPUT:
      return ((struct v4l2_input *)argument)->index == 0 ? 0 : fail(EINVAL);
    case VIDIOC_REQBUFS:
      ((struct v4l2_requestbuffers *)argument)->count = BUFFERS;
      return 0;
    case VIDIOC_QUERYBUF: {
      struct v4l2_buffer *buffer = argument;
      buffer->length = BUFFER_BYTES, buffer->m.offset = buffer->index * BUFFER_BYTES;
      return 0;
    }
    case VIDIOC_QBUF:
      camera->queue[camera->queued++ % 64] = ((struct v4l2_buffer *)argument)->index;
      return 0;
    case VIDIOC_DQBUF:
      return dequeue(camera, argument);
    default:
      return fail(ENOTTY);
  }
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  struct camera *camera = fd >= 0 && fd < MAX_FDS ? cameras[fd] : NULL;
  /* Callers that pass an int sign-extend its highest bit, which the read requests have. */
  if (camera) return answer(camera, request & 0xffffffffUL, argument);
  return ((int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl"))(fd, request, argument);
}
