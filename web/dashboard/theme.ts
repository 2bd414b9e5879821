import { css } from 'lit'

/** Colours and sizes, as custom properties that every part inherits. Each pair of text and ground has a contrast of 4.5 or more. */
export const tokens = css`
  :host {
    --ground: #0a0d11;
    --panel: #12171e;
    --raised: #1b222c;
    --line: #2b3542;
    --text: #e9eef4;
    --muted: #9fadbd;
    --accent: #f4b740;
    --on-accent: #1c1400;
    --live: #46d68a;
    --waiting: #f4c95d;
    --dark: #ff8585;
    --shade: rgb(6 9 12 / 0.72);
    --radius: 10px;
    --gap: 6px;
    color-scheme: dark;
  }
  :host([data-theme='light']) {
    --ground: #eef1f5;
    --panel: #ffffff;
    --raised: #f4f6f9;
    --line: #cdd5df;
    --text: #131a22;
    --muted: #4c5967;
    --accent: #8a5a00;
    --on-accent: #ffffff;
    --live: #0b6e38;
    --waiting: #7a5200;
    --dark: #b3202c;
    color-scheme: light;
  }
`

/** What buttons, fields and headings look like everywhere. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h2,
  h3 {
    margin: 0;
    font-size: 0.95rem;
    font-weight: 600;
    letter-spacing: 0.01em;
  }
  p {
    margin: 0;
  }
  a {
    color: var(--accent);
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.45em;
    min-height: 36px;
    min-width: 36px;
    padding: 0 0.8em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--raised);
    color: var(--text);
    font: inherit;
    font-size: 0.875rem;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover:not(:disabled),
  .button:hover {
    border-color: var(--muted);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button.danger {
    color: var(--dark);
  }
  button.icon,
  .button.icon {
    padding: 0;
  }
  button[aria-pressed='true'] {
    border-color: var(--accent);
    color: var(--accent);
  }
  input,
  select {
    width: 100%;
    min-height: 38px;
    padding: 0 0.7em;
    border: 1px solid var(--muted);
    border-radius: 8px;
    background: var(--ground);
    color: var(--text);
    font: inherit;
    font-size: 0.9rem;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  svg {
    display: block;
    flex: none;
  }
`
