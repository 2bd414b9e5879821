#!/usr/bin/python3
"""Prints the table of src/engine/jpeg-quality.ts: for each quantiser scale of FFmpeg's JPEG encoder the lowest libjpeg
quality that it stands for, at equal SSIM (all planes, by ffmpeg), as the median over several test pictures.

Needs ffmpeg and OpenCV for Python (apt install ffmpeg python3-opencv). Usage: python3 bench/quality-table.py
"""
import pathlib
import re
import subprocess
import tempfile

import cv2
import numpy

PICTURES = {
    'fractal': 'mandelbrot=size=960x540:start_scale=0.3',
    'fractal with sensor noise': 'mandelbrot=size=960x540:start_scale=0.05,noise=alls=8:allf=t:all_seed=1',
    'test card': 'testsrc2=size=960x540,gblur=sigma=0.7',
    'soft scene with noise': 'gradients=size=960x540:n=8:seed=7,noise=alls=6:all_seed=2,gblur=sigma=0.5',
    'cells': 'cellauto=size=960x540:rule=110:random_seed=3,gblur=sigma=1.2',
}
QSCALES = range(1, 32)
QUALITIES = range(1, 101)


def main():
    curves = []
    for name, source in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            curves.append(equivalent_qualities(pathlib.Path(folder), source))
        print(f'// {name}: {[round(float(quality)) for quality in curves[-1]]}')
    equivalent = numpy.median(curves, axis=0)
    # A quality gets the nearest scale: the boundary lies half way between two neighbours.
    lowest = [int(round((above + below) / 2)) for above, below in zip(equivalent, equivalent[1:])]
    # Coarse scales are so near each other that some boundaries coincide: each is kept at least one below the last.
    for index in range(1, len(lowest)):
        lowest[index] = min(lowest[index], lowest[index - 1] - 1)
    print(lowest)


def equivalent_qualities(folder, source):
    """The libjpeg quality of equal SSIM for each quantiser scale."""
    original = folder / 'original.png'
    ffmpeg('-f', 'lavfi', '-i', source, '-frames:v', '1', '-vf', 'format=yuvj420p,format=rgb24', original)
    picture = cv2.imread(str(original))
    for quality in QUALITIES:
        cv2.imwrite(str(folder / f'libjpeg-{quality:03}.jpg'), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    for scale in QSCALES:
        ffmpeg('-i', original, '-pix_fmt', 'yuvj420p', '-huffman', 'default', '-qmin', '1', '-q:v', scale, folder / f'ffmpeg-{scale:03}.jpg')
    libjpeg = numpy.maximum.accumulate(similarities(folder, 'libjpeg'))
    return numpy.interp(similarities(folder, 'ffmpeg'), libjpeg, list(QUALITIES))


def similarities(folder, encoder):
    original = ['-loop', '1', '-i', folder / 'original.png']
    compare = '[0]format=yuvj420p[a];[1]format=yuvj420p[b];[a][b]ssim=stats_file=-:shortest=1'
    output = ffmpeg('-start_number', '1', '-i', folder / f'{encoder}-%03d.jpg', *original, '-lavfi', compare, '-f', 'null', '-')
    return [float(value) for value in re.findall(r'All:([0-9.]+)', output)]


def ffmpeg(*arguments):
    command = ['ffmpeg', '-v', 'error', '-y', *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


main()
