import type { CameraStatus } from '../api/camera-status.ts'
import { HOME_SCRIPT } from './home-script.ts'
import { HOME_STYLE } from './home-style.ts'
import { escapeHtml, pageLanguage, pagePolicy } from './page-parts.ts'

/** The plain page at `/`: every camera's picture, its state, and a link to its snapshot. In English or Spanish, as the reader's browser asks. */
export function renderHomePage(cameras: readonly CameraStatus[], acceptLanguage = ''): string {
  const language = pageLanguage(acceptLanguage)
  const words = WORDS[language]
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>Atalaya</title>
<link rel="icon" href="data:,">
<style>${HOME_STYLE}</style>
</head>
<body data-words="${escapeHtml(JSON.stringify(words))}">
<header><h1>Atalaya</h1><p>${words.cameras(cameras.length)}</p></header>
<main>
${cameras.map((camera, index) => renderCamera(camera, index < MOST_STREAMS, words)).join('\n')}
${cameras.length === 0 ? `<p class="empty">${words.none}</p>` : ''}
</main>
<script>${HOME_SCRIPT}</script>
</body>
</html>
`
}

/** The page loads nothing but its own pictures and states. */
export function homePagePolicy(origins: readonly string[]): string {
  return pagePolicy({ style: HOME_STYLE, script: HOME_SCRIPT, origins })
}

/**
 * A browser opens at most six connections to one HTTP/1.1 host, and each stream holds one for good: the cameras beyond
 * these are shown by single pictures, one request at a time, so that the page itself always gets through.
 */
const MOST_STREAMS = 4

function renderCamera(camera: CameraStatus, isStream: boolean, words: Words): string {
  const path = `camera/${encodeURIComponent(camera.id)}`
  const name = escapeHtml(camera.name)
  return `<figure data-id="${escapeHtml(camera.id)}" data-state="${camera.state}">
<a href="${path}"><img alt="${name}" ${isStream ? `src="${path}?quality=auto"` : `data-snapshot="${path}/snapshot"`}></a>
<figcaption><strong>${name}</strong> <span class="state">${words.states[camera.state]}</span> <span class="detail"></span> <a href="${path}/snapshot">${words.snapshot}</a></figcaption>
</figure>`
}

interface Words {
  readonly cameras: (count: number) => string
  readonly none: string
  readonly snapshot: string
  readonly perSecond: string
  readonly states: Readonly<Record<CameraStatus['state'], string>>
}

const WORDS: Record<'en' | 'es', Words> = {
  en: {
    cameras: (count) => (count === 1 ? '1 camera' : `${count} cameras`),
    none: 'No camera yet. Add one to atalaya.yaml and start again.',
    snapshot: 'Snapshot',
    perSecond: 'fps',
    states: { live: 'live', connecting: 'connecting', offline: 'offline', stopped: 'stopped' },
  },
  es: {
    cameras: (count) => (count === 1 ? '1 cámara' : `${count} cámaras`),
    none: 'Todavía no hay cámaras. Añada una a atalaya.yaml y reinicie.',
    snapshot: 'Foto',
    perSecond: 'fps',
    states: { live: 'en vivo', connecting: 'conectando', offline: 'sin conexión', stopped: 'detenida' },
  },
}
