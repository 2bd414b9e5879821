import { css } from 'lit'

/** The frame of the dashboard: bar, notices, and what is open. */
export const dashboardStyle = css`
  :host {
    display: grid;
    grid-template-rows: auto auto minmax(0, 1fr);
    grid-template-areas: 'bar' 'notices' 'main';
    height: 100dvh;
    background: var(--ground);
    color: var(--text);
    font:
      16px/1.45 system-ui,
      sans-serif;
  }
  atalaya-top-bar {
    grid-area: bar;
  }
  .notices {
    grid-area: notices;
  }
  .notices p {
    padding: 0.5rem 1rem;
    font-size: 0.92rem;
    font-weight: 600;
  }
  .gone {
    background: #7d1720;
    color: #fff;
  }
  .done {
    background: var(--raised);
    color: var(--live);
  }
  main {
    grid-area: main;
    display: grid;
    min-height: 0;
    padding: var(--gap);
  }
  main > * {
    min-height: 0;
  }
  main.stale {
    filter: grayscale(0.8) brightness(0.7);
  }
  .empty {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 0.9rem;
    padding: 2rem;
    text-align: center;
    color: var(--muted);
  }
  .empty h2 {
    color: var(--text);
    font-size: 1.4rem;
  }
`
