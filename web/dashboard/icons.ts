import { html, svg, type TemplateResult } from 'lit'

/** A line drawing of 24 by 24 that takes the colour of the text around it; screen readers pass over it. */
function icon(paths: TemplateResult): TemplateResult {
  return html`<svg
    width="20"
    height="20"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${paths}
  </svg>`
}

/** The drawings on the buttons. */
export const icons = {
  add: icon(svg`<path d="M12 5v14M5 12h14"/>`),
  back: icon(svg`<path d="M14 6l-6 6 6 6"/>`),
  camera: icon(svg`<path d="M4 8h3l2-3h6l2 3h3v11H4z"/><circle cx="12" cy="13" r="3.4"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  down: icon(svg`<path d="M6 10l6 6 6-6"/>`),
  edit: icon(svg`<path d="M5 19l1-4L16.5 4.5l3 3L9 18z"/>`),
  events: icon(svg`<path d="M5 6h14M5 12h14M5 18h9"/>`),
  fullscreen: icon(svg`<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>`),
  help: icon(
    svg`<path d="M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2.9-1.2 2.2"/><path d="M12 17.5v.01"/><circle cx="12" cy="12" r="9.2"/>`,
  ),
  home: icon(svg`<path d="M4 11.5L12 5l8 6.5M6.5 10v9h11v-9"/>`),
  left: icon(svg`<path d="M14 6l-6 6 6 6"/>`),
  login: icon(svg`<path d="M11 5h8v14h-8M4 12h10M10 8l4 4-4 4"/>`),
  logout: icon(svg`<path d="M13 5H5v14h8M10 12h10M16 8l4 4-4 4"/>`),
  minus: icon(svg`<path d="M5 12h14"/>`),
  next: icon(svg`<path d="M10 6l6 6-6 6"/>`),
  pause: icon(svg`<path d="M9 5v14M15 5v14"/>`),
  play: icon(svg`<path d="M8 5l11 7-11 7z"/>`),
  reconnect: icon(svg`<path d="M19 12a7 7 0 1 1-2-4.9M19 4v4h-4"/>`),
  right: icon(svg`<path d="M10 6l6 6-6 6"/>`),
  search: icon(svg`<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5L20 20"/>`),
  theme: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>`),
  trash: icon(svg`<path d="M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13"/>`),
  up: icon(svg`<path d="M6 14l6-6 6 6"/>`),
} as const

/** The watchtower: the mark of Atalaya. */
export const mark = html`<svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
  <path d="M16 7 L31 1 V13 Z" fill="var(--accent)" opacity="0.35" />
  <path d="M10 31 L12.5 14 H19.5 L22 31 Z" fill="currentColor" />
  <path d="M9.5 10.5 H22.5 V14 H9.5 Z M11.5 4.5 H20.5 V10.5 H11.5 Z" fill="currentColor" />
  <path d="M10 4.5 L16 0.5 L22 4.5 Z" fill="currentColor" />
  <circle cx="16" cy="7.5" r="2.1" fill="var(--accent)" />
</svg>`
