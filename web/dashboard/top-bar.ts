import { css, html, LitElement, nothing } from 'lit'
import type { CameraStatus } from '../../src/api/camera-status.ts'
import { icons, mark } from './icons.ts'
import { type Me, mayChange } from './me.ts'
import type { PageAddress } from './page-address.ts'
import { type Preferences, THEMES } from './preferences.ts'
import { controls } from './theme.ts'
import { LANGUAGES, type Words } from './words/words.ts'

/**
 * The bar above everything: how many cameras are live, the way back, and what can be chosen. Fires `preferences`, `columns`, `help`,
 * `fullscreen` and `logout`.
 */
export class TopBar extends LitElement {
  static override properties = {
    cameras: { attribute: false },
    address: { attribute: false },
    preferences: { attribute: false },
    me: { attribute: false },
    words: { attribute: false },
    hrefTo: { attribute: false },
  }
  static override styles = [
    controls,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 0.9rem;
        padding: 0.5rem 0.9rem;
        background: var(--panel);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        margin: 0;
        font-size: 1.1rem;
        letter-spacing: 0.03em;
      }
      h1 a {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        color: var(--text);
        text-decoration: none;
      }
      .summary {
        color: var(--muted);
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      .summary.dark {
        color: var(--dark);
        font-weight: 600;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        margin-left: auto;
      }
      select {
        width: auto;
        min-height: 36px;
        border-color: var(--line);
        background: var(--raised);
        font-size: 0.875rem;
      }
      @media (max-width: 700px) {
        .label,
        .columns {
          display: none;
        }
        nav .button,
        nav button {
          padding: 0;
        }
      }
    `,
  ]
  declare cameras: readonly CameraStatus[]
  declare address: PageAddress
  declare preferences: Preferences
  declare me: Me | undefined
  declare words: Words
  declare hrefTo: (change: Partial<PageAddress>) => string

  override render() {
    const { words, address } = this
    const live = this.cameras.filter(({ state }) => state === 'live').length
    const dark = this.cameras.filter(({ state }) => state === 'offline').length
    const isWall = address.view.name === 'wall'
    return html`<header>
      <h1><a href=${this.hrefTo({ view: { name: 'wall' } })}>${mark} Atalaya</a></h1>
      ${isWall ? nothing : this.#renderLink('back', { view: { name: 'wall' } }, icons.back)}
      <p class="summary ${dark > 0 ? 'dark' : ''}">${words.summary(live, dark)}</p>
      <nav aria-label="Atalaya">
        ${isWall ? this.#renderColumns() : nothing}
        ${mayChange(this.me) ? this.#renderLink('add', { view: { name: 'add' } }, icons.add) : nothing}
        ${this.#renderLink('events', { view: { name: 'events' } }, icons.events)} ${this.#renderChoices()}
        ${this.#renderButton('fullscreen', icons.fullscreen)} ${this.#renderButton('help', icons.help)} ${this.#renderLogin()}
      </nav>
    </header>`
  }

  #renderLink(name: 'back' | 'add' | 'events', change: Partial<PageAddress>, drawing: unknown) {
    const text = this.words.actions[name]
    return html`<a class="button" href=${this.hrefTo(change)} title=${text} aria-label=${text}>
      ${drawing}<span class="label">${text}</span>
    </a>`
  }

  #renderButton(name: 'fullscreen' | 'help', drawing: unknown) {
    const text = this.words.actions[name]
    return html`<button class="icon" title=${text} aria-label=${text} @click=${() => this.#tell(name)}>${drawing}</button>`
  }

  /** The way out for those who logged in, and the way in for those who may look without. */
  #renderLogin() {
    const { me, words } = this
    const { login, logout } = words.actions
    if (me?.way === 'network') return html`<a class="button" href="login">${icons.login} ${login}</a>`
    if (me?.way !== 'session') return nothing
    return html`<button title=${me.name} @click=${() => this.#tell('logout')}>${icons.logout} ${logout}</button>`
  }

  #renderColumns() {
    const { words, address } = this
    return html`<select
      class="columns"
      aria-label=${words.columns}
      title=${words.columns}
      @change=${(event: Event) => this.#tell('columns', Number((event.target as HTMLSelectElement).value) || undefined)}
    >
      <option value="">${words.columns}: ${words.automatic}</option>
      ${[1, 2, 3, 4, 5, 6, 8].map(
        (count) => html`<option value=${count} ?selected=${count === address.columns}>${words.columns}: ${count}</option>`,
      )}
    </select>`
  }

  #renderChoices() {
    const { words, preferences } = this
    const { theme, language } = preferences
    const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto'
    const nextLanguage = LANGUAGES.find((one) => one !== language) ?? language
    const themeText = `${words.actions.theme}: ${words.themes[theme]}`
    return html`<button
        class="icon"
        title=${themeText}
        aria-label=${themeText}
        @click=${() => this.#tell('preferences', { ...preferences, theme: nextTheme })}
      >
        ${icons.theme}
      </button>
      <button
        class="icon"
        lang=${nextLanguage}
        title=${words.actions.language}
        aria-label=${nextLanguage === 'es' ? 'ES: Español' : 'EN: English'}
        @click=${() => this.#tell('preferences', { ...preferences, language: nextLanguage })}
      >
        ${nextLanguage.toUpperCase()}
      </button>`
  }

  #tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

customElements.define('atalaya-top-bar', TopBar)
