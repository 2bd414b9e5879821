/** What a key asks the dashboard to do. */
export type KeyCommand =
  | { readonly name: 'back' | 'fullscreen' | 'snapshot' | 'add' | 'events' | 'help' }
  | { readonly name: 'move'; readonly key: string }
  /** The camera at this place of the wall, from 0 on. */
  | { readonly name: 'open'; readonly index: number }

const LETTERS: Readonly<Record<string, 'fullscreen' | 'snapshot' | 'add' | 'events' | 'help'>> = {
  f: 'fullscreen',
  s: 'snapshot',
  a: 'add',
  e: 'events',
  '?': 'help',
}

/** Reads a key; `undefined` where it means nothing here, belongs to a field that is being written in, or to the browser. */
export function readKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  isWriting: boolean,
): KeyCommand | undefined {
  const { key } = event
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (key === 'Escape') return { name: 'back' }
  if (isWriting) return undefined
  if (key.startsWith('Arrow')) return { name: 'move', key }
  if (/^[1-9]$/.test(key)) return { name: 'open', index: Number(key) - 1 }
  const letter = LETTERS[key.toLowerCase()]
  return letter && { name: letter }
}
