import { LOGIN_SCRIPT } from './login-script.ts'
import { LOGIN_STYLE } from './login-style.ts'
import { escapeHtml, pageLanguage, pagePolicy } from './page-parts.ts'

/** Which of the two pages, for whom, and where it goes afterwards. */
export interface LoginPageOptions {
  readonly kind: 'login' | 'setup'
  /** The language of the configuration, else what the browser asks for. */
  readonly language: string | undefined
  /** A path of this gateway. */
  readonly to: string
  /** Where people log in at an identity provider, if they can. */
  readonly oidc?: string | undefined
}

/** The page to log in, or the one on which the first administrator chooses a name and a password. In English or Spanish. */
export function renderLoginPage({ kind, language, to, oidc }: LoginPageOptions): string {
  const spoken = pageLanguage(language)
  const words = WORDS[spoken]
  const isSetup = kind === 'setup'
  const password = isSetup ? 'new-password' : 'current-password'
  return `<!doctype html>
<html lang="${spoken}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>${isSetup ? words.setupTitle : words.title} · Atalaya</title>
<link rel="icon" href="data:,">
<style>${LOGIN_STYLE}</style>
</head>
<body>
<main>
${TOWER}
<h1>Atalaya</h1>
<p>${isSetup ? words.setupIntroduction : words.introduction}</p>
<form data-to="${escapeHtml(to)}" data-words="${escapeHtml(JSON.stringify(words.faults))}"${isSetup ? ' data-setup="yes"' : ''}>
<label>${words.user}<input name="user" required autofocus autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64"></label>
<label>${words.password}<input name="password" type="password" required autocomplete="${password}" maxlength="256"></label>
${isSetup ? `<label>${words.again}<input name="again" type="password" required autocomplete="${password}" maxlength="256"></label>` : ''}
<button>${isSetup ? words.setupButton : words.button}</button>
<p role="alert"></p>
${oidc === undefined || isSetup ? '' : `<p><a href="${escapeHtml(oidc)}">${words.oidc}</a></p>`}
</form>
</main>
<script>${LOGIN_SCRIPT}</script>
</body>
</html>
`
}

/** The pages load nothing and send to this gateway only. */
export function loginPagePolicy(origins: readonly string[]): string {
  return pagePolicy({ style: LOGIN_STYLE, script: LOGIN_SCRIPT, origins })
}

const TOWER =
  '<svg viewBox="0 0 24 24" fill="none" stroke="#7ab7ff" stroke-width="1.6" stroke-linejoin="round" aria-hidden="true"><path d="M6 21V9L5 8V3h3v2h2.5V3h3v2H16V3h3v5l-1 1v12zM10 21v-4a2 2 0 0 1 4 0v4M9 12h6"/></svg>'

const WORDS = {
  en: {
    title: 'Log in',
    introduction: 'Log in to see the cameras.',
    user: 'Name',
    password: 'Password',
    again: 'The same password again',
    button: 'Log in',
    oidc: 'Log in with the account of your organisation',
    setupTitle: 'First administrator',
    setupIntroduction: 'Choose the name and the password of the first administrator. The password needs at least 12 characters.',
    setupButton: 'Begin',
    faults: {
      bad_login: 'The name or the password is not right.',
      too_many_logins: 'Too many tries. Wait a minute and try again.',
      auth_unavailable: 'Nobody can be let in at the moment. The log of the gateway says why.',
      bad_setup_link: 'This link was used already or has expired. Print a new one with: atalaya setup',
      differ: 'The two passwords differ.',
      unreachable: 'The gateway does not answer.',
    },
  },
  es: {
    title: 'Entrar',
    introduction: 'Identifíquese para ver las cámaras.',
    user: 'Nombre',
    password: 'Contraseña',
    again: 'La misma contraseña otra vez',
    button: 'Entrar',
    oidc: 'Entrar con la cuenta de su organización',
    setupTitle: 'Primer administrador',
    setupIntroduction: 'Elija el nombre y la contraseña del primer administrador. La contraseña necesita al menos 12 caracteres.',
    setupButton: 'Empezar',
    faults: {
      bad_login: 'El nombre o la contraseña no son correctos.',
      too_many_logins: 'Demasiados intentos. Espere un minuto e inténtelo de nuevo.',
      auth_unavailable: 'De momento nadie puede entrar. El registro de la pasarela dice por qué.',
      bad_setup_link: 'Este enlace ya se usó o ha caducado. Imprima otro con: atalaya setup',
      bad_password: 'Esa contraseña no sirve: hacen falta al menos 12 caracteres variados.',
      differ: 'Las dos contraseñas no son iguales.',
      unreachable: 'La pasarela no responde.',
    },
  },
}
