import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * The programs that tests talk to for real. `debian` names the packages that bring one on Debian and Ubuntu.
 * @satisfies {Record<string, Peer>}
 */
export const PEERS = {
  ffmpeg: {
    purpose: 'makes reference streams and reads ours',
    debian: ['ffmpeg'],
    isPresent: () => answers('ffmpeg', ['-version']),
  },
  motion: {
    purpose: 'an MJPEG server that others run',
    debian: ['motion'],
    isPresent: () => spawnSync('motion', ['-h'], { stdio: 'ignore', timeout: 30_000 }).error === undefined,
  },
  gcc: {
    purpose: 'builds the simulated USB camera',
    debian: ['gcc', 'libc6-dev', 'linux-libc-dev'],
    isPresent: () => answers('gcc', ['--version']),
  },
  gstreamer: {
    purpose: 'RTSP cameras, by the RTSP server of GStreamer and its Python binding',
    debian: [
      'python3-gi',
      'gir1.2-gst-rtsp-server-1.0',
      'glib-networking',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
      'gstreamer1.0-plugins-ugly',
      'gstreamer1.0-x',
    ],
    isPresent: () =>
      answersPython(
        "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; Gst.init(None); " +
          "raise SystemExit(0 if all(map(Gst.ElementFactory.find, ('x264enc', 'x265enc', 'jpegenc', 'opusenc', 'voaacenc', 'rtph264pay', 'timeoverlay'))) else 1)",
      ),
  },
  chromium: {
    purpose: 'a browser that shows what viewers see',
    debian: ['chromium'],
    isPresent: () => chromiumPath() !== undefined,
  },
  firefox: {
    purpose: 'another browser, with an engine of its own',
    debian: ['firefox-esr'],
    isPresent: () => firefoxPath() !== undefined,
  },
  webkitgtk: {
    purpose: 'the engine of Safari, on a screen that nobody sees',
    debian: ['webkit2gtk-driver', 'xvfb'],
    isPresent: () => webkitPath() !== undefined && exists('WebKitWebDriver') && exists('Xvfb'),
  },
  xvfb: {
    purpose: 'a screen for browsers that need a window',
    debian: ['xvfb'],
    isPresent: () => exists('Xvfb'),
  },
  opencv: {
    purpose: 'the video capture of Python programs',
    debian: ['python3-opencv'],
    isPresent: () => answersPython('import cv2'),
  },
  nginx: {
    purpose: 'a reverse proxy in front of the gateway',
    debian: ['nginx', 'openssl'],
    isPresent: () => answers('nginx', ['-v']) && answers('openssl', ['version']),
  },
  caddy: {
    purpose: 'another reverse proxy, which gets its certificates by itself',
    debian: ['caddy'],
    isPresent: () => answers('caddy', ['version']),
  },
  django: {
    purpose: 'a site that embeds live pictures',
    debian: ['python3-django'],
    isPresent: () => answersPython('import django'),
  },
  flask: {
    purpose: 'the same in the smaller framework',
    debian: ['python3-flask'],
    isPresent: () => answersPython('import flask'),
  },
}

/** @typedef {{ purpose: string, debian: readonly string[], isPresent: () => boolean }} Peer */
/** @typedef {keyof typeof PEERS} PeerName */

/** The browser to drive: `CHROMIUM_PATH`, or the first of its usual names that answers; undefined when there is none. */
export function chromiumPath() {
  const candidates = [process.env['CHROMIUM_PATH'], 'chromium', 'chromium-browser', 'google-chrome']
  return candidates.find((candidate) => candidate && answers(candidate, ['--version']))
}

/** The unpatched Firefox to drive: `FIREFOX_PATH`, or the first of its usual names that answers; undefined when there is none. */
export function firefoxPath() {
  const candidates = [process.env['FIREFOX_PATH'], 'firefox-esr', 'firefox']
  return candidates.find((candidate) => candidate && answers(candidate, ['--version']))
}

/** The browser that comes with WebKitGTK, which is not on the path; undefined when there is none. */
export function webkitPath() {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const folders = [`/usr/lib/${machine}-linux-gnu`, '/usr/libexec', '/usr/lib64', '/usr/lib']
  const paths = folders.flatMap((folder) => ['webkit2gtk-4.1', 'webkitgtk-6.0'].map((name) => `${folder}/${name}/MiniBrowser`))
  return paths.find((path) => existsSync(path))
}

/** Names of the peers that this machine lacks. */
export function missingPeers() {
  return Object.entries(PEERS)
    .filter(([, peer]) => !peer.isPresent())
    .map(([name]) => /** @type {PeerName} */ (name))
}

/** @param {string} code */
function answersPython(code) {
  // The system's Python: its bindings come from the distribution and a virtual environment does not see them.
  return answers('/usr/bin/python3', ['-c', code])
}

/**
 * For programs that no option makes end by themselves.
 * @param {string} command
 */
function exists(command) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${command}`))
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function answers(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0
}
