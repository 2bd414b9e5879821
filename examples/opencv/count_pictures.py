"""Reads live pictures from an Atalaya gateway with OpenCV, and says how bright each is.

    python3 count_pictures.py http://127.0.0.1:5000/camera/1 10
"""

import sys
import time

import cv2

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000/camera/1"
count = int(sys.argv[2]) if len(sys.argv) > 2 else 10

# A quiet camera is no end: the gateway repeats the last picture, so this loop only ends when the gateway does.
capture = cv2.VideoCapture(f"{url}?width=320&fps=10", cv2.CAP_FFMPEG)
started = time.monotonic()
for number in range(1, count + 1):
    ok, picture = capture.read()
    if not ok:
        sys.exit(f"no picture from {url}")
    height, width, _ = picture.shape
    print(f"{number} {width}x{height} brightness {picture.mean():.0f} after {time.monotonic() - started:.1f} s", flush=True)
capture.release()
