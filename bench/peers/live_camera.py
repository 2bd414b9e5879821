"""A live camera: raw pictures (I420) from standard input are coded at once by x264, as a camera does, and served over RTSP.

live_camera.py WIDTH HEIGHT FPS; prints its port.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

WIDTH, HEIGHT, FPS = map(int, sys.argv[1:4])
LAUNCH = (
    "( appsrc name=pictures is-live=true do-timestamp=true format=time"
    f" caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1"
    f" ! x264enc tune=zerolatency threads=1 sliced-threads=false speed-preset=ultrafast bitrate=4000 key-int-max={FPS}"
    " ! rtph264pay name=pay0 config-interval=-1 )"
)
sources = []


def feed():
    size = WIDTH * HEIGHT * 3 // 2
    while True:
        picture = sys.stdin.buffer.read(size)
        if len(picture) < size:
            loop.quit()
            return
        for source in list(sources):
            source.emit("push-buffer", Gst.Buffer.new_wrapped(picture))


def on_media(_factory, media):
    source = media.get_element().get_by_name("pictures")
    sources.append(source)
    media.connect("unprepared", lambda _media: sources.remove(source))


Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(LAUNCH)
factory.set_shared(True)
factory.connect("media-configure", on_media)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
loop = GLib.MainLoop()
threading.Thread(target=feed, daemon=True).start()
print(server.get_bound_port(), flush=True)
loop.run()
