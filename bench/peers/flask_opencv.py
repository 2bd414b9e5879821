"""A camera server of the usual kind: Flask and Waitress, a thread that reads the camera with OpenCV and keeps the newest
picture, and for each viewer a generator that codes that picture as a JPEG of quality 80, 30 times a second.

flask_opencv.py CAMERA-URL PORT
"""
import os
import sys
import threading
import time

os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp"

import cv2
from flask import Flask, Response
from waitress import serve

FPS = 30
QUALITY = 80


class VideoCamera:
    def __init__(self, url):
        self.capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
        self.lock = threading.Lock()
        self.frame = None
        threading.Thread(target=self.update, daemon=True).start()

    def update(self):
        while True:
            ok, frame = self.capture.read()
            if not ok:
                os._exit(1)
            with self.lock:
                self.frame = frame

    def get_jpeg_frame(self):
        with self.lock:
            frame = self.frame
        if frame is None:
            return None
        ok, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return jpeg.tobytes() if ok else None


def mjpeg_generator(camera):
    due = time.monotonic()
    while True:
        jpeg = camera.get_jpeg_frame()
        if jpeg is not None:
            yield b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(jpeg), jpeg)
        due = max(due + 1 / FPS, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))


app = Flask(__name__)
camera = VideoCamera(sys.argv[1])


@app.route("/camera/1")
def video():
    return Response(mjpeg_generator(camera), mimetype="multipart/x-mixed-replace; boundary=frame")


# A thread for each viewer; what a viewer does not take is kept in memory, as Waitress does by default.
serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=128, _quiet=True)
