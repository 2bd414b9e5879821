/**
 * Tells whenever an element comes into sight or goes out of it: scrolled away, or its tab or window is hidden. What is told first
 * is told soon, not at once. Returns what ends it.
 */
export function watchVisibility(element: Element, onChange: (isVisible: boolean) => void): () => void {
  observer ??= new IntersectionObserver(onIntersection)
  if (watchedElements.size === 0) document.addEventListener('visibilitychange', tellAll)
  watchedElements.set(element, { isOnScreen: false, told: undefined, onChange })
  observer.observe(element)
  return () => {
    observer?.unobserve(element)
    watchedElements.delete(element)
    if (watchedElements.size === 0) document.removeEventListener('visibilitychange', tellAll)
  }
}

/** Not a closure of the function above: it would hold the first element for ever. */
function onIntersection(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    const watched = watchedElements.get(target)
    if (watched) watched.isOnScreen = isIntersecting
  }
  tellAll()
}

function tellAll(): void {
  for (const watched of watchedElements.values()) {
    const isVisible = watched.isOnScreen && !document.hidden
    if (isVisible === watched.told) continue
    watched.told = isVisible
    watched.onChange(isVisible)
  }
}

interface Watched {
  isOnScreen: boolean
  told: boolean | undefined
  readonly onChange: (isVisible: boolean) => void
}

const watchedElements = new Map<Element, Watched>()
/** One for all elements of the page. */
let observer: IntersectionObserver | undefined
