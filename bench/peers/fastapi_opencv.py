"""A camera server of the other usual kind: FastAPI and uvicorn, one OpenCV capture, and for each viewer a generator that reads
the next picture from it and codes it as a JPEG.

fastapi_opencv.py CAMERA-URL PORT
"""
import os
import sys
import threading

os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp"

import cv2
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
lock = threading.Lock()


def frames():
    while True:
        with lock:
            ok, frame = capture.read()
        if not ok:
            os._exit(1)
        ok, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 80])
        data = jpeg.tobytes()
        yield b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(data), data)


@app.get("/camera/1")
def video():
    return StreamingResponse(frames(), media_type="multipart/x-mixed-replace; boundary=frame")


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
