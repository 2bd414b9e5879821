/** How an element looks inside. Its parts and custom properties are told in docs/element.md. */
export const STYLE = `
:host { display: block; overflow: hidden; position: relative; color: var(--atalaya-color, #e8eaed); font: 14px/1.4 system-ui, sans-serif }
:host([hidden]) { display: none }
.frame { position: relative; width: 100%; height: 100%; overflow: hidden; background: var(--atalaya-background, #14171a);
  aspect-ratio: var(--atalaya-aspect-ratio, var(--picture-ratio, 16 / 9)) }
canvas, iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; pointer-events: none; object-fit: var(--fit, contain) }
.frame.away canvas, .frame.away iframe { opacity: var(--atalaya-away-opacity, .35) }
.notice { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .25em;
  padding: .5em; box-sizing: border-box; text-align: center; overflow: hidden; overflow-wrap: anywhere }
.notice p { margin: 0; text-shadow: 0 1px 2px #000, 0 0 6px #000 }
.title { font-weight: 600 }
.reason, .since { font-size: .85em }
.controls { position: absolute; inset: auto 0 0; display: flex; justify-content: flex-end; gap: .25em; padding: .35em; opacity: 0; transition: opacity .15s }
:host(:hover) .controls, :host(:focus-within) .controls { opacity: 1 }
@media (hover: none) { .controls { opacity: 1 } }
@media (prefers-reduced-motion: reduce) { .controls { transition: none } }
button { font: inherit; color: inherit; background: #000b; border: 1px solid #fff6; border-radius: .3em; padding: .35em .7em; min-height: 2em; cursor: pointer }
button:focus-visible { outline: 2px solid currentColor; outline-offset: 1px }
[hidden] { display: none !important }
`
