import { css } from 'lit'

/** The look of the form of a camera. */
export const cameraFormStyle = css`
      :host {
        display: block;
        overflow: auto;
        padding: 1rem;
      }
      form {
        display: grid;
        gap: 1rem;
        max-width: 46rem;
        margin: 0 auto;
        padding: 1.25rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
      }
      .head,
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      .head h2,
      .foot .primary {
        margin-right: auto;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
        gap: 0.9rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      .wide {
        grid-column: 1 / -1;
      }
      label {
        display: block;
        margin-bottom: 0.25rem;
        font-size: 0.85rem;
      }
      .hint {
        margin-top: 0.2rem;
        color: var(--muted);
        font-size: 0.78rem;
      }
      .problem {
        margin-top: 0.2rem;
        color: var(--dark);
        font-size: 0.82rem;
      }
      [aria-invalid='true'] {
        border-color: var(--dark);
      }
      .note {
        padding: 0.7rem 0.9rem;
        border-radius: 8px;
        background: var(--raised);
        font-size: 0.88rem;
      }
      .note.problem {
        margin: 0;
      }
      summary {
        cursor: pointer;
        margin-bottom: 0.8rem;
        font-size: 0.9rem;
      }
      .found {
        display: grid;
        gap: 0.35rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .found li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.75rem;
        font-size: 0.9rem;
      }
    `
