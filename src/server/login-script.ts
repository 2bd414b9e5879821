/**
 * The script of both pages, as it runs in the browser: sends the form as JSON, which no page of another site can, and goes on to
 * where the reader wanted to go. The secret of a first link stands behind its # and so never leaves the browser before.
 */
export const LOGIN_SCRIPT = `
const form = document.querySelector('form')
const alert = document.querySelector('[role="alert"]')
const words = JSON.parse(form.dataset.words)
const token = location.hash.slice(1)
if (form.dataset.setup && token) history.replaceState(null, '', location.pathname)

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const { user, password, again } = Object.fromEntries(new FormData(form))
  if (again !== undefined && again !== password) return say(words.differ)
  const button = form.querySelector('button')
  button.disabled = true
  say('')
  try {
    const answer = await fetch(form.dataset.setup ? 'api/setup' : 'api/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(form.dataset.setup ? { token, user, password } : { user, password }),
    })
    if (answer.ok) return location.replace(form.dataset.to)
    const { error } = await answer.json()
    say(words[error.code] ?? error.message)
  } catch {
    say(words.unreachable)
  }
  button.disabled = false
})

function say(text) {
  alert.textContent = text
}
`
