/** The look of the plain page. */
export const HOME_STYLE = `
:root { font: 16px/1.5 system-ui, sans-serif; background: #11151a; color: #dfe5ec; }
body { margin: 0 auto; max-width: 1600px; padding: 1.25rem; }
header { display: flex; align-items: baseline; gap: 1rem; margin-bottom: 1rem; }
h1 { font-size: 1.4rem; letter-spacing: .02em; margin: 0; }
header p, .detail { color: #8b97a5; margin: 0; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
figure { margin: 0; background: #1a2028; border-radius: .6rem; overflow: hidden; border: 1px solid #252d38; }
figure > a { display: block; aspect-ratio: 16 / 9; background: #05070a; }
img { width: 100%; height: 100%; object-fit: contain; display: block; }
img[data-snapshot]:not([src]) { visibility: hidden; }
figcaption { display: flex; align-items: center; gap: .6rem; padding: .55rem .8rem; }
figcaption a { margin-left: auto; color: #7ab7ff; text-decoration: none; }
figcaption a:hover { text-decoration: underline; }
strong { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.state { font-size: .8rem; white-space: nowrap; padding: .05rem .55rem; border-radius: 1rem; background: #39424e; }
.detail { font-size: .8rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
[data-state="live"] .state { background: #14532d; color: #bbf7d0; }
[data-state="connecting"] .state { background: #4a3a0b; color: #fde68a; }
[data-state="offline"] .state { background: #5c1a1f; color: #fecaca; }
[data-state="offline"] img { opacity: .35; }
.empty { color: #8b97a5; }
`
