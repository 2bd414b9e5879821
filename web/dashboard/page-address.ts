/** Which part of the dashboard is open. */
export type View =
  | { readonly name: 'wall' }
  | { readonly name: 'camera'; readonly id: string }
  | { readonly name: 'add' }
  | { readonly name: 'edit'; readonly id: string }
  | { readonly name: 'events' }

/** All that the address of the page says, so that a wall can be bookmarked and sent to a colleague. */
export interface PageAddress {
  readonly view: View
  /** Nothing but the wall: no header, no words beyond the names. */
  readonly kiosk: boolean
  /** How many tiles stand side by side; `undefined`: as many as fill the window best. */
  readonly columns: number | undefined
  /** The cameras of this wall by id, in this order; `undefined`: all of them. */
  readonly only: readonly string[] | undefined
}

const MOST_COLUMNS = 12

/** Reads the query of an address; what it does not understand is as if it were not there. */
export function parsePageAddress(query: string): PageAddress {
  const search = new URLSearchParams(query)
  const columns = Number(search.get('columns'))
  const only = search.get('only')?.split(',').filter(Boolean)
  return {
    view: parseView(search),
    kiosk: search.has('kiosk'),
    columns: Number.isInteger(columns) && columns >= 1 && columns <= MOST_COLUMNS ? columns : undefined,
    only: only?.length ? only : undefined,
  }
}

/** The query that {@link parsePageAddress} reads, with its question mark; `?` alone where there is nothing to say. */
export function formatPageAddress({ view, kiosk, columns, only }: PageAddress): string {
  const parts: string[] = []
  if (view.name === 'camera' || view.name === 'edit') parts.push(`${view.name}=${encodeURIComponent(view.id)}`)
  else if (view.name !== 'wall') parts.push(view.name)
  if (kiosk) parts.push('kiosk')
  if (columns !== undefined) parts.push(`columns=${columns}`)
  if (only) parts.push(`only=${only.map(encodeURIComponent).join(',')}`)
  return `?${parts.join('&')}`
}

function parseView(search: URLSearchParams): View {
  const camera = search.get('camera')
  if (camera) return { name: 'camera', id: camera }
  const edit = search.get('edit')
  if (edit) return { name: 'edit', id: edit }
  if (search.has('add')) return { name: 'add' }
  return search.has('events') ? { name: 'events' } : { name: 'wall' }
}
