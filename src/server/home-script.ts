/**
 * The plain page's script, as it runs in the browser: keeps the states current, and shows the cameras beyond the browser's
 * limit of connections by single pictures. A broken stream is asked for again when its camera
 * is live.
 */
export const HOME_SCRIPT = `
const words = JSON.parse(document.body.dataset.words)
const figures = new Map([...document.querySelectorAll('figure')].map((figure) => [figure.dataset.id, figure]))
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function followStates() {
  for (;;) {
    try {
      const { cameras } = await (await fetch('api/cameras')).json()
      for (const camera of cameras) show(camera)
    } catch {
      // The gateway is gone, and with it every stream; the browser tells nobody.
      for (const figure of figures.values()) {
        showState(figure, 'offline')
        figure.querySelector('img').dataset.broken = 'yes'
      }
    }
    await pause(2000)
  }
}

function show({ id, state, fps, width, height, lastError }) {
  const figure = figures.get(id)
  if (!figure) return
  const image = figure.querySelector('img')
  if (figure.dataset.state !== 'live' && state === 'live' && image.dataset.broken) restart(image)
  showState(figure, state)
  figure.querySelector('.state').title = state === 'offline' && lastError ? lastError : ''
  figure.querySelector('.detail').textContent = state === 'live' && width ? width + '×' + height + ' · ' + fps.toFixed(0) + ' ' + words.perSecond : ''
}

function showState(figure, state) {
  figure.dataset.state = state
  figure.querySelector('.state').textContent = words.states[state]
}

function restart(image) {
  delete image.dataset.broken
  if (!image.dataset.stream) return
  // The browser still has the last picture of this address and would be content with it.
  image.src = image.dataset.stream + '&again=' + Date.now()
}

async function followSnapshots() {
  const images = [...document.querySelectorAll('img[data-snapshot]')]
  for (;;) {
    for (const image of images) {
      if (image.closest('figure').dataset.state !== 'live') continue
      const answer = await fetch(image.dataset.snapshot + '?width=640&wait=2').catch(() => undefined)
      if (!answer?.ok) continue
      const former = image.src
      image.src = URL.createObjectURL(await answer.blob())
      if (former) URL.revokeObjectURL(former)
    }
    await pause(images.length ? 250 : 60000)
  }
}

for (const image of document.querySelectorAll('img[src]')) {
  image.dataset.stream = image.getAttribute('src')
  image.addEventListener('error', () => { image.dataset.broken = 'yes' })
}
followStates()
followSnapshots()
`
